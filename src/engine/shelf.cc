#include "engine/shelf.h"

#include <algorithm>

#include "engine/codec.h"

namespace doorbuster::engine {
namespace {

constexpr std::size_t kWindowMessages = 2'000;
constexpr std::size_t kWindowBytes = 1 << 20;

// How far AWS looks for a group that is not blocked.
constexpr std::size_t kFifoWindowMessages = 20'000;

}  // namespace

std::string message_key(std::uint32_t queue, std::uint64_t sequence) {
  return Encoder().u32(queue).u64(sequence).bytes();
}

std::optional<StoredMessage> Shelf::load(const Store& store, std::uint64_t sequence) const {
  std::string bytes;
  if (!store.get(Family::messages, message_key(queue_, sequence), &bytes)) return std::nullopt;
  return StoredMessage::decode(bytes);
}

// --- Standard ---------------------------------------------------------------------------------

void StandardShelf::push(StoredMessage&& message) {
  window_bytes_ += message.body.size();
  window_.push_back({window_end_++, std::move(message)});
}

void StandardShelf::add(StoredMessage&& message) {
  const bool behind_window = window_end_ == end_;
  ++end_;
  if (behind_window && window_.size() < kWindowMessages && window_bytes_ < kWindowBytes) {
    push(std::move(message));
  } else {
    unsaved_.push_back(std::move(message));
  }
}

std::optional<Waiting> StandardShelf::take(const Store& store) {
  if (auto again = take_again(store)) return again;
  if (window_.empty()) refill(store);
  if (window_.empty()) return std::nullopt;
  return pop();
}

Waiting StandardShelf::pop() {
  Waiting next = std::move(window_.front());
  window_.pop_front();
  window_bytes_ -= next.message.body.size();
  return next;
}

std::optional<Waiting> StandardShelf::take_again(const Store& store) {
  // One that was received in the turn that sent it can be read from the next turn on.
  while (!again_.empty() && *again_.begin() < saved_end_) {
    const std::uint64_t sequence = *again_.begin();
    again_.erase(again_.begin());
    if (auto message = load(store, sequence)) return Waiting{sequence, std::move(*message)};
  }
  return std::nullopt;
}

void StandardShelf::refill(const Store& store) {
  if (window_end_ < saved_end_) {
    store.scan_intact(Family::messages, message_key(queue_, window_end_),
                      message_key(queue_, saved_end_),
                      [this](std::string_view key, std::string_view value) {
                        window_end_ = Decoder(key.substr(sizeof(std::uint32_t))).u64();
                        push(StoredMessage::decode(value));
                        return window_.size() < kWindowMessages && window_bytes_ < kWindowBytes;
                      });
  }
  if (!window_.empty() && window_end_ < saved_end_) return;
  window_end_ = end_ - unsaved_.size();
  for (auto& message : unsaved_) push(std::move(message));
  unsaved_.clear();
}

void StandardShelf::put_back(std::uint64_t sequence, const std::string& /*group*/) {
  again_.insert(sequence);
}

void StandardShelf::drop(std::uint64_t sequence, const std::string& /*group*/) {
  again_.erase(sequence);
}

std::optional<std::uint64_t> StandardShelf::drop_expired(const Store& store,
                                                         cloud::Time sent_until) {
  if (window_.empty()) refill(store);
  if (window_.empty() || window_.front().message.sent > sent_until) return std::nullopt;
  return pop().sequence;
}

std::uint64_t StandardShelf::first() const {
  return window_.empty() ? window_end_ : window_.front().sequence;
}

std::uint64_t StandardShelf::count() const {
  return again_.size() + window_.size() + (end_ - window_end_);
}

std::optional<cloud::Time> StandardShelf::first_sent(const Store& store) const {
  if (!window_.empty()) return window_.front().message.sent;
  if (window_end_ == end_) return std::nullopt;
  if (window_end_ >= saved_end_) return unsaved_.front().sent;
  const auto message = load(store, window_end_);
  return message ? std::optional(message->sent) : std::nullopt;
}

void StandardShelf::clear() {
  window_.clear();
  window_bytes_ = 0;
  unsaved_.clear();
  again_.clear();
  window_end_ = end_;
}

void StandardShelf::end_turn() {
  unsaved_.clear();
  saved_end_ = end_;
}

// --- FIFO -------------------------------------------------------------------------------------

void FifoShelf::settle(const std::string& name, Group& group) {
  if (group.in_flight > 0) return;
  if (group.waiting.empty()) {
    groups_.erase(name);
  } else {
    ready_.emplace(*group.waiting.begin(), name);
  }
}

void FifoShelf::push(std::uint64_t sequence, const std::string& name) {
  Group& group = groups_[name];
  if (!group.waiting.empty()) ready_.erase({*group.waiting.begin(), name});
  group.waiting.insert(sequence);
  window_.insert(sequence);
  settle(name, group);
}

void FifoShelf::add(StoredMessage&& message) {
  const std::uint64_t sequence = end_++;
  if (window_end_ == sequence && window_.size() < kFifoWindowMessages) {
    ++window_end_;
    push(sequence, message.group);
  }
  unsaved_.emplace(sequence, std::move(message));
}

std::optional<Waiting> FifoShelf::take(const Store& store) {
  auto it = open_group_ ? groups_.find(*open_group_) : groups_.end();
  if (it == groups_.end() || it->second.waiting.empty()) {
    if (ready_.empty()) refill(store);
    if (ready_.empty()) return std::nullopt;
    it = groups_.find(ready_.begin()->second);
    open_group_ = it->first;
  }
  auto& [name, group] = *it;
  const std::uint64_t sequence = *group.waiting.begin();
  ready_.erase({sequence, name});
  group.waiting.erase(group.waiting.begin());
  window_.erase(sequence);
  ++group.in_flight;
  if (const auto fresh = unsaved_.find(sequence); fresh != unsaved_.end()) {
    return Waiting{sequence, fresh->second};
  }
  auto message = load(store, sequence);
  if (!message) throw CorruptRecord();
  return Waiting{sequence, std::move(*message)};
}

// What was seen before the restart must be seen again, however much it is: among it are gaps that
// only the store knows, and messages that were put back.
void FifoShelf::refill(const Store& store) {
  const auto full = [this] {
    return window_.size() >= kFifoWindowMessages && window_end_ >= std::min(seen_, saved_end_);
  };
  if (full()) return;
  store.scan(Family::messages, message_key(queue_, window_end_), message_key(queue_, saved_end_),
             [&](std::string_view key, std::string_view value) {
               const auto sequence = Decoder(key.substr(sizeof(std::uint32_t))).u64();
               if (!received_.contains(sequence))
                 push(sequence, StoredMessage::decode(value).group);
               window_end_ = sequence + 1;
               return !full();
             });
  if (full()) return;
  for (auto it = unsaved_.lower_bound(window_end_); it != unsaved_.end(); ++it) {
    push(it->first, it->second.group);
  }
  window_end_ = end_;
}

void FifoShelf::put_back(std::uint64_t sequence, const std::string& name) {
  --groups_[name].in_flight;
  push(sequence, name);
}

void FifoShelf::removed(const std::string& name) {
  Group& group = groups_[name];
  --group.in_flight;
  settle(name, group);
}

void FifoShelf::in_flight(std::uint64_t sequence, const std::string& name) {
  ++groups_[name].in_flight;
  received_.insert(sequence);
  seen_ = std::max(seen_, sequence + 1);
}

void FifoShelf::drop(std::uint64_t sequence, const std::string& name) {
  Group& group = groups_[name];
  ready_.erase({*group.waiting.begin(), name});
  group.waiting.erase(sequence);
  window_.erase(sequence);
  settle(name, group);
}

std::optional<std::uint64_t> FifoShelf::drop_expired(const Store& store, cloud::Time sent_until) {
  if (window_.empty()) refill(store);
  if (window_.empty() || *window_.begin() >= saved_end_) return std::nullopt;
  const std::uint64_t sequence = *window_.begin();
  const auto message = load(store, sequence);
  if (!message || message->sent > sent_until) return std::nullopt;
  drop(sequence, message->group);
  return sequence;
}

std::uint64_t FifoShelf::first() const {
  return window_.empty() ? window_end_ : *window_.begin();
}

std::uint64_t FifoShelf::count() const {
  const auto received_behind = static_cast<std::uint64_t>(
      std::distance(received_.lower_bound(window_end_), received_.end()));
  return window_.size() + (end_ - window_end_) - received_behind;
}

std::optional<cloud::Time> FifoShelf::first_sent(const Store& store) const {
  if (count() == 0) return std::nullopt;
  const std::uint64_t sequence = first();
  if (const auto fresh = unsaved_.find(sequence); fresh != unsaved_.end()) {
    return fresh->second.sent;
  }
  const auto message = load(store, sequence);
  return message ? std::optional(message->sent) : std::nullopt;
}

void FifoShelf::clear() {
  groups_.clear();
  ready_.clear();
  open_group_.reset();
  window_.clear();
  received_.clear();
  unsaved_.clear();
  window_end_ = end_;
}

void FifoShelf::end_turn() {
  unsaved_.clear();
  saved_end_ = end_;
  received_.erase(received_.begin(), received_.lower_bound(window_end_));
}

}  // namespace doorbuster::engine
