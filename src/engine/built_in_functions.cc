#include "engine/built_in_functions.h"

#include <atomic>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <memory>

#include "cloud/error.h"
#include "documents/json_text.h"

namespace doorbuster::engine {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

// A call of a handler. Whatever comes first completes it: the handler's end, or that of its time.
template <class Completion>
class HandlerCall {
 public:
  HandlerCall(Completion completion, const asio::any_io_executor& executor,
              std::chrono::seconds timeout)
      : completion_(std::move(completion)), timer_(executor, timeout) {}

  // Before the handler begins: nothing else but complete() touches the timer.
  template <class TimedOut>
  void limit(TimedOut timed_out) {
    timer_.async_wait(std::move(timed_out));
  }

  // From any thread.
  void complete(cloud::InvocationOutcome outcome) {
    if (completed_.exchange(true)) return;
    timer_.cancel();
    const auto executor = asio::get_associated_executor(completion_);
    asio::dispatch(executor,
                   [completion = std::move(completion_), outcome = std::move(outcome)]() mutable {
                     std::move(completion)(std::move(outcome));
                   });
  }

 private:
  Completion completion_;
  asio::steady_timer timer_;
  std::atomic<bool> completed_ = false;
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

cloud::Async<json::value> run(const cloud::Handler& handler, cloud::Invocation invocation,
                              cloud::Context context) {
  auto event = invocation.Event ? *std::move(invocation.Event) : json::parse(invocation.Payload);
  co_return co_await handler(std::move(event), std::move(context));
}

cloud::InvocationOutcome failed(std::string payload) {
  cloud::InvocationOutcome outcome;
  outcome.FunctionError = "Unhandled";
  outcome.Payload = std::move(payload);
  return outcome;
}

cloud::InvocationOutcome timed_out(const std::string& request_id, int timeout_s) {
  return failed(failure("Sandbox.Timedout", "RequestId: " + request_id +
                                                " Error: Task timed out after " +
                                                std::to_string(timeout_s) + ".00 seconds"));
}

cloud::InvocationOutcome answered(json::value answer, bool as_value) {
  cloud::InvocationOutcome outcome;
  if (as_value) {
    outcome.Answer = std::move(answer);
  } else {
    outcome.Payload = documents::to_text(answer);
  }
  return outcome;
}

cloud::Async<cloud::InvocationOutcome> call(const asio::any_io_executor& executor,
                                            const cloud::Handler& handler, int timeout_s,
                                            cloud::Invocation invocation, cloud::Context context) {
  auto initiate = [&executor, &handler, timeout_s](auto completion, cloud::Invocation given,
                                                   cloud::Context about) {
    const bool as_value = given.Event.has_value();
    const auto call = std::make_shared<HandlerCall<decltype(completion)>>(
        std::move(completion), executor, std::chrono::seconds(timeout_s));
    call->limit([call, timeout_s, id = given.AwsRequestId](boost::system::error_code stopped) {
      if (!stopped) call->complete(timed_out(id, timeout_s));
    });
    asio::co_spawn(
        executor, run(handler, std::move(given), std::move(about)),
        [call, as_value](const std::exception_ptr& error, json::value answer) {
          call->complete(error ? failed(failure_of(error)) : answered(std::move(answer), as_value));
        });
  };
  return asio::async_initiate<const asio::use_awaitable_t<>, void(cloud::InvocationOutcome)>(
      std::move(initiate), asio::use_awaitable, std::move(invocation), std::move(context));
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
  cloud::Context context{deployment.FunctionName, invocation.AwsRequestId};
  auto outcome = co_await call(executor_, handler->second, deployment.Timeout,
                               std::move(invocation), std::move(context));
  outcome.Duration = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begun);
  co_return outcome;
}

}  // namespace doorbuster::engine
