#include "engine/state_trials.h"

#include <algorithm>
#include <boost/json.hpp>

#include "cloud/error.h"
#include "documents/json_text.h"
#include "engine/state_machine_rules.h"
#include "engine/text.h"
#include "engine/trial_rules.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;
using states::StateTrial;

constexpr std::chrono::minutes kTrialMax{5};

cloud::Error invalid(const std::string& why) {
  return {"ValidationException", why};
}

// --- What is asked for ------------------------------------------------------------------------

states::TestedState tested_state(const cloud::TestStateInput& request,
                                 const RequiredMembers& required) {
  if (!request.stateName.empty()) compiled(request.definition, false, required);
  auto state = states::state_of(request.definition, request.stateName);
  if (state) return *std::move(state);
  if (request.stateName.empty())
    compiled(request.definition, false, required);  // says what is wrong
  throw invalid("State not found in definition");
}

// --- The trial --------------------------------------------------------------------------------

states::Identity identity_of(const cloud::Caller& caller, const std::string& role, cloud::Time now,
                             Random& random) {
  const std::string machine = str(random.uuid());
  const std::string name = str(random.uuid());
  return {caller.scope.arn("states", "express:" + machine + ':' + name),
          name,
          caller.scope.arn("states", "stateMachine:" + machine),
          machine,
          role,
          now,
          0,
          true};
}

cloud::Async<states::StandIn> call(Engine& engine, const states::Identity& identity,
                                   states::TaskOrder order, cloud::Time due) {
  using Pattern = states::Resource::Pattern;
  if (order.resource.kind == states::Resource::Kind::activity ||
      order.resource.pattern != Pattern::request_response) {
    throw invalid(
        "TestState needs a mock to test activities, and tasks with .sync or .waitForTaskToken");
  }
  RunnerTask task{
      {}, std::move(order), identity.execution_arn, identity.state_machine_arn, identity.role_arn};
  auto op = [task = std::move(task), due](Machine& m, Turn&,
                                          std::unique_ptr<Reply<TaskOutcome>>& reply) mutable {
    m.executions.board().try_out(std::move(task), due, reply);
  };
  auto outcome = co_await engine.call<TaskOutcome>(std::move(op));
  co_return states::StandIn{std::move(outcome.output), std::move(outcome.error),
                            std::move(outcome.cause)};
}

// --- What is answered -------------------------------------------------------------------------

const char* to_string(StateTrial::Status status) {
  switch (status) {
    case StateTrial::Status::succeeded:
      return "SUCCEEDED";
    case StateTrial::Status::retriable:
      return "RETRIABLE";
    case StateTrial::Status::caught:
      return "CAUGHT_ERROR";
    default:
      return "FAILED";
  }
}

std::optional<cloud::InspectionErrorDetails> details_of(const states::FailedState& failure) {
  using Then = states::FailedState::Then;
  cloud::InspectionErrorDetails details;
  if (failure.then == Then::fails) return std::nullopt;
  if (failure.then == Then::caught) {
    details.catchIndex = static_cast<int>(failure.handler);
  } else {
    details.retryIndex = static_cast<int>(failure.handler);
    details.retryBackoffIntervalSeconds =
        static_cast<int>(std::chrono::duration_cast<std::chrono::seconds>(failure.delay).count());
  }
  return details;
}

void set(std::string& member, const std::string& text) {
  member = text;
}
template <class Number>
void set(std::optional<Number>& member, const std::string& text) {
  member = json::value_to<Number>(json::parse(text));
}

cloud::InspectionData inspection_of(const StateTrial::Report& report) {
  cloud::InspectionData data;
  const auto take = [&](auto& member, const char* step) {
    const auto found = report.steps.find(step);
    if (found != report.steps.end()) set(member, found->second);
  };
  take(data.input, "input");
  take(data.afterInputPath, "afterInputPath");
  take(data.afterParameters, "afterParameters");
  take(data.result, "result");
  take(data.afterResultSelector, "afterResultSelector");
  take(data.afterResultPath, "afterResultPath");
  take(data.afterItemsPath, "afterItemsPath");
  take(data.afterItemSelector, "afterItemSelector");
  take(data.afterItemBatcher, "afterItemBatcher");
  take(data.afterItemsPointer, "afterItemsPointer");
  take(data.toleratedFailureCount, "toleratedFailureCount");
  take(data.toleratedFailurePercentage, "toleratedFailurePercentage");
  take(data.maxConcurrency, "maxConcurrency");
  if (!report.variables.empty()) data.variables = documents::to_text(report.variables);
  if (report.failure) data.errorDetails = details_of(*report.failure);
  return data;
}

cloud::TestStateOutput output_of(const StateTrial::Report& report, const std::string& level) {
  cloud::TestStateOutput output;
  output.status = to_string(report.status);
  output.output = report.output;
  output.nextState = report.next_state;
  if (report.failure) {
    output.error = report.failure->error;
    output.cause = report.failure->cause;
  }
  if (level == "DEBUG" || level == "TRACE") output.inspectionData = inspection_of(report);
  return output;
}

}  // namespace

cloud::Async<cloud::TestStateOutput> test_state(Engine& engine, cloud::Caller caller,
                                                cloud::TestStateInput request) {
  check(request);
  const states::TestedState state = tested_state(request, engine.required_members());
  auto machine = compiled(state.machine, false, engine.required_members());
  StateTrial::Setup setup;
  check(request, state);
  setup.mock = mock_of(request);
  const auto mock = setup.mock;
  setup.context = context_of(request, state);
  setup.variables = variables_of(request);
  setup.input = parsed(request.input.empty() ? "{}" : request.input, "InvalidExecutionInput",
                       "Invalid State Machine Execution Input");
  if (request.stateConfiguration) setup.retries = request.stateConfiguration->retrierRetryCount;
  setup.now = engine.clock().now();
  auto draw = [](Machine&, Turn& turn) { return turn.random.next(); };
  setup.seed = co_await engine.call<std::uint64_t>(std::move(draw));
  Random random(setup.seed);
  const auto identity = identity_of(caller, request.roleArn, setup.now, random);
  setup.identity = identity;
  StateTrial trial(std::move(machine), std::move(setup));
  const cloud::Time end = engine.clock().now() + kTrialMax;
  for (auto task = trial.take_task(); task; task = trial.take_task()) {
    if (mock) {
      trial.answer(*mock, engine.clock().now());
      continue;
    }
    const cloud::Time due = std::min(end, trial.deadline().value_or(end));
    const auto outcome = co_await call(engine, identity, std::move(*task), due);
    trial.answer(outcome, engine.clock().now());
  }
  co_return output_of(trial.report(), request.inspectionLevel);
}

}  // namespace doorbuster::engine
