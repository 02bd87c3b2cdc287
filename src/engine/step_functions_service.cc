#include <boost/json.hpp>

#include "cloud/error.h"
#include "engine/execution_history.h"
#include "engine/execution_queries.h"
#include "engine/integrations.h"
#include "engine/map_run_queries.h"
#include "engine/services.h"
#include "engine/state_machine_rules.h"
#include "engine/state_trials.h"

namespace doorbuster::engine {
namespace {

using namespace cloud;  // NOLINT(google-build-using-namespace): every second word is the API's
namespace json = boost::json;

constexpr const char* kInvalidInput = "InvalidExecutionInput";
constexpr std::size_t kTraceHeaderMax = 256;
constexpr int kDiagnosticsMax = 100;

bool with_data(const std::string& included) {
  return included != "METADATA_ONLY";
}

void check_payload(const std::string& text, const char* code, const char* what) {
  if (text.size() <= states::kPayloadMax) return;
  throw Error(code, std::string(what) + ": 'The data is longer than 262144 bytes'");
}

template <class Input>
StartOrder start_order(Input request) {
  check_arn(request.stateMachineArn, {"stateMachine:"});
  if (!request.name.empty()) check_name(request.name);
  check_length(request.traceHeader, "traceHeader", kTraceHeaderMax);
  std::string input = std::move(request.input).value_or("{}");
  constexpr const char* kWhat = "Invalid State Machine Execution Input";
  if (input.empty())
    throw Error(kInvalidInput, kWhat + std::string(": 'Invalid execution input.'"));
  check_payload(input, kInvalidInput, kWhat);
  json::value value = parsed(input, kInvalidInput, kWhat);
  return {std::move(request.stateMachineArn), std::move(request.name), std::move(input),
          std::move(value), std::move(request.traceHeader)};
}

Error state_machine_type_not_supported(const char* why) {
  return {"StateMachineTypeNotSupported", why};
}

// Throws unless somebody waits for the task's answer.
void check_answered(bool answered, const Store& store, Executions& executions,
                    const TaskRef& task) {
  if (answered) return;
  if (executions.knows(store, task)) {
    throw Error("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'");
  }
  throw Error("TaskDoesNotExist", "Task does not exist");
}

class StepFunctionsService final : public StepFunctions {
 public:
  StepFunctionsService(Engine& engine, Caller caller)
      : engine_(engine), caller_(std::move(caller)) {}

  // --- State machines -------------------------------------------------------------------------

  Async<CreateStateMachineOutput> CreateStateMachine(CreateStateMachineInput request) override {
    check(request);
    auto definition =
        compiled(request.definition, request.type == "EXPRESS", engine_.required_members());
    auto op = [this, request = std::move(request), definition = std::move(definition)](Machine& m,
                                                                                       Turn& turn) {
      auto result = m.state_machines.create(turn, caller_.scope, request, definition);
      if (request.publish) {
        result.stateMachineVersionArn =
            published(m, turn, result.stateMachineArn, request.versionDescription);
      }
      return result;
    };
    co_return co_await call<CreateStateMachineOutput>(std::move(op));
  }
  Async<UpdateStateMachineOutput> UpdateStateMachine(UpdateStateMachineInput request) override {
    check(request);
    auto type = [arn = request.stateMachineArn](Machine& m, Turn&) {
      return m.state_machines.get(arn).express;
    };
    const bool express = co_await call<bool>(std::move(type));
    auto definition = request.definition.empty()
                          ? nullptr
                          : compiled(request.definition, express, engine_.required_members());
    auto op = [request = std::move(request), definition = std::move(definition)](Machine& m,
                                                                                 Turn& turn) {
      if (request.publish && changes(request)) m.versions.check_room(request.stateMachineArn);
      auto result = m.state_machines.update(turn, request, definition);
      if (request.publish) {
        result.stateMachineVersionArn =
            published(m, turn, request.stateMachineArn, request.versionDescription);
      }
      return result;
    };
    co_return co_await call<UpdateStateMachineOutput>(std::move(op));
  }
  Async<DescribeStateMachineOutput> DescribeStateMachine(
      DescribeStateMachineInput request) override {
    check_arn(request.stateMachineArn, {"stateMachine:"});
    auto op = [request = std::move(request)](Machine& m, Turn& turn) {
      return m.versions.describe(turn.store, request.stateMachineArn,
                                 with_data(request.includedData));
    };
    co_return co_await call<DescribeStateMachineOutput>(std::move(op));
  }
  Async<void> DeleteStateMachine(DeleteStateMachineInput request) override {
    check_arn(request.stateMachineArn, {"stateMachine:"});
    auto op = [arn = std::move(request.stateMachineArn)](Machine& m, Turn& turn) {
      m.versions.forget(turn, arn);
      m.state_machines.destroy(turn, arn);
    };
    co_await call<Done>(std::move(op));
  }
  Async<ListStateMachinesOutput> ListStateMachines(ListStateMachinesInput request) override {
    auto op = [this, request = std::move(request)](Machine& m, Turn&) {
      return m.state_machines.list(caller_.scope, request);
    };
    co_return co_await call<ListStateMachinesOutput>(std::move(op));
  }
  Async<ValidateStateMachineDefinitionOutput> ValidateStateMachineDefinition(
      ValidateStateMachineDefinitionInput request) override;
  Async<TestStateOutput> TestState(TestStateInput request) override {
    check_caller();
    co_return co_await test_state(engine_, caller_, std::move(request));
  }

  // --- Versions and aliases -------------------------------------------------------------------

  Async<PublishStateMachineVersionOutput> PublishStateMachineVersion(
      PublishStateMachineVersionInput request) override {
    check_arn(request.stateMachineArn, {"stateMachine:"});
    check_description(request.description, "description");
    auto op = [request = std::move(request)](Machine& m, Turn& turn) {
      return m.versions.publish(turn, request);
    };
    co_return co_await call<PublishStateMachineVersionOutput>(std::move(op));
  }
  Async<void> DeleteStateMachineVersion(DeleteStateMachineVersionInput request) override {
    check_arn(request.stateMachineVersionArn, {"stateMachine:"});
    auto op = [arn = std::move(request.stateMachineVersionArn)](Machine& m, Turn& turn) {
      m.versions.destroy(turn, arn);
    };
    co_await call<Done>(std::move(op));
  }
  Async<ListStateMachineVersionsOutput> ListStateMachineVersions(
      ListStateMachineVersionsInput request) override {
    check_arn(request.stateMachineArn, {"stateMachine:"});
    auto op = [request = std::move(request)](Machine& m, Turn&) {
      return m.versions.list(request);
    };
    co_return co_await call<ListStateMachineVersionsOutput>(std::move(op));
  }
  Async<CreateStateMachineAliasOutput> CreateStateMachineAlias(
      CreateStateMachineAliasInput request) override {
    check(request);
    auto op = [request = std::move(request)](Machine& m, Turn& turn) {
      return m.versions.create_alias(turn, request);
    };
    co_return co_await call<CreateStateMachineAliasOutput>(std::move(op));
  }
  Async<UpdateStateMachineAliasOutput> UpdateStateMachineAlias(
      UpdateStateMachineAliasInput request) override {
    check(request);
    auto op = [request = std::move(request)](Machine& m, Turn& turn) {
      return m.versions.update_alias(turn, request);
    };
    co_return co_await call<UpdateStateMachineAliasOutput>(std::move(op));
  }
  Async<DescribeStateMachineAliasOutput> DescribeStateMachineAlias(
      DescribeStateMachineAliasInput request) override {
    check_arn(request.stateMachineAliasArn, {"stateMachine:"});
    auto op = [arn = std::move(request.stateMachineAliasArn)](Machine& m, Turn&) {
      return m.versions.describe_alias(arn);
    };
    co_return co_await call<DescribeStateMachineAliasOutput>(std::move(op));
  }
  Async<void> DeleteStateMachineAlias(DeleteStateMachineAliasInput request) override {
    check_arn(request.stateMachineAliasArn, {"stateMachine:"});
    auto op = [arn = std::move(request.stateMachineAliasArn)](Machine& m, Turn& turn) {
      m.versions.destroy_alias(turn, arn);
    };
    co_await call<Done>(std::move(op));
  }
  Async<ListStateMachineAliasesOutput> ListStateMachineAliases(
      ListStateMachineAliasesInput request) override {
    check_arn(request.stateMachineArn, {"stateMachine:"});
    auto op = [request = std::move(request)](Machine& m, Turn&) {
      return m.versions.list_aliases(request);
    };
    co_return co_await call<ListStateMachineAliasesOutput>(std::move(op));
  }

  // --- Executions -----------------------------------------------------------------------------

  Async<StartExecutionOutput> StartExecution(StartExecutionInput request) override {
    auto op = [order = start_order(std::move(request))](Machine& m, Turn& turn) mutable {
      auto started = m.executions.start(turn, std::move(order));
      return StartExecutionOutput{std::move(started.arn), started.date};
    };
    co_return co_await call<StartExecutionOutput>(std::move(op));
  }
  Async<StartSyncExecutionOutput> StartSyncExecution(StartSyncExecutionInput request) override;
  Async<StopExecutionOutput> StopExecution(StopExecutionInput request) override {
    check_execution_arn(request.executionArn);
    check_length(request.error, "error", states::kErrorMax);
    check_length(request.cause, "cause", states::kCauseMax);
    auto op = [request = std::move(request)](Machine& m, Turn& turn) {
      return StopExecutionOutput{
          m.executions.stop(turn, request.executionArn, request.error, request.cause)};
    };
    co_return co_await call<StopExecutionOutput>(std::move(op));
  }
  Async<RedriveExecutionOutput> RedriveExecution(RedriveExecutionInput request) override {
    check_execution_arn(request.executionArn);
    auto op = [arn = std::move(request.executionArn)](Machine& m, Turn& turn) {
      return RedriveExecutionOutput{m.executions.redrive(turn, arn)};
    };
    co_return co_await call<RedriveExecutionOutput>(std::move(op));
  }
  Async<DescribeExecutionOutput> DescribeExecution(DescribeExecutionInput request) override {
    check_execution_arn(request.executionArn);
    const auto record = record_of(engine_.store(), request.executionArn);
    co_return describe(record, with_data(request.includedData), engine_.clock().now());
  }
  Async<DescribeStateMachineForExecutionOutput> DescribeStateMachineForExecution(
      DescribeStateMachineForExecutionInput request) override;
  Async<ListExecutionsOutput> ListExecutions(ListExecutionsInput request) override;
  Async<ListMapRunsOutput> ListMapRuns(ListMapRunsInput request) override {
    check_execution_arn(request.executionArn);
    co_return list_map_runs(engine_.store(), request);
  }
  Async<DescribeMapRunOutput> DescribeMapRun(DescribeMapRunInput request) override {
    check_arn(request.mapRunArn, {"mapRun:"});
    co_return describe_map_run(engine_.store(), request.mapRunArn);
  }
  Async<void> UpdateMapRun(UpdateMapRunInput request) override {
    check(request);
    auto op = [request = std::move(request)](Machine& m, Turn& turn) {
      m.executions.limit_run(turn, request);
    };
    co_await call<Done>(std::move(op));
  }
  Async<GetExecutionHistoryOutput> GetExecutionHistory(GetExecutionHistoryInput request) override {
    check_execution_arn(request.executionArn);
    co_return read_history(engine_.store(), request);
  }

  // --- Activities and tasks -------------------------------------------------------------------

  Async<CreateActivityOutput> CreateActivity(CreateActivityInput request) override {
    check_name(request.name);
    check_tags(request.tags);
    check_encryption(request.encryptionConfiguration);
    auto op = [this, request = std::move(request)](Machine& m, Turn& turn) {
      return m.activities.create(turn, caller_.scope, request);
    };
    co_return co_await call<CreateActivityOutput>(std::move(op));
  }
  Async<DescribeActivityOutput> DescribeActivity(DescribeActivityInput request) override {
    check_arn(request.activityArn, {"activity:"});
    auto op = [arn = std::move(request.activityArn)](Machine& m, Turn&) {
      return m.activities.describe(arn);
    };
    co_return co_await call<DescribeActivityOutput>(std::move(op));
  }
  Async<void> DeleteActivity(DeleteActivityInput request) override {
    check_arn(request.activityArn, {"activity:"});
    auto op = [arn = std::move(request.activityArn)](Machine& m, Turn& turn) {
      m.activities.destroy(turn, arn);
    };
    co_await call<Done>(std::move(op));
  }
  Async<ListActivitiesOutput> ListActivities(ListActivitiesInput request) override {
    auto op = [this, request = std::move(request)](Machine& m, Turn&) {
      return m.activities.list(caller_.scope, request);
    };
    co_return co_await call<ListActivitiesOutput>(std::move(op));
  }
  Async<GetActivityTaskOutput> GetActivityTask(GetActivityTaskInput request) override {
    check_arn(request.activityArn, {"activity:"});
    if (!request.workerName.empty()) check_name(request.workerName);
    auto op = [request = std::move(request)](Machine& m, Turn& turn,
                                             std::unique_ptr<Reply<GetActivityTaskOutput>>& reply) {
      m.activities.poll(turn, request.activityArn, request.workerName, reply);
    };
    co_return co_await call<GetActivityTaskOutput>(std::move(op));
  }
  Async<void> SendTaskSuccess(SendTaskSuccessInput request) override {
    constexpr const char* kWhat = "Invalid Output";
    check_payload(request.output, "InvalidOutput", kWhat);
    auto output = parsed(request.output, "InvalidOutput", kWhat);
    auto op = [token = std::move(request.taskToken), output = std::move(output)](
                  Machine& m, Turn& turn) mutable {
      const TaskRef task = m.tokens.read(token);
      check_answered(m.executions.succeed(turn, task, std::move(output)), turn.store, m.executions,
                     task);
    };
    co_await call<Done>(std::move(op));
  }
  Async<void> SendTaskFailure(SendTaskFailureInput request) override {
    check_length(request.error, "error", states::kErrorMax);
    check_length(request.cause, "cause", states::kCauseMax);
    auto op = [request = std::move(request)](Machine& m, Turn& turn) {
      const TaskRef task = m.tokens.read(request.taskToken);
      check_answered(m.executions.fail(turn, task, request.error, request.cause), turn.store,
                     m.executions, task);
    };
    co_await call<Done>(std::move(op));
  }
  Async<void> SendTaskHeartbeat(SendTaskHeartbeatInput request) override {
    auto op = [token = std::move(request.taskToken)](Machine& m, Turn& turn) {
      const TaskRef task = m.tokens.read(token);
      check_answered(m.executions.heartbeat(turn, task), turn.store, m.executions, task);
    };
    co_await call<Done>(std::move(op));
  }

  // --- Tags -----------------------------------------------------------------------------------

  Async<void> TagResource(TagResourceInput request) override {
    check_taggable(request.resourceArn);
    check_tags(request.tags);
    auto op = [request = std::move(request)](Machine& m, Turn& turn) {
      auto tags = tags_of(m, request.resourceArn);
      for (const auto& tag : request.tags) {
        std::erase_if(tags, [&](const Tag& there) { return there.Key == tag.Key; });
        tags.push_back(tag);
      }
      check_tags(tags);
      set_tags(m, turn, request.resourceArn, std::move(tags));
    };
    co_await call<Done>(std::move(op));
  }
  Async<void> UntagResource(UntagResourceInput request) override {
    check_taggable(request.resourceArn);
    auto op = [request = std::move(request)](Machine& m, Turn& turn) {
      auto tags = tags_of(m, request.resourceArn);
      for (const auto& key : request.tagKeys) {
        std::erase_if(tags, [&](const Tag& there) { return there.Key == key; });
      }
      set_tags(m, turn, request.resourceArn, std::move(tags));
    };
    co_await call<Done>(std::move(op));
  }
  Async<ListTagsForResourceOutput> ListTagsForResource(ListTagsForResourceInput request) override {
    check_taggable(request.resourceArn);
    auto op = [arn = std::move(request.resourceArn)](Machine& m, Turn&) {
      return ListTagsForResourceOutput{tags_of(m, arn)};
    };
    co_return co_await call<ListTagsForResourceOutput>(std::move(op));
  }

 private:
  void check_caller() const {
    if (!caller_.anonymous) return;
    throw Error("MissingAuthenticationTokenException", "Missing Authentication Token", 403);
  }
  template <class T, class Op>
  Answer<T> call(Op op) {
    check_caller();
    return engine_.call<T>(std::move(op));
  }

  static std::string published(Machine& m, Turn& turn, const std::string& arn,
                               const std::string& description) {
    return m.versions.publish(turn, {arn, "", description}).stateMachineVersionArn;
  }

  static void check_execution_arn(const std::string& arn) { check_arn(arn, {"execution:"}); }
  static void check_taggable(const std::string& arn) {
    check_arn(arn, {"stateMachine:", "activity:"});
  }

  static std::vector<Tag>& tags_in(Machine& m, const std::string& arn) {
    auto* tags = m.state_machines.tags(arn);
    if (!tags) tags = m.activities.tags(arn);
    if (!tags) throw Error("ResourceNotFound", "Resource not found: '" + arn + "'");
    return *tags;
  }
  static std::vector<Tag> tags_of(Machine& m, const std::string& arn) { return tags_in(m, arn); }
  static void set_tags(Machine& m, Turn& turn, const std::string& arn, std::vector<Tag> tags) {
    tags_in(m, arn) = std::move(tags);
    if (m.state_machines.find(arn)) {
      m.state_machines.write_tags(turn, arn);
    } else {
      m.activities.write_tags(turn, arn);
    }
  }

  Engine& engine_;
  const Caller caller_;
};

Async<ValidateStateMachineDefinitionOutput> StepFunctionsService::ValidateStateMachineDefinition(
    ValidateStateMachineDefinitionInput request) {
  using states::Diagnostic;
  const auto max = static_cast<std::size_t>(
      request.maxResults == 0 ? kDiagnosticsMax : std::min(request.maxResults, kDiagnosticsMax));
  ValidateStateMachineDefinitionOutput result{"OK", {}, false};
  auto all = states::validate(request.definition);
  for (auto& found : unavailable_states(request.definition, request.type == "EXPRESS",
                                        engine_.required_members())) {
    all.push_back(std::move(found));
  }
  for (auto& found : all) {
    const bool error = found.severity == Diagnostic::Severity::error;
    if (error) result.result = "FAIL";
    if (!error && request.severity == "ERROR") continue;
    if (result.diagnostics.size() == max) {
      result.truncated = true;
      continue;
    }
    result.diagnostics.push_back({error ? "ERROR" : "WARNING", std::move(found.code),
                                  std::move(found.message), std::move(found.location)});
  }
  co_return result;
}

Async<StartSyncExecutionOutput> StepFunctionsService::StartSyncExecution(
    StartSyncExecutionInput request) {
  const bool data = with_data(request.includedData);
  auto op = [order = start_order(std::move(request))](
                Machine& m, Turn& turn, std::unique_ptr<Reply<ExecutionRecord>>& reply) mutable {
    if (!m.state_machines.get(unqualified(order.state_machine_arn)).express) {
      throw state_machine_type_not_supported(
          "This operation is not supported by this type of state machine");
    }
    const auto started = m.executions.start(turn, std::move(order));
    m.executions.wait(turn, started.number, reply);
  };
  const auto record = co_await call<ExecutionRecord>(std::move(op));
  co_return sync_outcome(record, data);
}

Async<DescribeStateMachineForExecutionOutput>
StepFunctionsService::DescribeStateMachineForExecution(
    DescribeStateMachineForExecutionInput request) {
  check_arn(request.executionArn, {"execution:", "express:"});
  const auto record = record_of(engine_.store(), request.executionArn);
  auto op = [record, data = with_data(request.includedData)](Machine& m, Turn& turn) {
    const Revision* found = m.state_machines.find_revision(record.revision);
    if (!found) throw no_such_execution(record.arn);  // it has been forgotten since
    const Revision& revision = *found;
    DescribeStateMachineForExecutionOutput result;
    result.stateMachineArn = record.state_machine_arn;
    result.name = record.state_machine_arn.substr(record.state_machine_arn.rfind(':') + 1);
    if (data) {
      result.definition = definition_text(turn.store, revision);
      result.variableReferences = states::variable_references(result.definition);
    }
    result.roleArn = revision.role_arn;
    result.updateDate = revision.updated;
    result.loggingConfiguration = revision.logging;
    result.tracingConfiguration = revision.tracing;
    result.encryptionConfiguration = own_key();
    result.mapRunArn = record.map_run_arn;
    result.revisionId = revision.id;
    return result;
  };
  co_return co_await call<DescribeStateMachineForExecutionOutput>(std::move(op));
}

Async<ListExecutionsOutput> StepFunctionsService::ListExecutions(ListExecutionsInput request) {
  if (request.stateMachineArn.empty() == request.mapRunArn.empty()) {
    throw Error("ValidationException", "Exactly one of stateMachineArn and mapRunArn is required");
  }
  if (!request.mapRunArn.empty()) {
    check_arn(request.mapRunArn, {"mapRun:"});
    const std::uint64_t run = map_run_number(engine_.store(), request.mapRunArn);
    co_return list_executions(engine_.store().snapshot(), run, request);
  }
  check_arn(request.stateMachineArn, {"stateMachine:"});
  auto op = [arn = request.stateMachineArn](Machine& m, Turn&) {
    const StateMachine& machine = m.state_machines.get(unqualified(arn));
    if (machine.express) {
      throw state_machine_type_not_supported(
          "This operation is not supported by this type of state machine");
    }
    return machine.number;
  };
  const std::uint64_t machine = co_await call<std::uint64_t>(std::move(op));
  co_return list_executions(engine_.store().snapshot(), machine, request);
}

}  // namespace

std::unique_ptr<cloud::StepFunctions> make_step_functions(Engine& engine, cloud::Caller caller) {
  return std::make_unique<StepFunctionsService>(engine, std::move(caller));
}

}  // namespace doorbuster::engine
