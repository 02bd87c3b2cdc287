#include "engine/live_executions.h"

namespace doorbuster::engine {
namespace {

constexpr std::size_t kLiveMax = 4'096;
// Bytes of text; in memory, as documents, they are some twelve times as large.
constexpr std::size_t kLiveBytesMax = std::size_t{64} << 20;

std::size_t bytes_of(const LiveExecution& live) {
  return live.record.input.size() + live.record.output.size() + live.pieces.bytes();
}

}  // namespace

LiveExecution* LiveExecutions::find(const Store& store, std::uint64_t execution) {
  if (const auto it = entries_.find(execution); it != entries_.end()) {
    recent_.splice(recent_.begin(), recent_, it->second.place);
    return &it->second.live;
  }
  auto record = read_record(store, execution);
  if (!record) return nullptr;
  return &add(read(store, std::move(*record)));
}

LiveExecution& LiveExecutions::add(LiveExecution live) {
  const std::uint64_t number = live.record.number;
  recent_.push_front(number);
  auto& entry = entries_.emplace(number, Entry{std::move(live), recent_.begin()}).first->second;
  weigh(entry.live);
  return entry.live;
}

void LiveExecutions::weigh(const LiveExecution& live) {
  Entry& entry = entries_.at(live.record.number);
  bytes_ -= entry.bytes;
  entry.bytes = bytes_of(live);
  bytes_ += entry.bytes;
}

LiveExecution LiveExecutions::read(const Store& store, ExecutionRecord record) {
  LiveExecution live;
  live.record = std::move(record);
  try {
    std::string row;
    Decoder small(row);
    if (store.get(Family::state, open_key(live.record), &row)) {
      small = Decoder(row);
      decode_open(small);
    }
    const auto pieces = live.pieces.read(store, live.record.number, small);
    if (!pieces.empty()) live.execution = restore_(store, live.record, pieces);
  } catch (const StoreError&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& e) {
    live.damage = e.what();
  }
  return live;
}

void LiveExecutions::erase(std::uint64_t execution) {
  const auto it = entries_.find(execution);
  if (it == entries_.end()) return;
  recent_.erase(it->second.place);
  bytes_ -= it->second.bytes;
  entries_.erase(it);
}

void LiveExecutions::end_turn() {
  for (const std::uint64_t execution : std::exchange(gone_, {})) erase(execution);
  while (entries_.size() > kLiveMax || bytes_ > kLiveBytesMax) erase(recent_.back());
}

}  // namespace doorbuster::engine
