#include "engine/queue.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "cloud/error.h"
#include "engine/codec.h"

namespace doorbuster::engine {
namespace {

using std::chrono::seconds;

constexpr std::size_t kDueAtOnce = 1'000;  // delayed messages that one turn moves
constexpr std::size_t kExpiredAtOnce = 1'000;
constexpr std::size_t kSetAsideMax = 1'000;  // in a turn, by those who receive
constexpr seconds kSweepEvery{60};
constexpr std::uint64_t kChunkMessages = 256;
constexpr std::uint64_t kReclaimEvery = 50'000;  // messages

std::string delayed_key(std::uint32_t queue, cloud::Time due, std::uint64_t sequence) {
  return Encoder().u32(queue).u64(static_cast<std::uint64_t>(to_ms(due))).u64(sequence).bytes();
}

std::string queue_prefix(std::uint32_t queue) {
  return Encoder().u32(queue).bytes();
}

std::string counters_key(std::uint32_t queue) {
  return Encoder().raw("q").u32(queue).bytes();
}

std::unique_ptr<Shelf> make_shelf(bool fifo, std::uint32_t queue, std::uint64_t first,
                                  std::uint64_t seen, std::uint64_t end) {
  if (fifo) return std::make_unique<FifoShelf>(queue, first, seen, end);
  return std::make_unique<StandardShelf>(queue, first, seen, end);
}

}  // namespace

std::string ReceiptHandle::str() const {
  const std::string bytes = Encoder().u32(queue).u64(sequence).u64(receipt).bytes();
  return hex(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

std::optional<ReceiptHandle> ReceiptHandle::parse(std::string_view text) {
  const auto number = [text](std::size_t at, std::size_t digits, auto& to) {
    const char* end = text.data() + at + digits;
    const auto [stop, error] = std::from_chars(text.data() + at, end, to, 16);
    return error == std::errc() && stop == end;
  };
  ReceiptHandle handle;
  if (text.size() != 40 || !number(0, 8, handle.queue) || !number(8, 16, handle.sequence) ||
      !number(24, 16, handle.receipt)) {
    return std::nullopt;
  }
  return handle;
}

QueueMetrics::QueueMetrics(Metrics& metrics, const Measured& queue)
    : sent(metrics.counter(queue, "NumberOfMessagesSent")),
      received(metrics.counter(queue, "NumberOfMessagesReceived")),
      deleted(metrics.counter(queue, "NumberOfMessagesDeleted")),
      visible(metrics.gauge(queue, "ApproximateNumberOfMessagesVisible")),
      not_visible(metrics.gauge(queue, "ApproximateNumberOfMessagesNotVisible")),
      delayed(metrics.gauge(queue, "ApproximateNumberOfMessagesDelayed")),
      oldest(metrics.gauge(queue, "ApproximateAgeOfOldestMessage", "Seconds")) {}

Queue::Queue(Identity who, QueueAttributes what, std::unique_ptr<QueueMetrics> metrics)
    : identity(std::move(who)),
      attributes(std::move(what)),
      metrics_(std::move(metrics)),
      shelf_(make_shelf(attributes.fifo, identity.id, 0, 0, 0)),
      received_(identity.id) {}

// --- Opening and saving -----------------------------------------------------------------------

void Queue::open(const Store& store, cloud::Time now) {
  std::string bytes;
  if (store.get(Family::state, counters_key(identity.id), &bytes)) {
    Decoder in(bytes);
    const std::uint64_t first = in.varint();
    const std::uint64_t end = in.varint();
    delayed_ = in.varint();
    delayed_end_ = in.varint();
    const std::uint64_t seen = in.done() ? first : in.varint();
    shelf_ = make_shelf(attributes.fifo, identity.id, first, seen, end);
  }
  open_received(store, now);
  open_delayed(store);
  shelf_->open(store);
  next_chunk_ = shelf_->first() / kChunkMessages;
  reclaimed_ = first_alive();
  next_sweep_ = now + kSweepEvery;
}

void Queue::open_received(const Store& store, cloud::Time now) {
  received_.open(store);
  for (auto it = received_.begin(); it != received_.end(); ++it) {
    auto& [sequence, received] = *it;
    if (std::exchange(received.in_process, false)) {
      received.visible_at = now;
      --received.count;
    }
    received.in_flight = true;
    shelf_->in_flight(sequence, received.group);
    in_flight_.emplace(received.visible_at, sequence);
    if (received.visible_at <= now) make_visible(it);
  }
}

void Queue::open_delayed(const Store& store) {
  const std::string prefix = queue_prefix(identity.id);
  store.scan(Family::delayed, prefix, after_prefix(prefix), [&](std::string_view key, auto) {
    first_due_ = from_ms(static_cast<std::int64_t>(Decoder(key.substr(prefix.size())).u64()));
    return false;
  });
}

void Queue::save(Turn& turn) {
  received_.save(turn);
  if (!changed_) return;
  if (!attributes.fifo) collect_bodies(turn);
  changed_ = false;
  turn.batch.put(Family::state, counters_key(identity.id),
                 Encoder()
                     .varint(shelf_->first())
                     .varint(shelf_->end())
                     .varint(delayed_)
                     .varint(delayed_end_)
                     .varint(shelf_->window_end())
                     .bytes());
}

void Queue::end_turn(Store& store) {
  shelf_->end_turn();
  set_aside_ = 0;
  set_aside_bytes_ = 0;
  const std::uint64_t alive = first_alive();
  if (alive < reclaimed_ + kReclaimEvery) return;
  store.reclaim(Family::messages, message_key(identity.id, 0), message_key(identity.id, alive));
  reclaimed_ = alive;
}

// A standard queue's message that was received lives as long as its receive does, and its body is
// not missed before: bodies are removed by the chunk, when all of a chunk's messages have gone.
// Neighbours go together: RocksDB looks at every range that was removed when it next reads.
void Queue::collect_bodies(Turn& turn) {
  const std::uint64_t end_chunk = shelf_->first() / kChunkMessages;
  for (; next_chunk_ < end_chunk; ++next_chunk_) thinned_chunks_.insert(next_chunk_);
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  const auto remove = [&] {
    if (begin == end) return;
    turn.batch.remove_range(Family::messages, message_key(identity.id, begin),
                            message_key(identity.id, end));
  };
  for (const std::uint64_t chunk : thinned_chunks_) {
    const std::uint64_t first = chunk * kChunkMessages;
    if (chunk >= end_chunk || received_.any_between(first, first + kChunkMessages)) continue;
    if (first != end) {
      remove();
      begin = first;
    }
    end = first + kChunkMessages;
  }
  remove();
  thinned_chunks_.clear();
}

// The last chunk, of which more may come, when nothing of it is needed any more.
void Queue::collect_last_bodies(Turn& turn) {
  const std::uint64_t end = shelf_->first();
  if (attributes.fifo || !received_.empty() || last_collected_ == end) return;
  turn.batch.remove_range(Family::messages, message_key(identity.id, next_chunk_ * kChunkMessages),
                          message_key(identity.id, end));
  last_collected_ = end;
}

void Queue::remove_body(Turn& turn, std::uint64_t sequence) {
  if (attributes.fifo) {
    turn.batch.remove_written_once(Family::messages, message_key(identity.id, sequence));
  } else {
    thinned_chunks_.insert(sequence / kChunkMessages);
  }
}

std::uint64_t Queue::first_alive() const {
  const std::uint64_t first = shelf_->first();
  return received_.empty() ? first : std::min(first, received_.first());
}

// --- Sending ----------------------------------------------------------------------------------

Queue::Counts Queue::counts() const {
  return {shelf_->count(), in_flight_.size(), delayed_};
}

void Queue::measure(const Store& store, cloud::Time now) {
  if (!metrics_) return;
  const Counts now_there = counts();
  metrics_->visible->set(static_cast<double>(now_there.visible));
  metrics_->not_visible->set(static_cast<double>(now_there.in_flight));
  metrics_->delayed->set(static_cast<double>(now_there.delayed));
  const auto age = now - oldest(store).value_or(now);
  metrics_->oldest->set(static_cast<double>(age.count()) / 1'000);
}

// Of those that are not delayed. Messages come in the order of their sequences, as good as.
std::optional<cloud::Time> Queue::oldest(const Store& store) {
  auto sent = shelf_->first_sent(store);
  if (!received_.empty()) {
    const cloud::Time received = received_.begin()->second.sent;
    sent = sent ? std::min(*sent, received) : received;
  }
  return sent;
}

std::string Queue::next_sequence_number() const {
  std::string digits = std::to_string(shelf_->end() + delayed_end_ + 1);
  return std::string(20 - digits.size(), '0').replace(0, 2, "18") + digits;
}

void Queue::send(Turn& turn, StoredMessage&& message, int delay_s) {
  changed_ = true;
  if (delay_s == 0) {
    turn.batch.put(Family::messages, message_key(identity.id, shelf_->end()), message.encode());
    shelf_->add(std::move(message));
    return;
  }
  const cloud::Time due = turn.now + seconds(delay_s);
  turn.batch.put(Family::delayed, delayed_key(identity.id, due, delayed_end_++), message.encode());
  ++delayed_;
  if (!first_due_ || due < *first_due_) first_due_ = due;
}

void Queue::end_delays(Turn& turn) {
  const std::string prefix = queue_prefix(identity.id);
  std::size_t moved = 0;
  first_due_.reset();
  turn.store.scan(
      Family::delayed, prefix, after_prefix(prefix),
      [&](std::string_view key, std::string_view value) {
        const auto due =
            from_ms(static_cast<std::int64_t>(Decoder(key.substr(prefix.size())).u64()));
        if (due > turn.now || moved == kDueAtOnce || turn.batch.bytes() >= kDueBytesMax) {
          first_due_ = due;
          return false;
        }
        turn.batch.remove_written_once(Family::delayed, key);
        send(turn, StoredMessage::decode(value), 0);
        --delayed_;
        ++moved;
        return true;
      });
}

// --- Receiving --------------------------------------------------------------------------------

bool Queue::expired(const Turn& turn, cloud::Time sent) const {
  return sent + seconds(attributes.retention_s) <= turn.now;
}

// Whether the message, which was taken, is not to be handed out: too old, or a dead letter.
bool Queue::set_aside(Turn& turn, Waiting& waiting, Queue* dead_letters) {
  StoredMessage& message = waiting.message;
  const auto it = received_.find(waiting.sequence);
  const std::uint32_t failures = it == received_.end() ? 0 : it->second.count;
  const bool dead = dead_letters && attributes.redrive &&
                    failures >= static_cast<std::uint32_t>(attributes.redrive->max_receive_count);
  const bool old = expired(turn, message.sent);
  if (!old && !dead) return false;
  ++set_aside_;
  set_aside_bytes_ += message.size();
  forget_taken(turn, waiting);
  if (old) {
    ++expired_;
    return true;
  }
  message.dead_letter_source = identity.arn;
  if (attributes.fifo) {
    // A FIFO queue counts the retention from the move, and gives numbers of its own.
    message.sent = turn.now;
    message.sequence = dead_letters->next_sequence_number();
  }
  dead_letters->send(turn, std::move(message), 0);
  return true;
}

std::vector<Delivery> Queue::receive(Turn& turn, const ReceiveOrder& order, Queue* dead_letters) {
  std::vector<Delivery> deliveries;
  deliveries.reserve(
      std::min<std::size_t>(static_cast<std::size_t>(order.max_messages), shelf_->count()));
  const int timeout_s = order.visibility_timeout_s.value_or(attributes.visibility_timeout_s);
  while (deliveries.size() < static_cast<std::size_t>(order.max_messages) &&
         in_flight_.size() < kInFlightMax) {
    if (set_aside_ >= kSetAsideMax || set_aside_bytes_ >= kDueBytesMax) {
      stopped_ = turn.now;
      break;
    }
    auto waiting = shelf_->take(turn.store);
    if (!waiting) break;
    changed_ = true;
    if (set_aside(turn, *waiting, dead_letters)) continue;
    deliveries.push_back(hand_out(turn, std::move(*waiting), timeout_s, order.in_process));
  }
  shelf_->end_receive();
  received_.end_receive();
  return deliveries;
}

Delivery Queue::hand_out(Turn& turn, Waiting&& waiting, int timeout_s, bool in_process) {
  Received& received = received_.receive(waiting.sequence)->second;
  if (received.count == 0) {
    received.first_received = turn.now;
    received.sent = waiting.message.sent;
    received.group = waiting.message.group;
  }
  ++received.count;
  received.last_received = turn.now;
  received.receipt = turn.random.next();
  received.in_process = in_process;
  received.in_flight = true;
  received.visible_at = turn.now + seconds(timeout_s);
  in_flight_.emplace(received.visible_at, waiting.sequence);
  if (metrics_) metrics_->received->add();
  // With a timeout of 0 it becomes visible in the next turn, so that no receive gets it twice.
  return {std::move(waiting.message),
          {identity.id, waiting.sequence, received.receipt},
          received.count,
          received.first_received};
}

std::optional<StoredMessage> Queue::take(Turn& turn) {
  auto waiting = shelf_->take(turn.store);
  shelf_->end_receive();
  if (!waiting) return std::nullopt;
  changed_ = true;
  forget_taken(turn, *waiting);
  return std::move(waiting->message);
}

std::vector<StoredMessage> Queue::browse(const Store& store, std::uint64_t* from,
                                         std::uint64_t until, std::size_t max) {
  std::vector<StoredMessage> found;
  store.scan(Family::messages, message_key(identity.id, *from),
             message_key(identity.id, std::min(until, shelf_->end())),
             [&](std::string_view key, std::string_view value) {
               const auto sequence = Decoder(key.substr(sizeof(std::uint32_t))).u64();
               *from = sequence + 1;
               const bool gone = !attributes.fifo && sequence < shelf_->first() &&
                                 received_.find(sequence) == received_.end();
               if (!gone) found.push_back(StoredMessage::decode(value));
               return found.size() < max;
             });
  return found;
}

void Queue::wait(ReceiveOrder order) {
  waiter_deadlines_.emplace(order.wait_until, next_waiter_);
  if (order.reply->ticket) *order.reply->ticket = {identity.id, next_waiter_};
  waiters_.emplace_hint(waiters_.end(), next_waiter_++, std::move(order));
}

void Queue::serve(Turn& turn, Queue* dead_letters) {
  while (!waiters_.empty() && shelf_->count() > 0) {
    const auto first = waiters_.begin();
    auto deliveries = receive(turn, first->second, dead_letters);
    if (deliveries.empty()) return;
    waiter_deadlines_.erase({first->second.wait_until, first->first});
    first->second.reply->value = std::move(deliveries);
    turn.done.push_back(std::move(first->second.reply));
    waiters_.erase(first);
  }
}

void Queue::withdraw(Turn& turn, std::uint64_t waiter) {
  const auto it = waiters_.find(waiter);
  if (it == waiters_.end()) return;
  waiter_deadlines_.erase({it->second.wait_until, it->first});
  turn.done.push_back(std::move(it->second.reply));
  waiters_.erase(it);
}

void Queue::dismiss(Turn& turn) {
  for (auto& [ticket, order] : waiters_) turn.done.push_back(std::move(order.reply));
  waiters_.clear();
  waiter_deadlines_.clear();
}

// --- What becomes of a received message -------------------------------------------------------

void Queue::make_visible(ReceivedMessages::iterator it) {
  in_flight_.erase({it->second.visible_at, it->first});
  it->second.in_flight = false;
  shelf_->put_back(it->first, it->second.group);
}

void Queue::forget(Turn& turn, ReceivedMessages::iterator it) {
  changed_ = true;
  const auto& [sequence, received] = *it;
  if (received.in_flight) {
    in_flight_.erase({received.visible_at, sequence});
    shelf_->removed(received.group);
  } else {
    shelf_->drop(sequence, received.group);
  }
  remove_body(turn, sequence);
  received_.erase(it);
}

void Queue::forget_taken(Turn& turn, const Waiting& waiting) {
  shelf_->removed(waiting.message.group);
  remove_body(turn, waiting.sequence);
  const auto it = received_.find(waiting.sequence);
  if (it != received_.end()) received_.erase(it);
}

bool Queue::remove(Turn& turn, const ReceiptHandle& handle) {
  const auto it = received_.find(handle.sequence);
  if (it == received_.end() || it->second.receipt != handle.receipt) return false;
  if (attributes.fifo && !it->second.in_flight) return false;
  forget(turn, it);
  if (metrics_) metrics_->deleted->add();
  return true;
}

Queue::Visibility Queue::change_visibility(Turn& turn, const ReceiptHandle& handle, int timeout_s) {
  const auto it = received_.find(handle.sequence);
  if (it == received_.end() || it->second.receipt != handle.receipt || !it->second.in_flight) {
    return Visibility::not_in_flight;
  }
  Received& received = it->second;
  const cloud::Time visible_at = turn.now + seconds(timeout_s);
  if (visible_at > received.last_received + seconds(kVisibilityMax_s)) {
    return Visibility::beyond_limit;
  }
  in_flight_.erase({received.visible_at, it->first});
  received.visible_at = visible_at;
  if (timeout_s == 0) received.in_process = false;  // given back, so not cut short by a restart
  in_flight_.emplace(visible_at, it->first);
  received_.changed(it);
  if (timeout_s == 0) make_visible(it);
  return Visibility::changed;
}

void Queue::give_back(Turn& turn, const ReceiptHandle& handle, int delay_s) {
  if (change_visibility(turn, handle, delay_s) != Visibility::changed) return;
  received_.find(handle.sequence)->second.in_process = false;
}

void Queue::purge(Turn& turn) {
  const std::string prefix = queue_prefix(identity.id);
  turn.batch.remove_range(Family::messages, prefix, after_prefix(prefix));
  turn.batch.remove_range(Family::delayed, prefix, after_prefix(prefix));
  shelf_->clear();
  received_.clear(turn);
  in_flight_.clear();
  thinned_chunks_.clear();
  next_chunk_ = shelf_->first() / kChunkMessages;
  delayed_ = 0;
  first_due_.reset();
  changed_ = true;
}

// --- Time -------------------------------------------------------------------------------------

void Queue::wake(Turn& turn) {
  stopped_.reset();
  while (!in_flight_.empty() && in_flight_.begin()->first <= turn.now) {
    make_visible(received_.find(in_flight_.begin()->second));
  }
  if (first_due_ && *first_due_ <= turn.now) end_delays(turn);
  if (next_sweep_ <= turn.now) sweep(turn);
  while (!waiter_deadlines_.empty() && waiter_deadlines_.begin()->first <= turn.now) {
    const auto it = waiters_.find(waiter_deadlines_.begin()->second);
    turn.done.push_back(std::move(it->second.reply));
    waiters_.erase(it);
    waiter_deadlines_.erase(waiter_deadlines_.begin());
  }
}

void Queue::sweep(Turn& turn) {
  const cloud::Time sent_until = turn.now - seconds(attributes.retention_s);
  std::size_t dropped = 0;
  for (; dropped < kExpiredAtOnce; ++dropped) {
    const auto sequence = shelf_->drop_expired(turn.store, sent_until);
    if (!sequence) break;
    // A FIFO shelf's first may have been received before.
    remove_body(turn, *sequence);
    const auto it = received_.find(*sequence);
    if (it != received_.end()) received_.erase(it);
    changed_ = true;
  }
  for (auto it = received_.begin(); it != received_.end();) {
    const auto next = std::next(it);
    if (it->second.sent <= sent_until) {
      forget(turn, it);
      ++expired_;
    }
    it = next;
  }
  expired_ += dropped;
  if (dropped < kExpiredAtOnce) tell_expired(turn);
  collect_last_bodies(turn);
  next_sweep_ = dropped == kExpiredAtOnce ? turn.now : turn.now + kSweepEvery;
}

// As SQS says nothing of it, not even in a metric.
void Queue::tell_expired(Turn& turn) {
  if (expired_ == 0) return;
  turn.log(identity.name + " has dropped " + std::to_string(expired_) +
           " messages that were older than its MessageRetentionPeriod, " +
           std::to_string(attributes.retention_s) + " s");
  expired_ = 0;
}

std::optional<cloud::Time> Queue::alarm() const {
  std::optional<cloud::Time> first = first_due_;
  const auto consider = [&first](cloud::Time t) { first = first ? std::min(*first, t) : t; };
  if (!in_flight_.empty()) consider(in_flight_.begin()->first);
  if (!waiter_deadlines_.empty()) consider(waiter_deadlines_.begin()->first);
  if (stopped_ && !waiters_.empty()) consider(*stopped_);
  const bool bodies_left = !attributes.fifo && last_collected_ != shelf_->first();
  if (shelf_->count() > 0 || !received_.empty() || bodies_left || expired_ > 0)
    consider(next_sweep_);
  return first;
}

}  // namespace doorbuster::engine
