// What becomes of an execution's tasks, and who gets them.
#include <boost/json.hpp>

#include "documents/json_text.h"
#include "engine/execution_host.h"
#include "engine/executions.h"
#include "engine/task_parameters.h"

namespace doorbuster::engine {

namespace json = boost::json;

bool Executions::awaited(const TaskRef& task) const {
  const auto it = open_.find(task.execution);
  return it != open_.end() && it->second.tasks.contains(task.task);
}

bool Executions::answer(Turn& turn, const TaskRef& task, const Call& call) {
  LiveExecution* live = awaited(task) ? open_one(turn, task.execution) : nullptr;
  return live && step(turn, *live, call);
}

bool Executions::succeed(Turn& turn, const TaskRef& task, json::value output) {
  return answer(turn, task, [&](states::Execution& execution, ExecutionHost& host) {
    host.close(task.task);
    return execution.succeed(task.task, std::move(output), host);
  });
}

bool Executions::fail(Turn& turn, const TaskRef& task, std::string error, std::string cause) {
  return answer(turn, task, [&](states::Execution& execution, ExecutionHost& host) {
    host.close(task.task);
    return execution.fail(task.task, std::move(error), std::move(cause), host);
  });
}

bool Executions::submitted(Turn& turn, const TaskRef& task, json::value output) {
  return answer(turn, task, [&](states::Execution& execution, ExecutionHost& host) {
    open_.at(task.execution).find(task.task)->state = OpenTask::State::taken;
    return execution.submitted(task.task, std::move(output), host);
  });
}

bool Executions::heartbeat(Turn& turn, const TaskRef& task) {
  return answer(turn, task, [&](states::Execution& execution, ExecutionHost& host) {
    return execution.heartbeat(task.task, host);
  });
}

std::optional<RunnerTask> Executions::runner_task(Turn& turn, const TaskRef& task,
                                                  TaskBoard::Order order) {
  LiveExecution* live = awaited(task) ? open_one(turn, task.execution) : nullptr;
  if (live && !order) order = order_of(turn, *live, task.task);
  if (!live || !order) return std::nullopt;
  const Revision& revision = machines_.revision(live->record.revision);
  RunnerTask asked{.ref = task,
                   .order = std::move(*order),
                   .execution_arn = live->record.arn,
                   .state_machine_arn = live->record.state_machine_arn,
                   .role_arn = revision.role_arn};
  begin_call(turn, asked);
  return asked;
}

void Executions::begin_call(Turn& turn, RunnerTask& task) {
  try {
    const auto function = function_called(task);
    if (function) task.call = functions_.begin(turn, caller_of(task), *function);
  } catch (const cloud::Error& e) {
    task.refused = e;
  }
}

std::optional<cloud::GetActivityTaskOutput> Executions::activity_task(Turn& turn,
                                                                      const TaskRef& task,
                                                                      const std::string& worker) {
  LiveExecution* live = awaited(task) ? open_one(turn, task.execution) : nullptr;
  const auto order = live ? order_of(turn, *live, task.task) : std::nullopt;
  if (!order) return std::nullopt;
  open_.at(task.execution).find(task.task)->state = OpenTask::State::taken;
  step(turn, *live, [&](states::Execution& execution, ExecutionHost& host) {
    return execution.started(task.task, worker, host);
  });
  return cloud::GetActivityTaskOutput{tokens_.make(turn, task), documents::to_text(order->input)};
}

}  // namespace doorbuster::engine
