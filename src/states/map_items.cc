// What the parts of a Map work on.
#include <boost/json.hpp>
#include <limits>
#include <utility>

#include "states/amount.h"
#include "states/frame_environment.h"
#include "states/item_source.h"
#include "states/json_text.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

void check_bytes(std::size_t bytes) {
  if (bytes <= kItemsBytesMax) return;
  throw Failure{.error = "States.DataLimitExceeded",
                .cause = "What the Map gives to its iterations is larger than " +
                         std::to_string(kItemsBytesMax) + " bytes."};
}

// Puts items together, as many as a batch may have.
class Batches {
 public:
  Batches(std::optional<std::int64_t> items_max, std::optional<std::int64_t> bytes_max,
          std::optional<json::value> input)
      : items_max_(items_max ? static_cast<std::size_t>(*items_max) : kNoLimit),
        bytes_max_(bytes_max ? static_cast<std::size_t>(*bytes_max) : kPayloadMax),
        input_(std::move(input)) {
    json::value empty = batch(json::array());
    empty_bytes_ = to_text(empty).size();
    bytes_ = empty_bytes_;
  }

  void add(json::value item) {
    const std::size_t bytes = to_text(item).size() + 1;  // and a comma
    check_bytes(all_bytes_ += bytes);
    const bool fits = items_.size() < items_max_ && bytes_ + bytes <= bytes_max_;
    if (!fits && !items_.empty()) close();
    bytes_ += bytes;
    items_.push_back(std::move(item));
  }

  json::array take() {
    if (!items_.empty()) close();
    return std::move(all_);
  }

 private:
  json::value batch(json::array items) const {
    json::object object;
    if (input_) object.emplace("BatchInput", *input_);
    object.emplace("Items", std::move(items));
    return object;
  }
  void close() {
    check_bytes(all_bytes_ += empty_bytes_);
    all_.push_back(batch(std::exchange(items_, {})));
    bytes_ = empty_bytes_;
  }

  std::size_t items_max_;
  std::size_t bytes_max_;
  std::optional<json::value> input_;
  std::size_t empty_bytes_ = 0;
  std::size_t bytes_ = 0;
  std::size_t all_bytes_ = 0;
  json::array items_;
  json::array all_;
};

}  // namespace

json::value Interpreter::items_of(const Frame& frame, const MapState& map) {
  FrameEnvironment environment(*this, frame);
  json::value made;
  const json::value& input = effective_input(frame, environment, made);
  const Scope scope{input, environment};
  json::value items = map.items ? filter(*map.items, scope) : input;
  if (items.is_structured()) return items;
  throw Failure{.error = "States.Runtime",
                .cause = "Reference path \"" + (map.items ? map.items->text() : "$") +
                         "\" must point to array."};
}

void Interpreter::take_items(Fork& fork, json::value source) {
  fork.keyed = source.is_object();
  if (source.is_array()) {
    fork.items = std::move(source.get_array());
    return;
  }
  fork.items.reserve(source.get_object().size());
  for (auto& [key, value] : source.get_object()) {
    fork.items.push_back(json::object{{"Key", key}, {"Value", std::move(value)}});
  }
}

void Interpreter::set_concurrency(Frame& frame, const MapState& map) {
  FrameEnvironment environment(*this, frame);
  json::value made;
  const Scope scope{effective_input(frame, environment, made), environment};
  frame.fork->limits.concurrency_max = integer_of(map.concurrency_max, scope).value_or(0);
}

void Interpreter::set_tolerance(Frame& frame, const MapState& map) {
  FrameEnvironment environment(*this, frame);
  json::value made;
  const Scope scope{effective_input(frame, environment, made), environment};
  RunLimits& limits = frame.fork->limits;
  limits.failures_max = integer_of(map.tolerated_count, scope).value_or(0);
  if (!map.tolerated_percentage) return;
  limits.failures_percentage_max = number_of(*map.tolerated_percentage, scope);
}

// A distributed Map's, selected and put into batches; an inline one makes the input of each
// iteration when it begins.
void Interpreter::set_items(Frame& frame, const MapState& map) {
  Fork& fork = *frame.fork;
  fork.item_count = fork.items.size();
  if (map.batcher) {
    FrameEnvironment environment(*this, frame);
    json::value made;
    const Scope scope{effective_input(frame, environment, made), environment};
    std::optional<json::value> input;
    if (map.batcher->input) input = map.batcher->input->evaluate(scope);
    Batches batches(integer_of(map.batcher->items_max, scope),
                    integer_of(map.batcher->bytes_max, scope), std::move(input));
    for (std::size_t i = 0; i < fork.items.size(); ++i) batches.add(selected(frame, map, i));
    fork.items = batches.take();
  } else if (map.child != nullptr && map.selector) {
    json::array selected_items;
    selected_items.reserve(fork.items.size());
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < fork.items.size(); ++i) {
      selected_items.push_back(selected(frame, map, i));
      check_bytes(bytes += to_text(selected_items.back()).size());
    }
    fork.items = std::move(selected_items);
  }
  if (map.child != nullptr) {
    for (const json::value& item : fork.items) {
      if (to_text(item).size() > kPayloadMax) throw data_limit_exceeded(frame.state->name);
    }
  }
  fork.count = fork.items.size();
}

json::value Interpreter::selected(const Frame& frame, const MapState& map, std::size_t part) {
  if (!map.selector) return frame.fork->items.at(part);
  FrameEnvironment environment(*this, frame);
  environment.set_part(part);
  json::value made;
  return map.selector->evaluate({effective_input(frame, environment, made), environment});
}

}  // namespace doorbuster::states
