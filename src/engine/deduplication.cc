#include "engine/deduplication.h"

#include <algorithm>

#include "engine/codec.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

constexpr std::chrono::minutes kInterval{5};
constexpr std::chrono::seconds kSweepEvery{1};
constexpr std::chrono::milliseconds kNextPart{
    100};  // when there was more than is forgotten at once
constexpr std::size_t kForgottenAtOnce = 10'000;

std::string id_key(std::uint32_t queue, std::string_view id) {
  return Encoder().raw("d").u32(queue).raw(id).bytes();
}

std::string time_prefix(std::uint32_t queue) {
  return Encoder().raw("e").u32(queue).bytes();
}

std::string time_key(std::uint32_t queue, cloud::Time time, std::string_view id) {
  return Encoder()
      .raw(time_prefix(queue))
      .u64(static_cast<std::uint64_t>(to_ms(time)))
      .raw(id)
      .bytes();
}

// Of what stands behind the prefix.
cloud::Time time_of(std::string_view rest) {
  return from_ms(static_cast<std::int64_t>(Decoder(rest).u64()));
}

}  // namespace

void Deduplication::open(const Store& store) {
  const std::string prefix = time_prefix(queue_);
  store.scan(Family::state, prefix, after_prefix(prefix), [&](std::string_view key, auto) {
    next_sweep_ = time_of(key.substr(prefix.size())) + kInterval;
    return false;
  });
}

std::optional<Deduplication::Original> Deduplication::find(const Turn& turn,
                                                           const std::string& id) const {
  if (const auto it = unsaved_.find(id); it != unsaved_.end()) return it->second;
  std::string bytes;
  if (!turn.store.get(Family::state, id_key(queue_, id), &bytes)) return std::nullopt;
  Decoder in(bytes);
  if (from_ms(static_cast<std::int64_t>(in.varint())) + kInterval <= turn.now) return std::nullopt;
  Original original;
  const auto raw = in.raw(original.id.size());
  std::copy(raw.begin(), raw.end(), original.id.begin());
  original.sequence = in.rest();
  return original;
}

void Deduplication::remember(Turn& turn, const std::string& id, const Original& original) {
  turn.batch.put(Family::state, id_key(queue_, id),
                 Encoder()
                     .varint(static_cast<std::uint64_t>(to_ms(turn.now)))
                     .raw({reinterpret_cast<const char*>(original.id.data()), original.id.size()})
                     .raw(original.sequence)
                     .bytes());
  turn.batch.put(Family::state, time_key(queue_, turn.now, id), "");
  unsaved_[id] = original;
  wake(turn);
  if (!next_sweep_) next_sweep_ = turn.now + kInterval;
}

void Deduplication::wake(Turn& turn) {
  if (next_sweep_ && *next_sweep_ <= turn.now) forget_old(turn);
}

void Deduplication::forget_old(Turn& turn) {
  const std::string prefix = time_prefix(queue_);
  std::size_t forgotten = 0;
  next_sweep_.reset();
  turn.store.scan(
      Family::state, prefix, after_prefix(prefix), [&](std::string_view key, std::string_view) {
        const auto due = time_of(key.substr(prefix.size())) + kInterval;
        const bool full = forgotten == kForgottenAtOnce;
        if (due > turn.now || full) {
          next_sweep_ =
              full ? turn.now + kNextPart : std::max<cloud::Time>(due, turn.now + kSweepEvery);
          return false;
        }
        const auto id = key.substr(prefix.size() + sizeof(std::uint64_t));
        turn.batch.remove(Family::state, key);
        if (!find(turn, std::string(id))) {
          turn.batch.remove(Family::state, id_key(queue_, id));
        }
        ++forgotten;
        return true;
      });
}

void Deduplication::forget_all(Turn& turn) {
  for (const char kind : {'d', 'e'}) {
    const std::string prefix = Encoder().byte(static_cast<std::uint8_t>(kind)).u32(queue_).bytes();
    turn.batch.remove_range(Family::state, prefix, after_prefix(prefix));
  }
  unsaved_.clear();
  next_sweep_.reset();
}

}  // namespace doorbuster::engine
