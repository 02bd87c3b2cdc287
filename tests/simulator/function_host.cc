#include "function_host.h"

#include <boost/json.hpp>

#include "cloud/error.h"

namespace doorbuster::simulator {
namespace {

namespace json = boost::json;

constexpr int kSlow_ms = 20'000;
constexpr int kLateMax_ms = 90'000;

cloud::InvocationOutcome failure(const std::string& type, const std::string& message) {
  cloud::InvocationOutcome outcome;
  outcome.FunctionError = "Unhandled";
  outcome.Payload = json::serialize(json::object{{"errorMessage", message}, {"errorType", type}});
  return outcome;
}

}  // namespace

void FunctionHost::deploy(const std::string& name) {
  cloud::CreateFunctionRequest request;
  request.FunctionName = name;
  request.Role = "arn:aws:iam::000000000000:role/" + name;
  request.PackageType = "Image";
  request.Code.ImageUri = "simulator/" + name;
  try {
    world_.bed.run(world_.bed.lambda().CreateFunction(std::move(request)));
  } catch (const cloud::Error& e) {
    if (e.code() != "ResourceConflictException") throw;
  }
}

cloud::Async<cloud::InvocationOutcome> FunctionHost::invoke(cloud::Deployment deployment,
                                                            cloud::Invocation invocation) {
  const std::string name = deployment.FunctionName;
  const Function& function = functions_.at(name);
  world_.trace(name + " is called with " +
               (invocation.Event ? json::serialize(*invocation.Event) : invocation.Payload));
  if (world_.happens(5)) {
    constexpr int kNoRoom = 503;
    throw cloud::Error("ServiceException", "There is no room for " + name, kNoRoom);
  }
  if (world_.happens(10)) co_await world_.sleep(milliseconds(world_.chance.between(1, kSlow_ms)));
  cloud::Context context{name, invocation.AwsRequestId};
  cloud::InvocationOutcome outcome;
  if (function.late == Late::sometimes && world_.happens(8)) {
    auto late = run_late(function.handler, std::move(invocation), std::move(context));
    world_.spawn(std::move(late));
    co_await world_.sleep(seconds(deployment.Timeout));
    outcome = failure("Sandbox.Timedout", "Task timed out");
  } else {
    outcome = co_await run(function.handler, std::move(invocation), std::move(context));
  }
  world_.trace(name + " answers " + outcome.FunctionError + ' ' +
               (outcome.Answer ? json::serialize(*outcome.Answer) : outcome.Payload));
  if (world_.happens(1)) world_.kill = true;
  co_return outcome;
}

cloud::Async<cloud::InvocationOutcome> FunctionHost::run(cloud::Handler handler,
                                                         cloud::Invocation invocation,
                                                         cloud::Context context) {
  const bool as_value = invocation.Event.has_value();
  cloud::InvocationOutcome outcome;
  try {
    auto event = as_value ? *std::move(invocation.Event) : json::parse(invocation.Payload);
    auto answer = co_await handler(std::move(event), std::move(context));
    if (as_value) {
      outcome.Answer = std::move(answer);
    } else {
      outcome.Payload = json::serialize(answer);
    }
  } catch (const cloud::Error& e) {
    outcome = failure(e.code(), e.message());
  } catch (const std::exception& e) {
    outcome = failure("Error", e.what());
  }
  co_return outcome;
}

cloud::Async<void> FunctionHost::run_late(cloud::Handler handler, cloud::Invocation invocation,
                                          cloud::Context context) {
  co_await world_.sleep(milliseconds(world_.chance.between(1, kLateMax_ms)));
  co_await run(std::move(handler), std::move(invocation), std::move(context));
}

}  // namespace doorbuster::simulator
