// Distributed Map: its parts are executions of their own, which somebody else runs.
// https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
#include <boost/json.hpp>
#include <utility>

#include "states/amount.h"
#include "states/frame_environment.h"
#include "states/item_source.h"
#include "states/json_text.h"
#include "states/map_results.h"
#include "states/uuid.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

// How many children run at the same time: AWS's limit.
constexpr std::size_t kChildrenMax = 10'000;

const MapState& map_of(const Frame& frame) {
  return std::get<MapState>(frame.state->what);
}

// arn:aws:states:REGION:ACCOUNT:mapRun:MACHINE/LABEL:UUID
std::string run_arn(std::string machine_arn, const std::string& label, const std::string& uuid) {
  constexpr std::string_view kKind = ":stateMachine:";
  const std::size_t kind = machine_arn.find(kKind);
  if (kind != std::string::npos) machine_arn.replace(kind, kKind.size(), ":mapRun:");
  return machine_arn + "/" + label + ":" + uuid;
}

Resource child_resource(const MapState& map, const Fork& fork) {
  Resource resource;
  resource.kind = Resource::Kind::child;
  resource.arn = fork.run_arn;
  resource.action = map.label;
  return resource;
}

}  // namespace

// A number of items that is none fails the state before there is a run.
void Interpreter::check_reader(const Frame& frame, const MapState& map) {
  if (!map.reader || !map.reader->items_max) return;
  FrameEnvironment environment(*this, frame);
  json::value made;
  any_integer_of(*map.reader->items_max, {effective_input(frame, environment, made), environment});
}

void Interpreter::execute_distributed(Frame& frame, const MapState& map) {
  json::value items = map.reader ? json::array() : items_of(frame, map);
  frame.fork = std::make_unique<Fork>();
  take_items(*frame.fork, std::move(items));
  set_concurrency(frame, map);
  append(frame, "MapStateStarted", "mapStateStartedEventDetails",
         {{"length", static_cast<std::int64_t>(frame.fork->items.size())}});
  set_tolerance(frame, map);
  check_reader(frame, map);
  const std::uint64_t high = host_->random();
  frame.fork->run_arn =
      run_arn(identity_.state_machine_arn, map.label, format_uuid(high, host_->random()));
  append(frame, "MapRunStarted", "mapRunStartedEventDetails", {{"mapRunArn", frame.fork->run_arn}});
  tell_run(frame, Status::running);
  frames_.changed(frame, Frames::kPlace | Frames::kFork | Frames::kLimits);
  if (!map.reader) return begin_run(frame, map);
  within_run(frame, [&] {
    FrameEnvironment environment(*this, frame);
    json::value made;
    const Scope scope{effective_input(frame, environment, made), environment};
    Payload order = payload(frame, map.reader->parameters.evaluate(scope));
    frame.phase = Frame::Phase::reading;
    begin_task(frame, next_task_++, map.reader->resource, std::move(order));
  });
}

void Interpreter::items_read(Frame& frame, const json::value& answer) {
  const MapState& map = map_of(frame);
  FrameEnvironment environment(*this, frame);
  json::value made;
  const Scope scope{effective_input(frame, environment, made), environment};
  const bool read = within_run(frame, [&] {
    frame.fork->items = read_items(*map.reader, answer, scope);
    frame.fork->source = source_of(*map.reader, scope);
  });
  if (read) begin_run(frame, map);
}

void Interpreter::begin_run(Frame& frame, const MapState& map) {
  if (!within_run(frame, [&] { set_items(frame, map); })) return;
  frame.phase = Frame::Phase::forked;
  frames_.changed(frame, Frames::kPlace | Frames::kFork);
  tell_run(frame, Status::running);
  begin_children(frame);
}

void Interpreter::begin_children(Frame& frame) {
  Fork& fork = *frame.fork;
  const std::size_t most = fork.concurrency(kChildrenMax);
  for (; fork.next < fork.count && fork.tasks.size() < most; ++fork.next) {
    begin_child(frame, fork.next);
  }
  frames_.changed(frame);
  if (fork.next < fork.count || !fork.tasks.empty()) return;
  const auto& writer = map_of(frame).writer;
  if (writer && writer->exports) return write_results(frame);
  const std::string transformation = writer ? writer->transformation : "COMPACT";
  json::array outputs;
  for (const auto& [part, outcome] : fork.outcomes) {
    if (outcome.succeeded) add_result(outputs, outcome.output.value, transformation);
  }
  end_run(frame, std::move(outputs));
}

void Interpreter::begin_child(Frame& frame, std::size_t part) {
  Fork& fork = *frame.fork;
  TaskId task = 0;
  if (const auto ended = fork.outcomes.find(part); ended != fork.outcomes.end()) {
    if (ended->second.succeeded) return;  // before the execution's redrive
    if (!map_of(frame).child->express) task = ended->second.task;
    fork.outcomes.erase(ended);
    frames_.outcome_changed(frame, part);
  }
  if (task == 0) task = next_task_++;
  fork.tasks[task] = part;
  tasks_[task] = frame.id;
  frames_.task_changed(frame, task);
  host_->begin(child_order(frame, task, part));
}

TaskOrder Interpreter::child_order(const Frame& frame, TaskId task, std::size_t part) const {
  return {.id = task,
          .resource = child_resource(map_of(frame), *frame.fork),
          .state = frame.state->name,
          .input = frame.fork->items.at(part),
          .child = map_of(frame).child,
          .express = map_of(frame).child->express,
          .items = items_in(frame, part)};
}

void Interpreter::child_ended(Frame& frame, TaskId task, Outcome outcome) {
  Fork& fork = *frame.fork;
  const std::size_t part = fork.tasks.at(task);
  fork.tasks.erase(task);
  tasks_.erase(task);
  frames_.task_changed(frame, task);
  if (!outcome.succeeded) {
    fork.failed += items_in(frame, part);
    outcome.task = task;
  }
  const auto& writer = map_of(frame).writer;
  if (writer && writer->exports) outcome.output = {};  // who writes it has it from the child itself
  fork.outcomes[part] = std::move(outcome);
  frames_.outcome_changed(frame, part);
  if (!fork.tolerates_failures()) return run_failed(frame, threshold_exceeded());
  begin_children(frame);
}

void Interpreter::write_results(Frame& frame) {
  within_run(frame, [&] {
    const ResultWriter& writer = *map_of(frame).writer;
    FrameEnvironment environment(*this, frame);
    json::value made;
    const Scope scope{effective_input(frame, environment, made), environment};
    json::value order =
        results_to_write(frame.fork->run_arn, writer, writer.parameters.evaluate(scope));
    std::string text = to_text(order);
    frame.fork->writing = true;
    begin_task(frame, next_task_++, writer.resource,
               {.value = std::move(order), .text = std::move(text)});
  });
}

void Interpreter::end_run(Frame& frame, json::value result) {
  append(frame, "MapRunSucceeded");
  tell_run(frame, Status::succeeded);
  append_at(frame.last_event, "MapStateSucceeded");
  drop_fork(frame);
  complete(frame, std::move(result));
}

void Interpreter::run_failed(Frame& frame, Failure failure) {
  settle(frame, failure);
  stop_work(frame);
  append(frame, "MapRunFailed", "mapRunFailedEventDetails",
         failure_details(failure.error, failure.cause.value_or("")));
  failure.of_parts = true;
  fail(frame, std::move(failure));
}

// The children that succeeded are not run again; of the others, standard ones go on.
void Interpreter::reopen_run(Frame& frame) {
  Fork& fork = *frame.fork;
  for (auto& [part, outcome] : fork.outcomes) {
    if (outcome.succeeded) continue;
    outcome.again = true;
    frames_.outcome_changed(frame, part);
  }
  fork.failed = 0;
  fork.next = 0;
  fork.writing = false;
  frame.phase = Frame::Phase::forked;
  append(frame, "MapRunRedriven", "mapRunRedrivenEventDetails",
         {{"mapRunArn", fork.run_arn}, {"redriveCount", identity_.redrives}});
  tell_run(frame, Status::running);
  begin_children(frame);
}

void Interpreter::tell_run(const Frame& frame, Status status) {
  if (!frame.fork || frame.fork->run_arn.empty()) return;
  const Fork& fork = *frame.fork;
  host_->map_run({.arn = fork.run_arn,
                  .status = status,
                  .limits = fork.limits,
                  .children = fork.count,
                  .items = fork.item_count,
                  .express = map_of(frame).child->express});
}

bool Interpreter::limit_run(std::string_view run_arn, const RunLimits& limits, Host& host) {
  Frame* frame = nullptr;
  frames_.for_each([&](Frame& each) {
    if (each.fork && each.fork->run_arn == run_arn && !each.at_rest()) frame = &each;
  });
  if (status_ != Status::running || frame == nullptr) return false;
  turn(host, [&] {
    frame->fork->limits = limits;
    frames_.changed(*frame, Frames::kLimits);
    tell_run(*frame, Status::running);
    if (frame->phase != Frame::Phase::forked || frame->fork->writing) return;
    queue(*frame);
    attempt(frame->id, [&] {
      if (!frame->fork->tolerates_failures()) return run_failed(*frame, threshold_exceeded());
      begin_children(*frame);
    });
  });
  return true;
}

}  // namespace doorbuster::states
