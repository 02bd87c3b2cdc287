#include "engine/function_calls.h"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include "engine/function_rules.h"

namespace doorbuster::engine {
namespace {

// The function has got other code, or is gone, since the call was begun.
struct CodeGone : cloud::Error {
  CodeGone() : Error("ResourceNotFoundException", "The function's code is gone.", 404) {}
};

cloud::Async<std::string> read_code(const Engine& engine, Piece piece) {
  auto bytes = read_pieces(engine.store(), {piece}, {0, piece.size});
  if (!bytes) throw CodeGone();
  co_return *std::move(bytes);
}

struct Begun {
  cloud::Deployment deployment;
  std::string request_id;
};

cloud::Async<Begun> begin(Engine& engine, const std::optional<cloud::Caller>& caller,
                          const std::string& function_arn) {
  auto op = [&engine, caller, function_arn](Machine& m, Turn& turn) {
    if (caller) m.functions.permitted(*caller, function_arn, "InvokeFunction");
    Begun begun{m.functions.begin(function_arn), str(turn.random.uuid())};
    attach_code(engine, *m.functions.find(function_arn), begun.deployment);
    return begun;
  };
  return engine.call<Begun>(std::move(op));
}

// Nothing if the call was not begun, because its code had gone.
cloud::Async<std::optional<cloud::InvocationOutcome>> call_begun(Engine& engine, Begun begun,
                                                                 cloud::Invocation invocation) {
  const std::string function_arn = invocation.InvokedFunctionArn;
  std::optional<cloud::InvocationOutcome> outcome;
  std::exception_ptr failure;
  try {
    outcome = co_await run_function(engine, std::move(begun.deployment), std::move(invocation));
  } catch (const CodeGone&) {  // NOLINT(bugprone-empty-catch): there is no outcome
  } catch (...) {
    failure = std::current_exception();
  }
  const bool failed = failure || (outcome && !outcome->FunctionError.empty());
  const auto took = outcome ? std::optional(outcome->Duration) : std::nullopt;
  auto end = [function_arn, failed, took](Machine& m, Turn&) {
    m.functions.end(function_arn, failed, took);
  };
  engine.tell(std::move(end));
  if (failure) std::rethrow_exception(failure);
  co_return outcome;
}

std::string too_large(std::size_t size) {
  return R"({"errorMessage":"Response payload size ()" + std::to_string(size) +
         R"( bytes) exceeded maximum allowed payload size ()" + std::to_string(kSyncPayloadMax) +
         R"( bytes).","errorType":"Function.ResponseSizeTooLarge"})";
}

}  // namespace

void attach_code(const Engine& engine, const Function& function, cloud::Deployment& deployment) {
  if (!function.code) return;
  deployment.code = [&engine, piece = *function.code] { return read_code(engine, piece); };
}

cloud::Async<cloud::InvocationOutcome> run_function(Engine& engine, cloud::Deployment deployment,
                                                    cloud::Invocation invocation) {
  auto outcome = co_await engine.functions().invoke(std::move(deployment), std::move(invocation));
  if (outcome.Payload.size() > kSyncPayloadMax) {
    outcome.FunctionError = "Unhandled";
    outcome.Payload = too_large(outcome.Payload.size());
  }
  co_return outcome;
}

cloud::Async<cloud::InvocationOutcome> call_function(Engine& engine,
                                                     std::optional<cloud::Caller> caller,
                                                     std::string function_arn,
                                                     cloud::Invocation invocation) {
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
  invocation.InvokedFunctionArn = function_arn;
  for (;;) {
    auto begun = co_await begin(engine, caller, function_arn);
    if (invocation.AwsRequestId.empty()) invocation.AwsRequestId = begun.request_id;
    if (!begun.deployment.code) {  // then it can't go
      auto outcome = co_await call_begun(engine, std::move(begun), std::move(invocation));
      co_return *std::move(outcome);
    }
    auto outcome = co_await call_begun(engine, std::move(begun), invocation);
    if (outcome) co_return *std::move(outcome);
  }
}

}  // namespace doorbuster::engine
