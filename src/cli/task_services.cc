#include "cli/task_services.h"

#include <boost/json.hpp>

#include "wire/document.h"

namespace doorbuster::cli {
namespace {

namespace json = boost::json;

cloud::Async<cloud::InvocationOutcome> invoke(cloud::Services& services, cloud::Caller caller,
                                              std::string function, std::string payload) {
  const auto lambda = services.lambda(caller);
  cloud::InvokeRequest request;
  request.FunctionName = std::move(function);
  request.Payload = std::move(payload);
  auto result = co_await lambda->Invoke(std::move(request));
  cloud::InvocationOutcome outcome;
  outcome.Payload = std::move(result.Payload);
  outcome.FunctionError = std::move(result.FunctionError);
  co_return outcome;
}

}  // namespace

engine::TaskServices task_services(cloud::Services& services) {
  engine::TaskServices all;
  all.invoke = [&services](cloud::Caller caller, std::string function, std::string payload) {
    return invoke(services, std::move(caller), std::move(function), std::move(payload));
  };
  all.call = [&services](cloud::Caller caller, std::string service, std::string operation,
                         json::value input) {
    return wire::call_operation(services, std::move(caller), std::move(service),
                                std::move(operation), std::move(input));
  };
  return all;
}

}  // namespace doorbuster::cli
