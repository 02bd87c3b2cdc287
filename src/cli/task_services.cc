#include "cli/task_services.h"

#include <boost/json.hpp>

#include "wire/document.h"

namespace doorbuster::cli {
namespace {

namespace json = boost::json;

std::string text_of(const json::value& answer, std::string_view member) {
  const auto* text = answer.as_object().if_contains(member);
  return text && text->is_string() ? std::string(text->get_string()) : "";
}

cloud::Async<cloud::InvocationOutcome> invoke(cloud::Services& services, cloud::Caller caller,
                                              std::string function, std::string payload) {
  json::value input = json::object{{"FunctionName", function}, {"Payload", payload}};
  const auto answer = co_await wire::call_operation(services, std::move(caller), "lambda", "Invoke",
                                                    std::move(input));
  cloud::InvocationOutcome outcome;
  outcome.Payload = text_of(answer, "Payload");
  outcome.FunctionError = text_of(answer, "FunctionError");
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
