#include "engine/executions.h"

#include <algorithm>
#include <boost/json.hpp>

#include "cloud/error.h"
#include "documents/json_text.h"
#include "engine/codec.h"
#include "engine/execution_host.h"
#include "engine/execution_queries.h"
#include "engine/execution_retention.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
constexpr std::size_t kOpenMax = 1'000'000;
constexpr std::chrono::minutes kExpressMax{5};

// What one turn wakes at the most; the others are due still.
constexpr std::size_t kWokenAtOnce = 1'000;
// Events that a share of a turn brings about, at the most, about.
constexpr std::uint64_t kShareEventsMax = 10'000;

// What the row of most open executions needs.
constexpr std::size_t kOpenRowBytes = 1'024;

std::string execution_arn(const StateMachine& machine, const std::string& name, Random& random) {
  auto arn = cloud::Arn::parse(machine.arn).value();
  arn.resource = (machine.express ? "express:" : "execution:") + machine.name + ':' + name;
  if (machine.express) arn.resource += ':' + str(random.uuid());
  return arn.str();
}

states::Identity identity_of(const ExecutionRecord& record, const Revision& revision) {
  const std::string& machine = record.state_machine_arn;
  return {record.arn,
          record.name,
          machine,
          machine.substr(machine.rfind(':') + 1),
          revision.role_arn,
          record.started,
          static_cast<std::int64_t>(record.redrives),
          record.express};
}

}  // namespace

// --- Opening ----------------------------------------------------------------------------------

void Executions::open(const Store& store) {
  store.scan(Family::state, "o", "p", [&](std::string_view key, std::string_view value) {
    Decoder in(value);
    open_.emplace(number_in(key), decode_open(in));
    return true;
  });
  for (const auto& [number, open] : open_) {
    if (open.alarm) alarms_.emplace(*open.alarm, number);
    for (const auto& [id, task] : open.tasks) {
      const TaskRef ref{number, id};
      if (task.kind == OpenTask::Kind::child) {
        if (task.execution == 0) begun_children_.push_back({ref, std::nullopt});
      } else if (task.state == OpenTask::State::taken) {
        continue;
      } else if (task.kind == OpenTask::Kind::activity) {
        activities_.keep(task.activity_arn, ref);
      } else {
        board_.offer(ref);
      }
    }
  }
  for (const auto& [number, open] : open_) {
    for (const auto& [id, task] : open.tasks) {
      if (task.kind == OpenTask::Kind::nested) nested_[task.execution].push_back({number, id});
      const bool begun = task.execution != 0;
      if (begun && !open_.contains(task.execution)) ended_children_.push_back(task.execution);
    }
  }
  for (const auto& [number, open] : open_) {
    if (is_orphan(number)) orphans_.push_back(number);
  }
  store.scan(Family::state, "z", "{", [&](std::string_view key, std::string_view) {
    next_sweep_ = end_of_retention(key);
    return false;
  });
}

// --- Operations -------------------------------------------------------------------------------

Executions::Started Executions::start(Turn& turn, StartOrder order) {
  const auto target = versions_.target(order.state_machine_arn, turn.random);
  const StateMachine& machine = target.machine;
  if (order.name.empty()) order.name = str(turn.random.uuid());
  std::string arn = execution_arn(machine, order.name, turn.random);
  if (!machine.express) {
    if (const auto there = number_of(turn.store, arn)) return again(turn.store, *there, order);
  }
  if (open_.size() >= kOpenMax) {
    throw cloud::Error("ExecutionLimitExceeded", "Execution Limit Exceeded");
  }
  Revision& revision = machines_.revision(target.revision);
  const auto& definition = machines_.definition(turn.store, revision);
  ExecutionRecord record;
  record.number = machines_.next_number();
  record.arn = std::move(arn);
  record.name = std::move(order.name);
  record.state_machine_arn = machine.arn;
  record.machine = machine.number;
  record.revision = revision.number;
  record.version_arn = target.version_arn;
  record.alias_arn = target.alias_arn;
  record.express = machine.express;
  record.input = std::move(order.input);
  record.trace_header = std::move(order.trace_header);
  record.started = turn.now;
  machine.metrics->started->add();
  return launch(turn, std::move(record), std::move(order.value), definition);
}

Executions::Started Executions::launch(
    Turn& turn, ExecutionRecord record, json::value input,
    const std::shared_ptr<const states::Definition>& definition) {
  Revision& revision = machines_.revision(record.revision);
  machines_.hold(revision);
  started_.emplace(record.arn, record.number);
  turn.batch.put(Family::state, name_key(record.arn), Encoder().u64(record.number).bytes());
  turn.batch.put(Family::state, beginning_key(record.number), record.encode_beginning());
  OpenExecution& open = open_.emplace(record.number, OpenExecution()).first->second;
  open.own_task = record.task;
  const Started started{record.number, record.arn, record.started};
  LiveExecution& live = live_.add({std::move(record), nullptr, {}});
  ExecutionHost host(turn, tokens_, live.record, open);
  guarded(turn, live, host, [&] {
    live.execution = states::Execution::begin(definition, identity_of(live.record, revision),
                                              std::move(input), host);
    return true;
  });
  return started;
}

// The same execution under the same name is the one that is there, as long as it is open.
Executions::Started Executions::again(const Store& store, std::uint64_t execution,
                                      const StartOrder& order) {
  const ExecutionRecord& record = live_.find(store, execution)->record;
  const bool same = record.status == states::Status::running && record.input == order.input;
  if (same) return {record.number, record.arn, record.started};
  throw cloud::Error("ExecutionAlreadyExists", "Execution Already Exists: '" + record.arn + "'");
}

cloud::Time Executions::stop(Turn& turn, const std::string& arn, std::string error,
                             std::string cause) {
  LiveExecution& live = find(turn.store, arn);
  if (live.record.status == states::Status::running) {
    abort(turn, live, std::move(error), std::move(cause));
  }
  return live.record.stopped;
}

cloud::Time Executions::redrive(Turn& turn, const std::string& arn) {
  LiveExecution& live = find(turn.store, arn);
  ExecutionRecord& record = live.record;
  const auto refuse = [&](const std::string& why) {
    throw cloud::Error("ExecutionNotRedrivable", "Execution is not redrivable: " + why);
  };
  if (record.task) refuse("it is redriven with the Map Run that it belongs to");
  if (const std::string why = not_redrivable(record, turn.now); !why.empty()) refuse(why);
  if (!reopen(turn, live)) refuse("it has no state to go on from");
  return turn.now;
}

bool Executions::reopen(Turn& turn, LiveExecution& live) {
  if (!live.execution) return false;
  ExecutionRecord& record = live.record;
  OpenExecution& open = open_.emplace(record.number, OpenExecution()).first->second;
  open.own_task = record.task;
  if (const auto it = nested_.find(record.number); it != nested_.end()) {
    open.own_task = it->second.front();
  }
  ExecutionHost host(turn, tokens_, record, open);
  bool goes_on = true;  // what it throws ends it again
  guarded(turn, live, host, [&] {
    goes_on = live.execution->redrive(host, static_cast<std::int64_t>(record.events));
    if (goes_on) note_redrive(turn, live);
    return goes_on;
  });
  if (!goes_on) open_.erase(record.number);
  return goes_on;
}

void Executions::note_redrive(Turn& turn, LiveExecution& live) {
  ExecutionRecord& record = live.record;
  turn.batch.remove(Family::state, end_key(record));
  turn.batch.remove(Family::state, list_key(record, record.status));
  record.status = states::Status::running;
  record.stopped = {};
  record.error.clear();
  record.cause.clear();
  record.redriven = turn.now;
  ++record.redrives;
  live.pieces.redrive(turn.batch, record.number);
  turn.batch.put(Family::state, course_key(record.number), record.encode_course());
}

void Executions::wait(Turn& turn, std::uint64_t execution,
                      std::unique_ptr<Reply<ExecutionRecord>>& reply) {
  const LiveExecution* live = live_.find(turn.store, execution);
  if (!live) throw no_such_execution(std::to_string(execution));
  if (live->record.status == states::Status::running) {
    waiting_[execution].push_back(std::move(reply));
    return;
  }
  reply->value = live->record;
  turn.done.push_back(std::move(reply));
}

// --- Finding ----------------------------------------------------------------------------------

std::optional<std::uint64_t> Executions::number_of(const Store& store,
                                                   const std::string& arn) const {
  const auto it = started_.find(arn);
  return it == started_.end() ? find_execution(store, arn) : it->second;
}

LiveExecution& Executions::find(const Store& store, const std::string& arn) {
  const auto number = number_of(store, arn);
  LiveExecution* live = number ? live_.find(store, *number) : nullptr;
  if (!live) throw no_such_execution(arn);
  return *live;
}

bool Executions::knows(const Store& store, const TaskRef& task) {
  return live_.find(store, task.execution) != nullptr;
}

std::unique_ptr<states::Execution> Executions::restore(const Store& store,
                                                       const ExecutionRecord& record,
                                                       const states::Execution::Pieces& pieces) {
  const auto definition = definition_of(store, record);
  if (!definition) throw std::runtime_error("its definition is gone");
  auto input = documents::from_text(record.input);
  if (!input) throw std::runtime_error("its input is not JSON");
  return states::Execution::restore(definition,
                                    identity_of(record, machines_.revision(record.revision)),
                                    *std::move(input), pieces);
}

// --- Steps ------------------------------------------------------------------------------------

LiveExecution* Executions::open_one(Turn& turn, std::uint64_t execution) {
  LiveExecution* live = open_.contains(execution) ? live_.find(turn.store, execution) : nullptr;
  if (!live || live->execution) return live;
  give_up(turn, *live, live->damage.empty() ? "it is gone" : live->damage);
  return nullptr;
}

void Executions::give_up(Turn& turn, LiveExecution& live, const std::string& why) {
  turn.log(live.record.arn + " has failed: what is stored of it is damaged: " + why);
  live.execution.reset();
  if (live.record.stopped != cloud::Time()) note_redrive(turn, live);  // that is what broke it
  end_damaged(turn, live, states::Status::failed, "States.Runtime",
              "What is stored of the execution is damaged: " + why);
}

// Its pieces stay, if it can be redriven: what damages them may be mended.
void Executions::end_damaged(Turn& turn, LiveExecution& live, states::Status status,
                             std::string error, std::string cause) {
  ExecutionRecord& record = live.record;
  record.status = status;
  record.error = std::move(error);
  record.cause = std::move(cause);
  record.events = std::max(record.events, last_event(turn.store, record.number));
  OpenExecution& open = open_.at(record.number);
  ExecutionHost host(turn, tokens_, record, open);
  const auto last = static_cast<std::int64_t>(record.events);
  const bool failed = status == states::Status::failed;
  host.append({last + 1,
               last,
               turn.now,
               failed ? "ExecutionFailed" : "ExecutionAborted",
               failed ? "executionFailedEventDetails" : "executionAbortedEventDetails",
               {{"error", record.error}, {"cause", record.cause}}});
  host.write_history();
  while (!open.tasks.empty()) host.cancel(open.tasks.begin()->first);
  abandon(record, host);
  for (auto& run : record.map_runs) {
    if (run.end(status, turn.now)) write_map_run(turn, record, run);
  }
  if (record.kept()) {
    live.pieces.keep(turn.batch, record.number);
  } else {
    live.pieces.forget(turn.batch, record.number);
    erase_pieces(turn, record.number);
  }
  close(turn, live);
}

bool Executions::step(Turn& turn, LiveExecution& live, const Call& call) {
  if (!live.execution || !open_.contains(live.record.number)) return false;
  ExecutionHost host(turn, tokens_, live.record, open_.at(live.record.number));
  return guarded(turn, live, host, [&] { return call(*live.execution, host); });
}

bool Executions::guarded(Turn& turn, LiveExecution& live, ExecutionHost& host,
                         const std::function<bool()>& work) {
  try {
    if (!work()) return false;
    follow_up(turn, live, host);
    return true;
  } catch (const StoreError&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& e) {
    take_note(turn, live, host);
    give_up(turn, live, e.what());
    return false;
  }
}

std::optional<states::TaskOrder> Executions::order_of(Turn& turn, LiveExecution& live,
                                                      states::TaskId task) {
  try {
    return live.execution->open_task(task);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& e) {
    give_up(turn, live, e.what());
    return std::nullopt;
  }
}

// What a call has begun may end at once, and so begin more, or cancel what it has begun with it.
void Executions::follow_up(Turn& turn, LiveExecution& live, ExecutionHost& host) {
  for (auto orders = host.take_begun(); !orders.empty(); orders = host.take_begun()) {
    std::vector<std::pair<states::TaskId, std::string>> refused;
    for (auto& order : orders) {
      const states::TaskId id = order.id;
      std::string arn = order.resource.arn;
      if (!dispatch(live, std::move(order))) refused.emplace_back(id, std::move(arn));
    }
    for (const auto& [id, arn] : refused) {
      host.close(id);
      live.execution->fail(id, "States.Runtime", "Activity does not exist: " + arn, host);
    }
  }
  take_note(turn, live, host);
  settle(turn, live);
}

void Executions::take_note(Turn& turn, LiveExecution& live, ExecutionHost& host) {
  host.write_history();
  share_events_ += host.appended();
  for (const auto& arn : host.changed_runs()) {
    write_map_run(turn, live.record, *find_run(live.record, arn));
  }
  abandon(live.record, host);
}

bool Executions::dispatch(LiveExecution& live, states::TaskOrder order) {
  const TaskRef ref{live.record.number, order.id};
  OpenTask& open = open_.at(ref.execution).tasks[ref.task];
  switch (order.resource.kind) {
    case states::Resource::Kind::activity:
      open.kind = OpenTask::Kind::activity;
      open.activity_arn = order.resource.arn;
      return activities_.offer(open.activity_arn, ref);
    case states::Resource::Kind::child:
      open.kind = OpenTask::Kind::child;
      begun_children_.push_back({ref, std::move(order)});
      return true;
    default:
      board_.offer(ref, std::move(order));
      return true;
  }
}

void Executions::settle(Turn& turn, LiveExecution& live) {
  const auto status = live.execution->status();
  // One that has succeeded is never gone on with.
  if (status == states::Status::succeeded ||
      (live.record.express && status != states::Status::running)) {
    live.pieces.forget(turn.batch, live.record.number);
    return close(turn, live);
  }
  live.pieces.write(turn.batch, live.record.number, live.execution->take_changes());
  live_.weigh(live);
  if (status != states::Status::running) {
    live.pieces.keep(turn.batch, live.record.number);
    return close(turn, live);
  }
  OpenExecution& open = open_.at(live.record.number);
  auto alarm = live.execution->alarm();
  if (live.record.express) {
    const cloud::Time end = live.record.started + kExpressMax;
    alarm = alarm ? std::min(*alarm, end) : end;
  }
  set_alarm(live.record.number, open, alarm);
  settled_.insert(live.record.number);
}

void Executions::write_open(Turn& turn) {
  for (const std::uint64_t number : std::exchange(settled_, {})) {
    const auto it = open_.find(number);
    if (it == open_.end()) continue;
    const LiveExecution& live = *live_.find(turn.store, number);
    if (!live.damage.empty()) continue;  // as it is; it fails when anything happens to it
    Encoder row;
    row.reserve(kOpenRowBytes);
    encode_open(row, live.record, it->second);
    live.pieces.encode(row);
    turn.batch.put(Family::state, open_key(live.record), row.bytes());
    it->second.stored = true;
  }
}

void Executions::set_alarm(std::uint64_t execution, OpenExecution& open,
                           std::optional<cloud::Time> alarm) {
  if (open.alarm == alarm) return;
  if (open.alarm) alarms_.erase({*open.alarm, execution});
  if (alarm) alarms_.emplace(*alarm, execution);
  open.alarm = alarm;
}

void Executions::close(Turn& turn, LiveExecution& live) {
  ExecutionRecord& record = live.record;
  if (live.execution) {
    if (record.status == states::Status::running) record.status = live.execution->status();
    if (record.status == states::Status::succeeded) {
      record.output = documents::to_text(live.execution->output());
    } else {
      record.error = live.execution->error();
      record.cause = live.execution->cause();
    }
  }
  record.stopped = turn.now;
  OpenExecution& open = open_.at(record.number);
  set_alarm(record.number, open, std::nullopt);
  if (open.stored) turn.batch.remove(Family::state, open_key(record));
  open_.erase(record.number);
  if (const auto* machine = machines_.find(record.state_machine_arn)) {
    machine->metrics->end(record.status, record.stopped - record.started);
  }
  if (record.kept() && has_parent(record)) ended_children_.push_back(record.number);
  const auto waiting = waiting_.extract(record.number);
  if (!waiting.empty()) {
    for (auto& reply : waiting.mapped()) {
      reply->value = record;
      turn.done.push_back(std::move(reply));
    }
  }
  if (!record.kept()) {
    // Nothing is known of it from now on. It is nobody's parent: this goes no deeper.
    answer_parents(turn, record.number);
    return forget(turn, record);
  }
  turn.batch.put(Family::state, course_key(record.number), record.encode_course());
  turn.batch.put(Family::state, list_key(record, record.status), list_value(record));
  turn.batch.put(Family::state, end_key(record), "");
  if (!has_parent(record)) live_.drop(record.number);
  if (!next_sweep_) next_sweep_ = record.stopped + kRetention;
}

// --- Turns ------------------------------------------------------------------------------------

// Each one once: who has more to do goes on in the next turn, and others get theirs in between.
void Executions::begin_turn(Turn& turn) {
  std::vector<std::uint64_t> due;
  for (const auto& [time, number] : alarms_) {
    if (time > turn.now || due.size() == kWokenAtOnce) break;
    due.push_back(number);
  }
  begin_share(turn);
  for (const std::uint64_t number : due) {
    if (!has_share(turn)) break;
    wake(turn, number);
  }
  board_.begin_turn(turn);
  sweep(turn);
}

void Executions::begin_share(const Turn& turn) {
  share_end_ = turn.batch.bytes() + kTurnBytesMax;
  share_events_ = 0;
}

bool Executions::has_share(const Turn& turn) const {
  return turn.batch.bytes() < share_end_ && share_events_ < kShareEventsMax;
}

void Executions::wake(Turn& turn, std::uint64_t number) {
  const auto it = open_.find(number);
  if (it == open_.end()) return;  // by the end of another one
  set_alarm(number, it->second, std::nullopt);
  LiveExecution* live = open_one(turn, number);
  if (!live) return;
  step(turn, *live, [&](states::Execution& execution, ExecutionHost& host) {
    if (live->record.express && live->record.started + kExpressMax <= turn.now) {
      live->record.status = states::Status::timed_out;
      execution.abort("States.Timeout", "", host);
    } else {
      execution.wake(host);
    }
    return true;
  });
}

void Executions::finish_turn(Turn& turn) {
  see_to_children(turn);
  activities_.finish_turn(turn, [&](const TaskRef& task, const std::string& worker) {
    return activity_task(turn, task, worker);
  });
  board_.finish_turn(turn, [&](const TaskRef& task, TaskBoard::Order order) {
    return runner_task(turn, task, std::move(order));
  });
  write_open(turn);
}

void Executions::end_turn() {
  started_.clear();
  live_.end_turn();
}

std::optional<cloud::Time> Executions::alarm() const {
  if (!begun_children_.empty() || !ended_children_.empty() || !orphans_.empty()) {
    return cloud::Time();  // it is due
  }
  auto first = board_.alarm();
  const auto consider = [&](cloud::Time due) { first = first ? std::min(*first, due) : due; };
  if (next_sweep_) consider(*next_sweep_);
  if (!alarms_.empty()) consider(alarms_.begin()->first);
  return first;
}

void Executions::dismiss(Turn& turn) {
  board_.dismiss(turn);
  for (auto& [number, replies] : std::exchange(waiting_, {})) {
    for (auto& reply : replies) {
      reply->fail(std::make_exception_ptr(
          cloud::Error("ServiceUnavailable", "doorbuster is stopping", 503)));
      turn.done.push_back(std::move(reply));
    }
  }
}

}  // namespace doorbuster::engine
