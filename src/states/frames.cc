#include "states/frames.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cassert>
#include <charconv>
#include <stdexcept>

#include "states/json_text.h"
#include "states/stored_fields.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

[[noreturn]] void damaged() {
  throw std::runtime_error("a piece of an execution is damaged");
}

std::string key_of(char kind, FrameId id) {
  return std::string(1, kind) + '/' + std::to_string(id);
}

std::string key_of(char kind, FrameId id, std::uint64_t part) {
  return key_of(kind, id) + '/' + std::to_string(part);
}

// --- Writing the pieces of a frame ---

std::string place_of(const Frame& frame) {
  return stored_fields(frame.parent, frame.part, frame.state->number, static_cast<int>(frame.phase),
                       frame.entered.time_since_epoch().count(), frame.entered_event,
                       frame.last_event, frame.retries, frame.attempts, frame.wake_at,
                       frame.timeout_at, frame.heartbeat_at, frame.heartbeat_s, frame.task,
                       frame.task_started,
                       frame.fork ? std::optional(frame.fork->next) : std::nullopt,
                       frame.fork && frame.fork->writing);
}

json::value work_of(const Fork& fork) {
  return json::array{fork.count, fork.items, fork.run_arn, fork.item_count, fork.keyed};
}

json::value limits_of(const RunLimits& limits) {
  return json::array{limits.concurrency_max, limits.failures_max, limits.failures_percentage_max};
}

json::value outcome_of(const Outcome& outcome) {
  if (outcome.succeeded) return json::array{outcome.output.value};
  return json::array{outcome.error, outcome.cause, outcome.task, outcome.again};
}

// --- Reading them ---

std::uint64_t number(const json::value& value) {
  return value.to_number<std::uint64_t>();
}

void read_place(Frame& frame, const json::array& place, const Definition& definition) {
  frame.parent = number(place.at(0));
  frame.part = number(place.at(1));
  frame.state = definition.states.at(number(place.at(2))).get();
  const auto phase = number(place.at(3));
  if (phase > static_cast<std::uint64_t>(Frame::Phase::aborted)) damaged();
  frame.phase = static_cast<Frame::Phase>(phase);
  frame.entered = Time(std::chrono::milliseconds(place.at(4).as_int64()));
  frame.entered_event = place.at(5).as_int64();
  frame.last_event = place.at(6).as_int64();
  frame.retries = place.at(7).as_int64();
  for (const json::value& attempt : place.at(8).as_array()) {
    frame.attempts.push_back(attempt.as_int64());
  }
  frame.wake_at = read_time(place.at(9));
  frame.timeout_at = read_time(place.at(10));
  frame.heartbeat_at = read_time(place.at(11));
  frame.heartbeat_s = place.at(12).as_int64();
  frame.task = number(place.at(13));
  frame.task_started = place.at(14).as_bool();
  if (place.at(15).is_null()) return;
  if (!frame.fork) frame.fork = std::make_unique<Fork>();
  frame.fork->next = number(place.at(15));
  frame.fork->writing = place.at(16).as_bool();
}

void read_data(Frame& frame, const json::array& data) {
  frame.input = {.value = data.at(0), .text = to_text(data.at(0))};
}

void read_work(Fork& fork, const json::array& work) {
  fork.count = number(work.at(0));
  fork.items = work.at(1).as_array();
  fork.run_arn = work.at(2).as_string();
  fork.item_count = number(work.at(3));
  fork.keyed = work.at(4).as_bool();
}

RunLimits read_limits(const json::array& limits) {
  return {.concurrency_max = limits.at(0).as_int64(),
          .failures_max = limits.at(1).as_int64(),
          .failures_percentage_max = limits.at(2).to_number<double>()};
}

Outcome read_outcome(const json::array& outcome) {
  if (outcome.size() == 1) {
    return {.succeeded = true,
            .output = {.value = outcome[0], .text = to_text(outcome[0])},
            .error = {},
            .cause = {}};
  }
  return {.succeeded = false,
          .output = {},
          .error = std::string(outcome.at(0).as_string()),
          .cause = std::string(outcome.at(1).as_string()),
          .task = number(outcome.at(2)),
          .again = outcome.at(3).as_bool()};
}

// "r/3/12": its kind, its frame and its part.
struct Key {
  char kind = '\0';
  FrameId id = 0;
  std::uint64_t part = 0;
};

std::optional<Key> parse_key(std::string_view text) {
  if (text.size() < 3 || text[1] != '/') return std::nullopt;
  Key key{.kind = text[0]};
  const char* end = text.data() + text.size();
  auto read = std::from_chars(text.data() + 2, end, key.id);
  if (read.ec != std::errc()) return std::nullopt;
  if (read.ptr == end) return key;
  read = std::from_chars(read.ptr + 1, end, key.part);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return key;
}

constexpr std::pair<Frames::Piece, char> kKinds[] = {
    {Frames::kPlace, 'f'}, {Frames::kData, 'd'},      {Frames::kTask, 't'},
    {Frames::kFork, 'm'},  {Frames::kVariables, 'v'}, {Frames::kLimits, 'l'}};

void count_failures(Frame& frame) {
  for (const auto& [part, outcome] : frame.fork->outcomes) {
    const bool failed = !outcome.succeeded && !outcome.again;
    if (failed) frame.fork->failed += items_in(frame, part);
  }
}

std::string bytes_of(const Frame& frame, Frames::Piece piece) {
  switch (piece) {
    case Frames::kPlace:
      return place_of(frame);
    case Frames::kData:
      return "[" + frame.input.text + "]";
    case Frames::kTask:
      return "[" + frame.task_input + "]";
    case Frames::kVariables:
      return to_stored(json::array{frame.variables});
    case Frames::kLimits:
      return to_stored(limits_of(frame.fork->limits));
    default:
      return to_stored(work_of(*frame.fork));
  }
}

}  // namespace

std::size_t Fork::concurrency(std::size_t most) const {
  const auto asked = static_cast<std::size_t>(limits.concurrency_max);
  return asked == 0 ? most : std::min(asked, most);
}

bool Fork::tolerates_failures() const {
  if (failed == 0) return true;
  const bool by_number = limits.failures_max > 0;
  const bool by_share = limits.failures_percentage_max > 0;
  if (by_number && failed > static_cast<std::size_t>(limits.failures_max)) return false;
  if (by_share && static_cast<double>(failed) * 100 >
                      limits.failures_percentage_max * static_cast<double>(item_count)) {
    return false;
  }
  return by_number || by_share;
}

std::size_t items_in(const Frame& frame, std::size_t part) {
  if (!std::get<MapState>(frame.state->what).batcher) return 1;
  return frame.fork->items.at(part).at("Items").as_array().size();
}

std::optional<Time> Frame::alarm() const {
  std::optional<Time> next = wake_at;
  if (timeout_at && (!next || *timeout_at < *next)) next = timeout_at;
  if (heartbeat_at && (!next || *heartbeat_at < *next)) next = heartbeat_at;
  return next;
}

Frame& Frames::add(FrameId parent, std::size_t part) {
  Entry& entry = frames_[next_];
  entry.frame = std::make_unique<Frame>();
  entry.frame->id = next_++;
  entry.frame->parent = parent;
  entry.frame->part = part;
  changed(*entry.frame, kPlace | kData);
  return *entry.frame;
}

Frame* Frames::find(FrameId id) {
  const auto found = frames_.find(id);
  return found == frames_.end() ? nullptr : found->second.frame.get();
}

std::vector<FrameId> Frames::ids() const {
  std::vector<FrameId> all;
  all.reserve(frames_.size());
  for (const auto& [id, entry] : frames_) all.push_back(id);
  return all;
}

void Frames::remove(Frame& frame) {
  assert(!frame.fork || frame.fork->children.empty());
  if (frame.fork) drop_fork(frame);
  const auto entry = frames_.find(frame.id);
  variable_bytes_ -= frame.variable_bytes;
  drop(entry->second, kPlace | kData | kTask | kFork | kVariables | kLimits);
  changed_.erase(frame.id);
  frames_.erase(entry);
}

void Frames::assign(Frame& frame, const json::object& values) {
  if (values.empty()) return;
  set_variables(frame, values);
  changed(frame, kVariables);
}

void Frames::set_variables(Frame& frame, const json::object& values) {
  for (const auto& [name, value] : values) {
    const json::value* old = frame.variables.if_contains(name);
    const std::size_t before = old != nullptr ? to_text(*old).size() : 0;
    const std::size_t after = to_text(value).size();
    frame.variable_bytes = frame.variable_bytes - before + after;
    variable_bytes_ = variable_bytes_ - before + after;
    frame.variables[name] = value;
  }
}

void Frames::changed(const Frame& frame, unsigned pieces) {
  frames_.at(frame.id).changed |= pieces;
  changed_.insert(frame.id);
}

void Frames::drop(Entry& entry, unsigned pieces) {
  for (const auto& [piece, kind] : kKinds) {
    if ((entry.stored & pieces & piece) != 0) dropped_.push_back(key_of(kind, entry.frame->id));
  }
  entry.stored &= ~pieces;
  entry.changed &= ~pieces;
}

void Frames::drop_task(const Frame& frame) {
  drop(frames_.at(frame.id), kTask);
}

void Frames::drop_fork(Frame& frame) {
  drop(frames_.at(frame.id), kFork | kLimits);
  for (const auto& [part, outcome] : frame.fork->outcomes) {
    changed_parts_.try_emplace(key_of('r', frame.id, part), frame.id, part);
  }
  for (const auto& [task, part] : frame.fork->tasks) {
    changed_parts_.try_emplace(key_of('c', frame.id, task), frame.id, task);
  }
  frame.fork.reset();
  changed(frame);
}

void Frames::outcome_changed(const Frame& frame, std::size_t part) {
  changed_parts_.try_emplace(key_of('r', frame.id, part), frame.id, part);
}

void Frames::task_changed(const Frame& frame, TaskId task) {
  changed_parts_.try_emplace(key_of('c', frame.id, task), frame.id, task);
}

void Frames::take_changes(Execution::Changes& out) {
  for (std::string& key : dropped_) out.emplace_back(std::move(key), std::nullopt);
  dropped_.clear();
  for (const FrameId id : changed_) {
    Entry& entry = frames_.at(id);
    for (const auto& [piece, kind] : kKinds) {
      if ((entry.changed & piece) == 0) continue;
      out.emplace_back(key_of(kind, id), bytes_of(*entry.frame, piece));
    }
    entry.stored |= std::exchange(entry.changed, 0);
  }
  changed_.clear();
  for (const auto& [key, place] : changed_parts_) {
    const auto& [id, part] = place;
    const Frame* frame = find(id);
    const Fork* fork = frame != nullptr ? frame->fork.get() : nullptr;
    std::optional<std::string> bytes;
    if (fork != nullptr && key[0] == 'r' && fork->outcomes.contains(part)) {
      bytes = to_stored(outcome_of(fork->outcomes.at(part)));
    } else if (fork != nullptr && key[0] == 'c' && fork->tasks.contains(part)) {
      bytes = to_stored(json::array{fork->tasks.at(part)});
    }
    if (bytes) {
      stored_parts_.insert(key);
    } else if (stored_parts_.erase(key) == 0) {
      continue;  // it came and went between two calls
    }
    out.emplace_back(key, std::move(bytes));
  }
  changed_parts_.clear();
}

bool Frames::restore(const std::string& text, const json::value& piece,
                     const Definition& definition) {
  const auto key = parse_key(text);
  if (!key) return false;
  Entry& entry = frames_[key->id];
  if (!entry.frame) entry.frame = std::make_unique<Frame>();
  Frame& frame = *entry.frame;
  frame.id = key->id;
  const json::array& fields = piece.as_array();
  if (std::string_view("mlrc").find(key->kind) != std::string_view::npos && !frame.fork) {
    frame.fork = std::make_unique<Fork>();
  }
  switch (key->kind) {
    case 'f':
      read_place(frame, fields, definition);
      entry.stored |= kPlace;
      return true;
    case 'd':
      read_data(frame, fields);
      entry.stored |= kData;
      return true;
    case 'v':
      set_variables(frame, fields.at(0).as_object());
      entry.stored |= kVariables;
      return true;
    case 't':
      frame.task_input = to_text(fields.at(0));
      entry.stored |= kTask;
      return true;
    case 'm':
      read_work(*frame.fork, fields);
      entry.stored |= kFork;
      return true;
    case 'l':
      frame.fork->limits = read_limits(fields);
      entry.stored |= kLimits;
      return true;
    case 'r':
      frame.fork->outcomes[key->part] = read_outcome(fields);
      stored_parts_.insert(text);
      return true;
    case 'c':
      frame.fork->tasks[key->part] = number(fields.at(0));
      stored_parts_.insert(text);
      return true;
    default:
      return false;
  }
}

void Frames::finish_restore() {
  for (auto& [id, entry] : frames_) {
    Frame& frame = *entry.frame;
    if (frame.state == nullptr) damaged();
    next_ = id + 1;
    if (frame.fork) count_failures(frame);
    if (frame.parent == 0) continue;
    Frame* parent = find(frame.parent);
    if (parent == nullptr || !parent->fork) damaged();
    parent->fork->children[frame.part] = id;
  }
}

}  // namespace doorbuster::states
