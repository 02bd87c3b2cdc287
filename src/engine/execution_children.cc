// Executions that carry out a task of another's: the children of distributed Maps, and those that a
// task has started to wait for their ends (.sync). A Map's are begun, and parents told of ends,
// some a turn; after a crash both is found out again from what is open.
// https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
// https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html

#include <boost/json.hpp>

#include "cloud/error.h"
#include "documents/json_text.h"
#include "engine/codec.h"
#include "engine/execution_host.h"
#include "engine/execution_retention.h"
#include "engine/executions.h"
#include "engine/map_run_queries.h"
#include "engine/task_outcome.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

constexpr std::size_t kChildrenAtOnce = 500;

// arn:aws:states:REGION:ACCOUNT:KIND:MACHINE/LABEL
std::string labelled_arn(const ExecutionRecord& parent, const std::string& kind,
                         const std::string& label) {
  static const std::string kMachine = ":stateMachine:";
  std::string arn = parent.state_machine_arn;
  arn.replace(arn.find(kMachine), kMachine.size(), ':' + kind + ':');
  return arn + '/' + label;
}

// From the outermost Map's to the one whose child it is.
std::vector<std::string_view> labels_of(const ExecutionRecord& record) {
  std::vector<std::string_view> labels;
  std::string_view arn = record.state_machine_arn;
  for (auto slash = arn.find('/'); slash != arn.npos; slash = arn.find('/')) {
    arn.remove_prefix(slash + 1);
    labels.push_back(arn.substr(0, arn.find('/')));
  }
  return labels;
}

std::string child_arn(const ExecutionRecord& parent, const std::string& label,
                      const std::string& name) {
  return labelled_arn(parent, "execution", label) + ':' + name;
}

cloud::Error not_running(const std::string& map_run_arn) {
  return {"ValidationException", "Map Run is not running: '" + map_run_arn + "'"};
}

}  // namespace

void Executions::write_map_run(Turn& turn, ExecutionRecord& record, MapRun& run) {
  if (run.first == 0) run.first = machines_.next_number();
  if (run.number == 0) {
    run.number = run.first;
    turn.batch.put(Family::state, map_run_key(run.state.arn), Encoder().u64(record.number).bytes());
    turn.batch.put(Family::state, course_key(record.number), record.encode_course());
  }
  turn.batch.put(Family::state, run_key(record.number, run), run_value(run));
}

std::shared_ptr<const states::Definition> Executions::definition_of(const Store& store,
                                                                    const ExecutionRecord& record) {
  auto definition = machines_.definition(store, machines_.revision(record.revision));
  for (const auto label : labels_of(record)) {
    if (definition) definition = states::child_of(*definition, label);
  }
  return definition;
}

void Executions::see_to_children(Turn& turn) {
  begin_share(turn);
  for (std::size_t i = 0; i < kChildrenAtOnce && !ended_children_.empty() && has_share(turn); ++i) {
    const std::uint64_t child = ended_children_.front();
    ended_children_.pop_front();
    answer_parents(turn, child);
  }
  for (std::size_t i = 0; i < kChildrenAtOnce && !begun_children_.empty() && has_share(turn); ++i) {
    Child child = std::move(begun_children_.front());
    begun_children_.pop_front();
    begin_child(turn, std::move(child));
  }
  for (std::size_t i = 0; i < kChildrenAtOnce && !orphans_.empty() && has_share(turn); ++i) {
    const std::uint64_t orphan = orphans_.front();
    orphans_.pop_front();
    if (is_orphan(orphan)) abort(turn, *live_.find(turn.store, orphan), "", "");
  }
}

void Executions::abort(Turn& turn, LiveExecution& live, std::string error, std::string cause) {
  if (live.execution) {
    step(turn, live, [&](states::Execution& execution, ExecutionHost& host) {
      execution.abort(std::move(error), std::move(cause), host);
      return true;
    });
  } else {
    end_damaged(turn, live, states::Status::aborted, std::move(error), std::move(cause));
  }
}

void Executions::begin_child(Turn& turn, Child child) {
  if (!awaited(child.task)) return;
  // It has been asked for twice, if its parent was stopped and redriven before it began.
  if (open_.at(child.task.execution).find(child.task.task)->execution != 0) return;
  LiveExecution* parent = open_one(turn, child.task.execution);
  if (parent && !child.order) child.order = order_of(turn, *parent, child.task.task);
  if (!parent || !child.order || begin_again(turn, *parent, child)) return;
  try {
    start_child(turn, *parent, child);
  } catch (const documents::TooDeep& e) {
    fail(turn, child.task, "States.Runtime", e.what());
  }
}

// Its task is the same as before. One that was to be stopped with its parent may run still, or have
// succeeded meanwhile.
bool Executions::begin_again(Turn& turn, LiveExecution& parent, const Child& child) {
  const std::uint64_t redrives = find_run(parent.record, child.order->resource.arn)->redrives;
  if (redrives == 0) return false;
  const auto number =
      number_of(turn.store, child_arn(parent.record, child.order->resource.action,
                                      derived_name(parent.record.arn, child.task.task)));
  LiveExecution* live = number ? live_.find(turn.store, *number) : nullptr;
  if (!live) return false;
  ExecutionRecord& record = live->record;
  record.attempt = redrives;
  if (record.status == states::Status::succeeded) {
    ended_children_.push_back(record.number);
  } else if (record.status == states::Status::running) {
    turn.batch.put(Family::state, course_key(record.number), record.encode_course());
    settled_.insert(record.number);
  } else if (!not_redrivable(record, turn.now).empty() || !reopen(turn, *live)) {
    return false;
  }
  take_over(record.number, child.task);
  return true;
}

void Executions::take_over(std::uint64_t execution, const TaskRef& task) {
  open_.at(task.execution).find(task.task)->execution = execution;
  settled_.insert(task.execution);
}

void Executions::start_child(Turn& turn, LiveExecution& parent, const Child& child) {
  const std::string& label = child.order->resource.action;
  const MapRun& run = *find_run(parent.record, child.order->resource.arn);
  ExecutionRecord record;
  record.number = machines_.next_number();
  record.name = derived_name(parent.record.arn, child.task.task);
  record.arn = child_arn(parent.record, label, record.name);
  if (run.redrives > 0 && number_of(turn.store, record.arn)) {  // of one that can't be redriven
    record.name =
        derived_name(parent.record.arn + '/' + std::to_string(run.redrives), child.task.task);
    record.arn = child_arn(parent.record, label, record.name);
  }
  record.state_machine_arn = labelled_arn(parent.record, "stateMachine", label);
  record.machine = run.number;
  record.revision = parent.record.revision;
  record.express = child.order->express;
  record.input = documents::to_text(child.order->input);
  record.started = turn.now;
  record.map_run_arn = run.state.arn;
  record.items = child.order->items;
  record.task = child.task;
  record.attempt = run.redrives;
  take_over(record.number, child.task);
  launch(turn, std::move(record), child.order->input, child.order->child);
}

// --- Their ends -------------------------------------------------------------------------------

bool Executions::has_parent(const ExecutionRecord& record) const {
  return record.task || nested_.contains(record.number);
}

void Executions::answer_parents(Turn& turn, std::uint64_t ended) {
  const LiveExecution* live = live_.find(turn.store, ended);
  // It has been redriven before they were told: its next end tells them.
  if (live && live->record.status == states::Status::running) return;
  if (live) live_.drop(ended);
  if (live && live->record.task) answer_map(turn, live->record);
  const auto tasks = nested_.extract(ended);
  if (tasks.empty()) return;
  for (const auto& task : tasks.mapped()) {
    if (live) {
      answer_task(turn, task, live->record);
    } else {
      fail(turn, task, "States.TaskFailed", "The nested execution is forgotten.");
    }
  }
}

void Executions::answer_map(Turn& turn, const ExecutionRecord& child) {
  if (!awaited(*child.task)) return;
  // By a redrive the task may have begun again, and this end is the one before that.
  if (open_.at(child.task->execution).find(child.task->task)->execution != child.number) return;
  if (child.status != states::Status::succeeded) {
    fail(turn, *child.task, child.error, child.cause);
  } else if (auto output = documents::from_text(child.output)) {
    succeed(turn, *child.task, *std::move(output));
  } else {
    fail(turn, *child.task, "States.Runtime", "The output of " + child.arn + " is no JSON.");
  }
}

void Executions::nest(Turn& turn, const TaskRef& task, std::uint64_t nested, json::value output) {
  submitted(turn, task, std::move(output));
  const auto it = open_.find(nested);
  if (it != open_.end() && !it->second.own_task) {
    it->second.own_task = task;
    settled_.insert(nested);
  }
  if (!awaited(task)) return orphans_.push_back(nested);
  OpenTask& open = *open_.at(task.execution).find(task.task);
  open.kind = OpenTask::Kind::nested;
  open.execution = nested;
  nested_[nested].push_back(task);
  if (it == open_.end()) answer_parents(turn, nested);  // it has ended at once
}

void Executions::answer_task(Turn& turn, const TaskRef& task, const ExecutionRecord& nested) {
  LiveExecution* live = awaited(task) ? open_one(turn, task.execution) : nullptr;
  const auto order = live ? order_of(turn, *live, task.task) : std::nullopt;
  if (!order) return;
  if (nested.status == states::Status::succeeded) {
    const bool parse_output = order->resource.pattern == states::Resource::Pattern::sync2;
    succeed(turn, task, nested_result(nested, parse_output));
  } else {
    fail(turn, task, "States.TaskFailed", nested_cause(nested));
  }
}

// --- Map runs ---------------------------------------------------------------------------------

void Executions::limit_run(Turn& turn, const cloud::UpdateMapRunInput& request) {
  LiveExecution* live = live_.find(turn.store, map_run_parent(turn.store, request.mapRunArn));
  const MapRun* run = live ? find_run(live->record, request.mapRunArn) : nullptr;
  if (!run) throw no_such_map_run(request.mapRunArn);
  if (run->state.status != states::Status::running) throw not_running(request.mapRunArn);
  states::RunLimits limits = run->state.limits;
  if (request.maxConcurrency) limits.concurrency_max = *request.maxConcurrency;
  if (request.toleratedFailureCount) limits.failures_max = *request.toleratedFailureCount;
  if (request.toleratedFailurePercentage) {
    limits.failures_percentage_max = *request.toleratedFailurePercentage;
  }
  const bool limited = step(turn, *live, [&](states::Execution& execution, ExecutionHost& host) {
    return execution.limit_run(request.mapRunArn, limits, host);
  });
  if (!limited) throw not_running(request.mapRunArn);
}

// --- What nobody waits for any more -----------------------------------------------------------

void Executions::abandon(const ExecutionRecord& parent, const ExecutionHost& host) {
  for (const auto& [task, open] : host.cancelled()) {
    switch (open.kind) {
      case OpenTask::Kind::activity:
        activities_.drop(open.activity_arn, {parent.number, task});
        break;
      case OpenTask::Kind::child:
        if (open.execution != 0) orphans_.push_back(open.execution);
        break;
      case OpenTask::Kind::nested:
        leave(open.execution, {parent.number, task});
        break;
      case OpenTask::Kind::runner:  // the board sees that nobody waits for it
        break;
    }
  }
}

void Executions::leave(std::uint64_t nested, const TaskRef& task) {
  const auto it = nested_.find(nested);
  if (it == nested_.end()) return;  // its end is being told
  std::erase(it->second, task);
  if (it->second.empty()) nested_.erase(it);
  orphans_.push_back(nested);
}

bool Executions::is_orphan(std::uint64_t execution) const {
  const auto it = open_.find(execution);
  return it != open_.end() && it->second.own_task && !awaited(*it->second.own_task) &&
         !nested_.contains(execution);
}

}  // namespace doorbuster::engine
