// One queue: its messages, who has received them, and who waits for one.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/message.h"
#include "engine/metrics.h"
#include "engine/queue_attributes.h"
#include "engine/received_messages.h"
#include "engine/shelf.h"
#include "engine/turn.h"

namespace doorbuster::engine {

// What a receive hands out: the right to delete this message, or to change how long it stays
// invisible, until somebody receives it again.
struct ReceiptHandle {
  std::uint32_t queue = 0;
  std::uint64_t sequence = 0;
  std::uint64_t receipt = 0;

  std::string str() const;
  // Nothing if the text is not a handle at all.
  static std::optional<ReceiptHandle> parse(std::string_view text);
};

struct Delivery {
  StoredMessage message;
  ReceiptHandle handle;
  std::uint32_t receive_count = 0;
  cloud::Time first_received{};
};

struct ReceiveOrder {
  int max_messages = 1;
  std::optional<int> visibility_timeout_s;  // the queue's own if absent
  cloud::Time wait_until{};
  // By a consumer that lives in this process: after a restart it can't be working on it any more,
  // so the message is visible at once, and a receive that was cut short is none. Else a process
  // that is killed three times would send good messages to the dead letters.
  bool in_process = false;
  std::unique_ptr<Reply<std::vector<Delivery>>> reply;
};

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
struct QueueMetrics {
  QueueMetrics(Metrics& metrics, const Measured& queue);

  std::shared_ptr<Counter> sent;
  std::shared_ptr<Counter> received;
  std::shared_ptr<Counter> deleted;
  std::shared_ptr<Gauge> visible;
  std::shared_ptr<Gauge> not_visible;
  std::shared_ptr<Gauge> delayed;
  std::shared_ptr<Gauge> oldest;  // its age, in seconds
};

// Belongs to the writer's thread.
class Queue {
 public:
  // AWS's limits.
  static constexpr std::size_t kInFlightMax = 120'000;
  static constexpr int kVisibilityMax_s = 43'200;  // counted from the last receive

  struct Identity {
    std::uint32_t id = 0;
    std::string arn;
    std::string name;
    std::string url;
    cloud::Time created{};
    cloud::Time modified{};
  };

  // Without metrics nothing is counted.
  Queue(Identity identity, QueueAttributes attributes, std::unique_ptr<QueueMetrics> metrics);

  // Takes up what the store knows of it.
  void open(const Store& store, cloud::Time now);

  Identity identity;
  QueueAttributes attributes;
  cloud::TagMap tags;

  struct Counts {
    std::uint64_t visible = 0;
    std::uint64_t in_flight = 0;
    std::uint64_t delayed = 0;
  };
  Counts counts() const;

  // A message came to it, by whatever way but that of the dead letters.
  void count_sent() {
    if (metrics_) metrics_->sent->add();
  }
  // Brings its gauges up to date.
  void measure(const Store& store, cloud::Time now);

  // Appends, after the delay if there is one. For a FIFO queue the caller has seen to
  // deduplication.
  void send(Turn& turn, StoredMessage&& message, int delay_s);

  // The next SequenceNumber of a FIFO queue.
  std::string next_sequence_number() const;

  // Up to as many messages as can be had now. One that has failed too often goes to `dead_letters`
  // instead, if there is such a queue, and one that is too old goes away: of these so many in a
  // turn, and what stands behind them can be had in the next one.
  std::vector<Delivery> receive(Turn& turn, const ReceiveOrder& order, Queue* dead_letters);

  // Takes the next visible message away for good, as a message move task does.
  std::optional<StoredMessage> take(Turn& turn);

  // A look at what is in the queue, received or not, delayed messages left out: up to `max`
  // messages from the place `*from` on, which it moves behind them, and before `until`. Changes
  // nothing.
  std::vector<StoredMessage> browse(const Store& store, std::uint64_t* from, std::uint64_t until,
                                    std::size_t max);
  // The place behind its newest message.
  std::uint64_t end() const { return shelf_->end(); }

  // Answers the order when there is something or its time is up.
  void wait(ReceiveOrder order);
  bool has_waiters() const { return !waiters_.empty(); }
  void serve(Turn& turn, Queue* dead_letters);
  // Answers the order that waits under this number with nothing, if there is one.
  void withdraw(Turn& turn, std::uint64_t waiter);
  // Answers all orders that wait, with nothing.
  void dismiss(Turn& turn);

  // Returns false if the handle is not that of the message's last receive, or the message is gone;
  // a FIFO queue's handles end with their visibility timeout, too.
  bool remove(Turn& turn, const ReceiptHandle& handle);

  enum class Visibility { changed, not_in_flight, beyond_limit };
  Visibility change_visibility(Turn& turn, const ReceiptHandle& handle, int timeout_s);

  // See Queues::give_back().
  void give_back(Turn& turn, const ReceiptHandle& handle, int delay_s);

  void purge(Turn& turn);

  // Whatever has come due by now; once a turn, before its commands.
  void wake(Turn& turn);
  // When there is next something to do without a command.
  std::optional<cloud::Time> alarm() const;

  // What a restart needs, if it has changed; after the turn's commands.
  void save(Turn& turn);
  // The turn's batch is on disk.
  void end_turn(Store& store);

 private:
  void open_received(const Store& store, cloud::Time now);
  void open_delayed(const Store& store);
  Delivery hand_out(Turn& turn, Waiting&& waiting, int timeout_s, bool in_process);
  bool expired(const Turn& turn, cloud::Time sent) const;
  bool set_aside(Turn& turn, Waiting& waiting, Queue* dead_letters);
  void make_visible(ReceivedMessages::iterator it);
  void forget(Turn& turn, ReceivedMessages::iterator it);
  void forget_taken(Turn& turn, const Waiting& waiting);
  void remove_body(Turn& turn, std::uint64_t sequence);
  void collect_bodies(Turn& turn);
  void collect_last_bodies(Turn& turn);
  void end_delays(Turn& turn);
  void sweep(Turn& turn);
  void tell_expired(Turn& turn);
  std::uint64_t first_alive() const;
  std::optional<cloud::Time> oldest(const Store& store);

  std::unique_ptr<QueueMetrics> metrics_;
  std::unique_ptr<Shelf> shelf_;
  ReceivedMessages received_;
  std::set<std::pair<cloud::Time, std::uint64_t>> in_flight_;  // of those, by when they are visible

  std::uint64_t delayed_ = 0;
  std::uint64_t delayed_end_ = 0;
  std::optional<cloud::Time> first_due_;

  std::map<std::uint64_t, ReceiveOrder> waiters_;  // in the order they came
  std::set<std::pair<cloud::Time, std::uint64_t>> waiter_deadlines_;
  std::uint64_t next_waiter_ = 0;

  std::size_t set_aside_ = 0;  // messages, in this turn
  std::size_t set_aside_bytes_ = 0;
  std::optional<cloud::Time> stopped_;  // when the last receive did, because these were enough

  cloud::Time next_sweep_{};
  std::size_t expired_ = 0;                 // messages that nobody has been told of yet
  std::uint64_t next_chunk_ = 0;            // of bodies: all before it have been received
  std::uint64_t last_collected_ = 0;        // where the last chunk was cut off
  std::set<std::uint64_t> thinned_chunks_;  // of which a message has gone in this turn
  std::uint64_t reclaimed_ = 0;             // before it the store's files hold nothing of ours
  bool changed_ = false;
};

}  // namespace doorbuster::engine
