// All queues: what Amazon SQS does, on the writer's thread.
//
// Operations throw cloud::Error with SQS's codes and then have changed nothing.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cloud/arn.h"
#include "cloud/sqs.h"
#include "engine/deduplication.h"
#include "engine/queue.h"

namespace doorbuster::engine {

class Queues {
 public:
  // `endpoint` is what the queues' URLs begin with, without a slash at the end.
  Queues(std::string endpoint, Metrics& metrics)
      : endpoint_(std::move(endpoint)), metrics_(metrics) {}

  void open(const Store& store, cloud::Time now);

  std::string create(Turn& turn, const cloud::Scope& scope,
                     const cloud::CreateQueueRequest& request);
  void destroy(Turn& turn, Queue& queue);
  // A queue for the engine's own use, under the ARN of what it serves: no listing and no URL leads
  // to it.
  Queue& make_hidden(Turn& turn, const std::string& arn);
  // An identifier that no queue has or will have.
  std::uint32_t give_id(Turn& turn);
  void set_attributes(Turn& turn, Queue& queue, const cloud::AttributeMap& changes);
  cloud::AttributeMap attributes(const Queue& queue) const;

  void tag(Turn& turn, Queue& queue, const cloud::TagMap& tags);
  void untag(Turn& turn, Queue& queue, const std::vector<std::string>& keys);
  void add_permission(Turn& turn, Queue& queue, const cloud::AddPermissionRequest& request);
  void remove_permission(Turn& turn, Queue& queue, const std::string& label);

  // Throw QueueDoesNotExist.
  Queue& by_url(const cloud::Scope& scope, std::string_view url);
  Queue& by_name(const cloud::Scope& scope, std::string_view name);
  // Null if there is none.
  Queue* by_arn(std::string_view arn);

  // Those of the scope whose names begin with the prefix, by name, after `after`.
  std::vector<const Queue*> list(const cloud::Scope& scope, std::string_view prefix,
                                 std::string_view after) const;
  // The queues that have this one as their dead-letter queue, by ARN.
  std::vector<const Queue*> dead_letter_sources(const Queue& queue) const;

  // What SendMessage answers. A FIFO queue that has taken the message's deduplication id in the
  // last five minutes answers with what it took then, and takes nothing.
  struct Sent {
    Uuid id{};
    std::string sequence;
  };
  Sent send(Turn& turn, Queue& queue, StoredMessage&& message, std::optional<int> delay_s);

  // Answers by `reply` now or, if nothing can be had and the order may wait, later. It keeps the
  // reply in its place if it throws.
  void receive(Turn& turn, Queue& queue, ReceiveOrder order,
               std::unique_ptr<Reply<std::vector<Delivery>>>& reply);
  // Withdraws the receive that waits where the ticket says; nothing if it does not any more.
  void withdraw(Turn& turn, const Ticket& ticket);
  void remove(Turn& turn, Queue& queue, const ReceiptHandle& handle);
  // Those of the handles that still hold.
  void remove(Turn& turn, Queue& queue, const std::vector<ReceiptHandle>& handles);
  void change_visibility(Turn& turn, Queue& queue, const ReceiptHandle& handle, int timeout_s);
  // Of a receive in this process that has failed: the message is visible again after the delay, and
  // the receive counts. Does nothing if the handle does not hold any more.
  void give_back(Turn& turn, Queue& queue, const ReceiptHandle& handle, int delay_s);
  void purge(Turn& turn, Queue& queue);

  // Moves up to `max` visible messages to the queue `to`, or without one, each to the queue on
  // which it failed; fewer when no more can be had now, when they are enough for a turn, or when
  // the next one's queue is gone: that one then goes to the end of its own.
  struct Moved {
    std::size_t count = 0;
    bool nowhere_to_go = false;
  };
  Moved move(Turn& turn, Queue& from, Queue* to, std::size_t max);

  // Before and after a turn's commands, and when its batch is on disk.
  void begin_turn(Turn& turn);
  void finish_turn(Turn& turn);
  void end_turn(Store& store);
  // Answers all long polls, with nothing.
  void dismiss(Turn& turn);
  std::optional<cloud::Time> alarm() const;

  // Brings the gauges of all queues up to date.
  void measure(const Store& store, cloud::Time now);

 private:
  struct Entry {
    std::unique_ptr<Queue> queue;
    std::unique_ptr<Deduplication> deduplication;  // FIFO only
    std::optional<cloud::Time> alarm;
    std::optional<cloud::Time> purged;
  };

  Entry& add(Queue::Identity identity, QueueAttributes attributes);
  void check_redrive(const QueueAttributes& attributes, const std::string& arn);
  void write_config(Turn& turn, const Queue& queue) const;
  void touch(const Queue& queue) { touched_.insert(queue.identity.id); }
  Entry& entry(const Queue& queue) { return entries_.at(queue.identity.id); }
  Queue* dead_letters(const Queue& queue);
  void set_alarm(std::uint32_t id, Entry& entry);

  std::string endpoint_;
  Metrics& metrics_;
  std::uint32_t next_id_ = 1;
  std::map<std::uint32_t, Entry> entries_;
  std::map<std::string, std::uint32_t, std::less<>> ids_;  // by ARN
  std::set<std::uint32_t> touched_;                        // in this turn
  std::set<std::pair<cloud::Time, std::uint32_t>> alarms_;
};

}  // namespace doorbuster::engine
