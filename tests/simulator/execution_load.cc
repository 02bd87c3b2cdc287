#include "execution_load.h"

#include <boost/json.hpp>

#include "cloud/error.h"
#include "history.h"

namespace doorbuster::simulator {
namespace {

namespace json = boost::json;

// How tokens are answered, in percent; else by a success.
constexpr std::uint64_t kHeartbeats = 15;
constexpr std::uint64_t kFailures = 20;

constexpr const char* kCallback = "Callback";
constexpr const char* kRole = "arn:aws:iam::000000000000:role/Waiting";

const std::map<std::string, seconds> kWaits = {
    {"Before", seconds(5)}, {"Beside", seconds(45)}, {"Inside", seconds(20)}};

constexpr const char* kInner =
    R"({"StartAt":"Inside","States":{"Inside":{"Type":"Wait","Seconds":20,"End":true}}})";

// What fails or isn't answered in time is begun again until it is answered.
constexpr const char* kOuter = R"({
  "StartAt": "Before",
  "States": {
    "Before": {"Type": "Wait", "SecondsPath": "$.before", "Next": "AllAtOnce"},
    "AllAtOnce": {
      "Type": "Parallel",
      "Branches": [
        {"StartAt": "Call", "States": {"Call": {
          "Type": "Task",
          "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
          "Parameters": {
            "FunctionName": "Callback",
            "Payload": {"token.$": "$$.Task.Token", "name.$": "$$.Execution.Name"}
          },
          "TimeoutSeconds": 300,
          "Retry": [{"ErrorEquals": ["States.ALL"], "BackoffRate": 1, "MaxAttempts": 1000}],
          "End": true
        }}},
        {"StartAt": "Work", "States": {"Work": {
          "Type": "Task",
          "Resource": "${Activity}",
          "Parameters": {"name.$": "$$.Execution.Name"},
          "TimeoutSeconds": 400,
          "HeartbeatSeconds": 120,
          "Retry": [{"ErrorEquals": ["States.ALL"], "BackoffRate": 1, "MaxAttempts": 1000}],
          "End": true
        }}},
        {"StartAt": "Beside", "States": {"Beside": {"Type": "Wait", "Seconds": 45, "End": true}}},
        {"StartAt": "Nested", "States": {"Nested": {
          "Type": "Task",
          "Resource": "arn:aws:states:::states:startExecution.sync:2",
          "Parameters": {
            "StateMachineArn": "${Inner}",
            "Input": {"outer.$": "$$.Execution.Name"}
          },
          "End": true
        }}}
      ],
      "End": true
    }
  }
})";

std::string with(std::string text, const std::string& variable, const std::string& value) {
  return text.replace(text.find(variable), variable.size(), value);
}

}  // namespace

ExecutionLoad::ExecutionLoad(World& world, FunctionHost& host)
    : world_(world), host_(host), goal_(world.chance.between(1, 4)) {}

void ExecutionLoad::set_up() {
  cloud::CreateActivityInput activity;
  activity.name = "Work";
  activity_arn_ = world_.bed.run(world_.bed.step_functions().CreateActivity(activity)).activityArn;
  have_machines();
  host_.deploy(kCallback);
}

void ExecutionLoad::have_machines() {
  const auto have = [this](const char* name, std::string definition) {
    cloud::CreateStateMachineInput request;
    request.name = name;
    request.definition = std::move(definition);
    request.roleArn = kRole;
    auto operation = world_.bed.step_functions().CreateStateMachine(std::move(request));
    return world_.bed.run(std::move(operation)).stateMachineArn;
  };
  inner_arn_ = have("Inner", kInner);
  outer_arn_ =
      have("Outer", with(with(kOuter, "${Activity}", activity_arn_), "${Inner}", inner_arn_));
}

void ExecutionLoad::start() {
  for (auto& [name, started] : started_) started.in_the_air = false;
  for (auto& [token, state] : tokens_) state.in_the_air = false;
  host_.add(
      kCallback,
      [this](json::value event, cloud::Context) -> cloud::Async<json::value> {
        take_token(std::string(event.at("token").as_string()),
                   std::string(event.at("name").as_string()));
        co_return json::object();
      },
      FunctionHost::Late::sometimes);
  for (int i = 0; i < kWorkers; ++i) world_.spawn(work(i));
}

// --- Clients ----------------------------------------------------------------------------------

void ExecutionLoad::start_next() {
  for (auto& [name, started] : started_) {
    if (!started.acknowledged && !started.in_the_air) {
      return world_.spawn(start_execution(name));
    }
  }
  if (started_.size() == static_cast<std::size_t>(goal_)) return;
  world_.spawn(start_execution("waiting-" + std::to_string(started_.size())));
}

cloud::Async<void> ExecutionLoad::start_execution(std::string name) {
  Started& started = started_[name];
  started.in_the_air = true;
  started.arn = cloud::Scope{}.arn("states", "execution:Outer:" + name);
  cloud::StartExecutionInput request;
  request.stateMachineArn = outer_arn_;
  request.name = name;
  request.input = R"({"before":5})";
  try {
    co_await world_.bed.step_functions().StartExecution(std::move(request));
    started.acknowledged = true;
    world_.trace("started " + name);
  } catch (const cloud::Error& e) {
    // It was, and has ended since: nobody had told us.
    started.acknowledged = e.code() == "ExecutionAlreadyExists";
    world_.trace("not started " + name + ": " + e.code());
  }
  started.in_the_air = false;
}

void ExecutionLoad::stop_any() {
  for (auto& [name, started] : started_) {
    if (started.acknowledged && !started.stopping && world_.chance.percent(30)) {
      return world_.spawn(stop(name));
    }
  }
}

cloud::Async<void> ExecutionLoad::stop(std::string name) {
  Started& started = started_.at(name);
  started.stopping = true;
  cloud::StopExecutionInput request;
  request.executionArn = started.arn;
  request.error = "Stopped";
  try {
    co_await world_.bed.step_functions().StopExecution(std::move(request));
    world_.trace("stopped " + name);
  } catch (const cloud::Error& e) {
    world_.trace("not stopped " + name + ": " + e.code());
  }
}

// --- Whoever has tokens -----------------------------------------------------------------------

void ExecutionLoad::take_token(const std::string& token, const std::string& execution) {
  tokens_.try_emplace(token).first->second.execution = execution;
}

// Takes tasks, but leaves the answers to answer_any(): a worker may well have died meanwhile.
cloud::Async<void> ExecutionLoad::work(int worker) {
  for (;;) {
    cloud::GetActivityTaskInput request;
    request.activityArn = activity_arn_;
    request.workerName = "worker-" + std::to_string(worker);
    cloud::GetActivityTaskOutput task;
    try {
      task = co_await world_.bed.step_functions().GetActivityTask(std::move(request));
    } catch (const cloud::Error& e) {
      require(e.code() == "ServiceUnavailable", "a worker gets no tasks: " + e.message());
      co_return;
    }
    if (task.taskToken.empty()) continue;
    const json::value input = json::parse(task.input);
    const std::string name(input.at("name").as_string());
    world_.trace("a worker has a task of " + name);
    require(!tokens_.contains(task.taskToken), "a worker was given a task that another has");
    take_token(task.taskToken, name);
    if (world_.happens(20)) co_await world_.sleep(seconds(world_.chance.between(1, 40)));
  }
}

void ExecutionLoad::answer_any() {
  if (tokens_.empty()) return;
  const auto it =
      std::next(tokens_.begin(), static_cast<std::ptrdiff_t>(world_.chance.below(tokens_.size())));
  if (!it->second.in_the_air) world_.spawn(answer(it->first));
}

void ExecutionLoad::answer_all() {
  for (const auto& [token, state] : tokens_) {
    if (state.good && !state.in_the_air) world_.spawn(answer(token));
  }
}

// An error says that it is good no more, or that we won't hear: then it may have been taken.
cloud::Async<void> ExecutionLoad::answer(std::string token) {
  Token& state = tokens_.at(token);
  state.in_the_air = true;
  const auto kind = world_.chance.below(100);
  const std::string output = '"' + state.execution + " answer " + std::to_string(++state.tried) +
                             ' ' + token.substr(0, 32) + '"';
  cloud::SendTaskHeartbeatInput heartbeat{token};
  cloud::SendTaskFailureInput failure{token, "NotNow", ""};
  cloud::SendTaskSuccessInput success{token, output};
  cloud::StepFunctions& service = world_.bed.step_functions();
  try {
    if (kind < kHeartbeats) {
      co_await service.SendTaskHeartbeat(std::move(heartbeat));
    } else if (kind < kHeartbeats + kFailures) {
      co_await service.SendTaskFailure(std::move(failure));
    } else {
      co_await service.SendTaskSuccess(std::move(success));
      state.succeeded = output;
    }
    world_.trace("a token of " + state.execution + " was good");
    require(state.good, "a token of " + state.execution + " was good after its end");
    state.good = kind < kHeartbeats;
  } catch (const cloud::Error& e) {
    world_.trace("a token of " + state.execution + " was not good: " + e.code());
    if (e.code() != "ServiceUnavailable") state.good = false;
    require(e.code() != "InvalidToken", "a token of " + state.execution + " is not known");
  }
  state.in_the_air = false;
}

// --- The end ----------------------------------------------------------------------------------

int ExecutionLoad::running(const std::string& machine) {
  cloud::ListExecutionsInput request;
  request.stateMachineArn = machine;
  request.statusFilter = "RUNNING";
  return static_cast<int>(
      world_.bed.run(world_.bed.step_functions().ListExecutions(request)).executions.size());
}

bool ExecutionLoad::done() {
  if (started_.size() < static_cast<std::size_t>(goal_)) return false;
  for (const auto& [name, started] : started_) {
    if (!started.acknowledged || started.in_the_air) return false;
  }
  return running(outer_arn_) == 0 && running(inner_arn_) == 0;
}

void ExecutionLoad::check_end() {
  for (const auto& [name, started] : started_) {
    const History history = checked_history(world_, started.arn, kWaits);
    const std::string& status = history.execution.status;
    require(status == "SUCCEEDED" || (status == "ABORTED" && started.stopping),
            name + " has ended as " + status);
    check_tokens(name, history);
  }
  cloud::ListExecutionsInput request;
  request.stateMachineArn = inner_arn_;
  const auto inner = world_.bed.run(world_.bed.step_functions().ListExecutions(request)).executions;
  std::set<std::string> nested;  // of which outer execution
  for (const auto& execution : inner) {
    const History history = checked_history(world_, execution.executionArn, kWaits);
    const std::string outer(json::parse(history.execution.input).at("outer").as_string());
    require(nested.insert(outer).second, outer + " has nested an execution twice");
  }
}

void ExecutionLoad::check_tokens(const std::string& name, const History& history) {
  for (const auto& [token, state] : tokens_) {
    if (state.execution != name || state.succeeded.empty()) continue;
    const int found = history.count("TaskSucceeded", "output", state.succeeded) +
                      history.count("ActivitySucceeded", "output", state.succeeded);
    require(found == 1,
            name + " has the answer " + state.succeeded + ' ' + std::to_string(found) + " times");
  }
}

}  // namespace doorbuster::simulator
