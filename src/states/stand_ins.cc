// Parallel and Map tried out: what they work on is made as ever, what they come to is given.
#include <boost/json.hpp>
#include <utility>

#include "states/frame_environment.h"
#include "states/item_source.h"
#include "states/json_text.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

// As Resource::Kind::reader has it.
json::value answer_of(const ItemReader& reader, const std::string& read) {
  if (reader.format != ItemReader::Format::listing) return json::value(read);
  return from_text(read).value_or(nullptr);
}

}  // namespace

void Interpreter::execute_stand_in(Frame& frame, StandIn stand_in) {
  if (const auto* map = std::get_if<MapState>(&frame.state->what)) {
    frame.fork = std::make_unique<Fork>();
    inspect_items(frame, *map, stand_in.items_read);
    Fork& fork = *frame.fork;
    fork.failed = stand_in.failures;
    const bool limited = fork.limits.failures_max > 0 || fork.limits.failures_percentage_max > 0;
    if (stand_in.result && limited && !fork.tolerates_failures()) throw threshold_exceeded();
    drop_fork(frame);
  } else {
    FrameEnvironment environment(*this, frame);
    parameters(frame, environment);
  }
  if (stand_in.result) return complete(frame, *std::move(stand_in.result));
  throw Failure{.error = std::move(stand_in.error), .cause = std::move(stand_in.cause)};
}

void Interpreter::inspect_items(Frame& frame, const MapState& map,
                                const std::optional<std::string>& read) {
  FrameEnvironment environment(*this, frame);
  json::value made;
  const Scope scope{effective_input(frame, environment, made), environment};
  host_->inspect("afterInputPath", scope.input);
  Fork& fork = *frame.fork;
  if (!map.reader) {
    take_items(fork, items_of(frame, map));
    host_->inspect("afterItemsPath", fork.items);
  } else if (read) {
    fork.items = read_items(*map.reader, answer_of(*map.reader, *read), scope);
    fork.source = source_of(*map.reader, scope);
    if (!map.reader->items_pointer.empty()) host_->inspect("afterItemsPointer", fork.items);
  }
  set_concurrency(frame, map);
  set_tolerance(frame, map);
  host_->inspect("maxConcurrency", fork.limits.concurrency_max);
  if (map.tolerated_count) host_->inspect("toleratedFailureCount", fork.limits.failures_max);
  if (map.tolerated_percentage) {
    host_->inspect("toleratedFailurePercentage", fork.limits.failures_percentage_max);
  }
  if (map.selector && !fork.items.empty()) {
    json::array inputs;
    for (std::size_t i = 0; i < fork.items.size(); ++i) inputs.push_back(selected(frame, map, i));
    host_->inspect("afterItemSelector", inputs);
  }
  set_items(frame, map);
  if (map.batcher && !fork.items.empty()) host_->inspect("afterItemBatcher", fork.items);
}

}  // namespace doorbuster::states
