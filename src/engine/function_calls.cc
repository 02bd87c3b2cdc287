#include "engine/function_calls.h"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

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

cloud::Async<BegunCall> begin(Engine& engine, const std::optional<cloud::Caller>& caller,
                              const std::string& function_arn) {
  auto op = [caller, function_arn](Machine& m, Turn& turn) {
    return m.functions.begin(turn, caller, function_arn);
  };
  return engine.call<BegunCall>(std::move(op));
}

std::string too_large(std::size_t size) {
  return R"({"errorMessage":"Response payload size ()" + std::to_string(size) +
         R"( bytes) exceeded maximum allowed payload size ()" + std::to_string(kSyncPayloadMax) +
         R"( bytes).","errorType":"Function.ResponseSizeTooLarge"})";
}

}  // namespace

void attach_code(const Engine& engine, const std::optional<Piece>& code,
                 cloud::Deployment& deployment) {
  if (!code) return;
  deployment.code = [&engine, piece = *code] { return read_code(engine, piece); };
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

cloud::Invocation take_for(const BegunCall& call, cloud::Invocation& invocation) {
  if (call.code) return invocation;
  return std::exchange(invocation, {});
}

cloud::Async<RanCall> run_call(Engine& engine, BegunCall call, cloud::Invocation invocation) {
  RanCall ran;
  ran.end.function_arn = invocation.InvokedFunctionArn = std::move(call.function_arn);
  if (invocation.AwsRequestId.empty()) invocation.AwsRequestId = std::move(call.request_id);
  attach_code(engine, call.code, call.deployment);
  try {
    ran.outcome = co_await run_function(engine, std::move(call.deployment), std::move(invocation));
  } catch (const CodeGone&) {  // NOLINT(bugprone-empty-catch): there is no outcome
  } catch (...) {
    ran.failure = std::current_exception();
  }
  ran.end.failed = ran.failure || (ran.outcome && !ran.outcome->FunctionError.empty());
  if (ran.outcome) ran.end.took = ran.outcome->Duration;
  co_return ran;
}

cloud::Async<cloud::InvocationOutcome> call_function(Engine& engine,
                                                     std::optional<cloud::Caller> caller,
                                                     std::string function_arn,
                                                     cloud::Invocation invocation) {
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
  for (;;) {
    auto begun = co_await begin(engine, caller, function_arn);
    // Another try is the same request.
    if (invocation.AwsRequestId.empty()) invocation.AwsRequestId = begun.request_id;
    auto given = take_for(begun, invocation);
    auto ran = co_await run_call(engine, std::move(begun), std::move(given));
    engine.tell([end = std::move(ran.end)](Machine& m, Turn&) { end.tell(m.functions); });
    if (ran.failure) std::rethrow_exception(ran.failure);
    if (ran.outcome) co_return *std::move(ran.outcome);
  }
}

}  // namespace doorbuster::engine
