#include "engine/built_in_functions.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <optional>

#include "cloud/error.h"
#include "documents/json_text.h"

namespace doorbuster::engine {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

// A call of a handler, and the time it is given. Belongs to the strand.
struct HandlerCall {
  HandlerCall(const asio::any_io_executor& executor, std::chrono::seconds timeout)
      : strand(asio::make_strand(executor)), timer(strand, timeout) {}

  asio::any_io_executor strand;
  asio::steady_timer timer;
  bool done = false;
  std::exception_ptr error;
  json::value answer;
};

std::string failure(const std::string& type, const std::string& message) {
  return json::serialize(json::object{{"errorMessage", message}, {"errorType", type}});
}

std::string failure_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const cloud::Error& e) {
    return failure(e.code(), e.message());
  } catch (const std::exception& e) {
    return failure("Error", e.what());
  } catch (...) {
    return failure("Error", "unknown");
  }
}

cloud::Async<void> run(std::shared_ptr<HandlerCall> call, const cloud::Handler& handler,
                       std::string payload, cloud::Context context) {
  try {
    json::value event = json::parse(payload);
    call->answer = co_await handler(std::move(event), std::move(context));
  } catch (...) {
    call->error = std::current_exception();
  }
  call->done = true;
  call->timer.cancel();
}

// On the call's strand, on which a handler that waits for nothing has ended before the timer is
// waited for.
cloud::Async<cloud::InvocationOutcome> finish(std::shared_ptr<HandlerCall> call,
                                              cloud::Async<void> running, int timeout_s,
                                              std::string request_id) {
  asio::co_spawn(call->strand, std::move(running), asio::detached);
  boost::system::error_code stopped;
  if (!call->done) {
    co_await call->timer.async_wait(asio::redirect_error(asio::use_awaitable, stopped));
  }
  cloud::InvocationOutcome outcome;
  if (!call->done) {
    outcome.FunctionError = "Unhandled";
    outcome.Payload =
        failure("Sandbox.Timedout", "RequestId: " + request_id + " Error: Task timed out after " +
                                        std::to_string(timeout_s) + ".00 seconds");
  } else if (call->error) {
    outcome.FunctionError = "Unhandled";
    outcome.Payload = failure_of(call->error);
  } else {
    outcome.Payload = documents::to_text(call->answer);
  }
  co_return outcome;
}

}  // namespace

cloud::Async<void> BuiltInFunctions::check(cloud::Deployment deployment) {
  if (handlers_.contains(deployment.ImageUri)) co_return;
  std::string known;
  for (const auto& [uri, handler] : handlers_) (known += known.empty() ? "" : ", ") += uri;
  throw cloud::Error("InvalidParameterValueException",
                     "Source image " + deployment.ImageUri +
                         " does not exist. Provide a valid source image. There are: " + known);
}

cloud::Async<cloud::InvocationOutcome> BuiltInFunctions::invoke(cloud::Deployment deployment,
                                                                cloud::Invocation invocation) {
  constexpr int kGone = 502;
  const auto handler = handlers_.find(deployment.ImageUri);
  if (handler == handlers_.end()) {
    throw cloud::Error("InvalidRuntimeException",
                       "There is no image " + deployment.ImageUri + " any more.", kGone);
  }
  const auto begun = std::chrono::steady_clock::now();
  auto call = std::make_shared<HandlerCall>(executor_, std::chrono::seconds(deployment.Timeout));
  cloud::Context context{deployment.FunctionName, invocation.AwsRequestId};
  auto running = run(call, handler->second, std::move(invocation.Payload), std::move(context));
  auto finishing = finish(call, std::move(running), deployment.Timeout, invocation.AwsRequestId);
  auto outcome = co_await asio::co_spawn(call->strand, std::move(finishing), asio::use_awaitable);
  outcome.Duration = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begun);
  co_return outcome;
}

}  // namespace doorbuster::engine
