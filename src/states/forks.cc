// Parallel, and Map where its iterations run here.
#include <boost/json.hpp>
#include <limits>
#include <utility>

#include "states/frame_environment.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

// How many iterations of an inline Map run at the same time: AWS's limit.
constexpr std::size_t kIterationsMax = 40;

bool is_map(const Frame& frame) {
  return std::holds_alternative<MapState>(frame.state->what);
}

// Those that can be stopped within their time.
bool has_aborted_event(const State& state) {
  return state.type == "Task" || state.type == "Wait" || state.type == "Parallel" ||
         state.type == "Map";
}

Details iteration(const Frame& parent, std::size_t part) {
  return {{"name", parent.state->name}, {"index", static_cast<std::int64_t>(part)}};
}

}  // namespace

void Interpreter::execute(Frame& frame, const ParallelState& parallel) {
  FrameEnvironment environment(*this, frame);
  json::value input = parameters(frame, environment);
  append(frame, "ParallelStateStarted");
  frame.fork = std::make_unique<Fork>();
  frame.fork->count = parallel.branches.size();
  // What all branches are given; it is not kept, as all begin at once.
  frame.fork->items.push_back(std::move(input));
  frame.phase = Frame::Phase::forked;
  frames_.changed(frame, Frames::kPlace | Frames::kFork);
  begin_parts(frame, frame.last_event);
  frame.fork->items.clear();
}

void Interpreter::execute(Frame& frame, const MapState& map) {
  if (map.child != nullptr) {
    execute_distributed(frame, map);
  } else {
    execute_inline(frame, map);
  }
}

void Interpreter::execute_inline(Frame& frame, const MapState& map) {
  json::value items = items_of(frame, map);
  frame.fork = std::make_unique<Fork>();
  take_items(*frame.fork, std::move(items));
  set_concurrency(frame, map);
  append(frame, "MapStateStarted", "mapStateStartedEventDetails",
         {{"length", static_cast<std::int64_t>(frame.fork->items.size())}});
  set_tolerance(frame, map);
  set_items(frame, map);
  frame.phase = Frame::Phase::forked;
  frames_.changed(frame, Frames::kPlace | Frames::kFork | Frames::kLimits);
  begin_parts(frame, frame.last_event);
}

void Interpreter::begin_parts(Frame& frame, std::int64_t previous) {
  Fork& fork = *frame.fork;
  const std::size_t most = is_map(frame) ? fork.concurrency(kIterationsMax) : fork.count;
  while (fork.next < fork.count && fork.children.size() < most) {
    begin_part(frame, fork.next, previous);
    ++fork.next;  // only now: its input may be impossible
  }
  frames_.changed(frame);
  if (fork.outcomes.size() < fork.count) return;
  frame.phase = Frame::Phase::joining;
  queue(frame);
}

void Interpreter::begin_part(Frame& frame, std::size_t part, std::int64_t previous) {
  Payload input = part_input(frame, part);
  if (is_map(frame)) {
    previous = append_at(previous, "MapIterationStarted", "mapIterationStartedEventDetails",
                         iteration(frame, part));
  }
  Frame& child = frames_.add(frame.id, part);
  const auto* parallel = std::get_if<ParallelState>(&frame.state->what);
  child.state = parallel != nullptr ? parallel->branches[part].start
                                    : std::get<MapState>(frame.state->what).processor.start;
  child.input = std::move(input);
  child.last_event = previous;
  frame.fork->children[part] = child.id;
  queue(child);
}

Payload Interpreter::part_input(Frame& frame, std::size_t part) {
  if (!is_map(frame)) return payload(frame, frame.fork->items.front());
  const auto& map = std::get<MapState>(frame.state->what);
  return payload(frame, selected(frame, map, part));
}

void Interpreter::child_succeeded(Frame& parent, Frame& child, Payload output) {
  const std::size_t part = child.part;
  const std::int64_t last = child.last_event;
  std::int64_t previous = last;
  if (is_map(parent)) {
    previous = append_at(last, "MapIterationSucceeded", "mapIterationSucceededEventDetails",
                         iteration(parent, part));
  }
  Outcome& outcome = parent.fork->outcomes[part];
  outcome.succeeded = true;
  outcome.output = std::move(output);
  frames_.outcome_changed(parent, part);
  remove(child);
  part_ended(parent, last, previous);
}

// The next iteration follows what came before the event that this one has ended, as on AWS.
void Interpreter::part_ended(Frame& frame, std::int64_t last, std::int64_t ended) {
  frame.last_event = ended;
  try {
    begin_parts(frame, last);
  } catch (Failure& failure) {
    fail(frame, std::move(failure));
  }
}

void Interpreter::child_failed(Frame& parent, Frame& child, Failure failure) {
  if (is_map(parent)) return iteration_failed(parent, child, std::move(failure));
  abort_children(parent, child.last_event);
  parent.last_event = child.last_event;
  failure.of_branch = true;
  failure.of_parts = true;
  fail(parent, std::move(failure));
}

void Interpreter::iteration_failed(Frame& parent, Frame& child, Failure failure) {
  failure.of_branch = false;
  Fork& fork = *parent.fork;
  const std::size_t part = child.part;
  const std::int64_t last = child.last_event;
  const std::int64_t ended = append_at(last, "MapIterationFailed", "mapIterationFailedEventDetails",
                                       iteration(parent, part));
  fork.failed += items_in(parent, part);
  if (fork.tolerates_failures()) {
    fork.outcomes[part] = {.succeeded = false,
                           .output = {},
                           .error = std::move(failure.error),
                           .cause = failure.cause.value_or("")};
    frames_.outcome_changed(parent, part);
    remove(child);
    return part_ended(parent, last, ended);
  }
  fork.failed -= items_in(parent, part);  // it is not over: a redrive can take it up again
  abort_children(parent, last);
  parent.last_event = last;
  const RunLimits& limits = fork.limits;
  if (limits.failures_max > 0 || limits.failures_percentage_max > 0) failure = threshold_exceeded();
  failure.of_parts = true;
  fail(parent, std::move(failure));
}

void Interpreter::join(Frame& frame) {
  const std::int64_t last = frame.last_event;
  append_at(last, frame.state->type + "StateSucceeded");
  json::array outputs;
  outputs.reserve(frame.fork->count);
  for (auto& [part, outcome] : frame.fork->outcomes) {
    if (outcome.succeeded) outputs.push_back(outcome.output.value);
  }
  drop_fork(frame);
  complete(frame, std::move(outputs));
}

// --- The end of what is still under way ---

void Interpreter::abort_children(Frame& frame, std::int64_t previous) {
  for (const auto& [part, id] : frame.fork->children) {
    Frame& child = frames_.at(id);
    if (child.at_rest()) continue;
    abort_frame(child, previous);
    if (!is_map(frame)) continue;
    append_at(previous, "MapIterationAborted", "mapIterationAbortedEventDetails",
              iteration(frame, part));
  }
}

void Interpreter::abort_frame(Frame& frame, std::int64_t previous) {
  if (frame.fork) abort_children(frame, previous);
  if (frame.fork && !frame.fork->run_arn.empty()) {
    append_at(previous, "MapRunAborted");
    tell_run(frame, Status::aborted);
  }
  if (frame.phase != Frame::Phase::entering && has_aborted_event(*frame.state)) {
    append_at(previous, frame.state->type + "StateAborted");
  }
  stop_work(frame);
  frame.phase = Frame::Phase::aborted;
  frames_.changed(frame);
}

void Interpreter::drop_fork(Frame& frame) {
  if (!frame.fork) return;
  stop_work(frame);
  for (const auto& [part, id] : std::exchange(frame.fork->children, {})) {
    Frame& child = frames_.at(id);
    drop_fork(child);
    stop_work(child);
    frames_.remove(child);
  }
  frames_.drop_fork(frame);
}

void Interpreter::remove(Frame& frame) {
  drop_fork(frame);
  Frame& parent = frames_.at(frame.parent);
  parent.fork->children.erase(frame.part);
  timers_.set(frame.id, std::nullopt);
  frames_.remove(frame);
}

}  // namespace doorbuster::states
