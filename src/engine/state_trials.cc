#include "engine/state_trials.h"

#include <algorithm>
#include <boost/json.hpp>

#include "cloud/error.h"
#include "documents/json_text.h"
#include "engine/state_machine_rules.h"
#include "engine/text.h"
#include "states/state_trial.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;
using states::StateTrial;

constexpr std::chrono::minutes kTrialMax{5};

cloud::Error invalid(const std::string& why) {
  return {"ValidationException", why};
}

// --- What is asked for ------------------------------------------------------------------------

void check(const cloud::TestStateInput& request) {
  const std::string& level = request.inspectionLevel;
  if (!level.empty() && level != "INFO" && level != "DEBUG" && level != "TRACE") {
    throw invalid("1 validation error detected: Value '" + level +
                  "' at 'inspectionLevel' failed to satisfy constraint: Member must satisfy enum "
                  "value set: [INFO, DEBUG, TRACE]");
  }
  if (!request.roleArn.empty()) check_role(request.roleArn);
  check_length(request.input, "input", states::kPayloadMax);
  check_length(request.variables, "variables", states::kPayloadMax);
  if (!request.mock) return;
  if (request.mock->result.empty() == !request.mock->errorOutput) {
    throw invalid(
        "A test mock should have only one of the following fields: [result, errorOutput].");
  }
  if (request.revealSecrets) {
    throw invalid("TestState does not support RevealSecrets when a mock is specified.");
  }
}

std::optional<states::StandIn> mock_of(const cloud::TestStateInput& request) {
  if (!request.mock) return std::nullopt;
  if (const auto& error = request.mock->errorOutput) {
    return states::StandIn{std::nullopt, error->error, error->cause};
  }
  auto result = documents::from_text(request.mock->result);
  if (!result) throw invalid("Mocked result must be valid JSON");
  return states::StandIn{std::move(result), {}, {}};
}

bool is_fork(const std::string& type) {
  return type == "Parallel" || type == "Map";
}

void check_type(const std::string& type, const std::optional<states::StandIn>& mock,
                const std::string& role) {
  if (is_fork(type) && !mock) {
    throw cloud::Error("InvalidDefinition",
                       "TestState API does not support Map or Parallel states. Supported state "
                       "types include: [Task, Wait, Pass, Succeed, Fail, Choice]");
  }
  if (mock && type != "Task" && !is_fork(type)) {
    throw invalid("State type '" + type + "' is not supported when a mock is specified");
  }
  if (is_fork(type) && mock->result && !mock->result->is_structured()) {
    throw invalid("Mocked result must be an array.");
  }
  if (type == "Task" && !mock && role.empty()) {
    throw invalid("RoleArn must be specified when testing a Task state");
  }
}

json::object variables_of(const std::string& text) {
  if (text.empty()) return {};
  const auto variables = documents::from_text(text);
  if (!variables || !variables->is_object()) throw invalid("Variables must be a JSON object");
  return variables->get_object();
}

states::TestedState tested_state(const cloud::TestStateInput& request) {
  if (!request.stateName.empty()) compiled(request.definition, false);
  auto state = states::state_of(request.definition, request.stateName);
  if (state) return *std::move(state);
  if (request.stateName.empty()) compiled(request.definition, false);  // says what is wrong
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
  RunnerTask task{{},
                  std::move(order),
                  identity.execution_arn,
                  identity.state_machine_arn,
                  identity.role_arn};
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

cloud::InspectionData inspection_of(const StateTrial::Report& report) {
  cloud::InspectionData data;
  const auto take = [&](std::string& member, const char* step) {
    const auto found = report.steps.find(step);
    if (found != report.steps.end()) member = found->second;
  };
  take(data.input, "input");
  take(data.afterInputPath, "afterInputPath");
  take(data.afterParameters, "afterParameters");
  take(data.result, "result");
  take(data.afterResultSelector, "afterResultSelector");
  take(data.afterResultPath, "afterResultPath");
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
  const states::TestedState state = tested_state(request);
  auto machine = compiled(state.machine, false);
  StateTrial::Setup setup;
  setup.mock = mock_of(request);
  check_type(state.type, setup.mock, request.roleArn);
  const auto mock = setup.mock;
  setup.variables = variables_of(request.variables);
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
