// The messages of one queue that wait to be received, in the order in which they will be.
//
// Memory follows what is about to be handed out: a shelf keeps a window of messages, from the first
// that waits; what comes behind the window is only on disk and is read when its turn comes.
//
// All classes here belong to the writer's thread.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/message.h"
#include "engine/turn.h"

namespace doorbuster::engine {

// Where a queue keeps its messages.
std::string message_key(std::uint32_t queue, std::uint64_t sequence);

struct Waiting {
  std::uint64_t sequence = 0;
  StoredMessage message;
};

class Shelf {
 public:
  // `first` is the first sequence that may still wait, `seen` the window_end() up to which messages
  // may have been taken, `end` the one after the last ever given.
  Shelf(std::uint32_t queue, std::uint64_t first, std::uint64_t seen, std::uint64_t end)
      : queue_(queue), window_end_(first), seen_(seen), end_(end), saved_end_(end) {}
  virtual ~Shelf() = default;

  // Reads the first window, after in_flight() has named what was received before.
  virtual void open(const Store& store) = 0;

  // A new message. Its sequence is end(); it is in this turn's batch already.
  virtual void add(StoredMessage&& message) = 0;

  // Takes the next message off the shelf. Nothing if none can be had now.
  virtual std::optional<Waiting> take(const Store& store) = 0;

  // One receive request has all it will get.
  virtual void end_receive() {}

  // A message that was taken is visible again, was removed, or (on opening) is in flight.
  virtual void put_back(std::uint64_t sequence, const std::string& group) = 0;
  virtual void removed(const std::string& group) = 0;
  virtual void in_flight(std::uint64_t sequence, const std::string& group) = 0;

  // Removes a message that was put back.
  virtual void drop(std::uint64_t sequence, const std::string& group) = 0;

  // Removes the first message, if it was never taken and was sent at `sent_until` or before.
  virtual std::optional<std::uint64_t> drop_expired(const Store& store, cloud::Time sent_until) = 0;

  // The first sequence that may still wait and was never taken.
  virtual std::uint64_t first() const = 0;

  // How many wait.
  virtual std::uint64_t count() const = 0;

  // When the first of those that were never taken was sent, if there is one.
  virtual std::optional<cloud::Time> first_sent(const Store& store) const = 0;

  virtual void clear() = 0;

  // The turn's batch is on disk.
  virtual void end_turn() = 0;

  std::uint64_t end() const { return end_; }

  // The first sequence that is not in the window: neither it nor any after it was ever taken.
  std::uint64_t window_end() const { return window_end_; }

 protected:
  std::optional<StoredMessage> load(const Store& store, std::uint64_t sequence) const;

  const std::uint32_t queue_;
  std::uint64_t window_end_;
  std::uint64_t seen_;  // the window's end before this was opened
  std::uint64_t end_;
  std::uint64_t saved_end_;  // what is before it can be read from the store
};

// First in, first out as far as visibility timeouts allow: what is visible again comes first.
class StandardShelf final : public Shelf {
 public:
  using Shelf::Shelf;

  void open(const Store& store) override { refill(store); }
  void add(StoredMessage&& message) override;
  std::optional<Waiting> take(const Store& store) override;
  void put_back(std::uint64_t sequence, const std::string& group) override;
  void removed(const std::string& /*group*/) override {}
  void in_flight(std::uint64_t /*sequence*/, const std::string& /*group*/) override {}
  void drop(std::uint64_t sequence, const std::string& group) override;
  std::optional<std::uint64_t> drop_expired(const Store& store, cloud::Time sent_until) override;
  std::uint64_t first() const override;
  std::uint64_t count() const override;
  std::optional<cloud::Time> first_sent(const Store& store) const override;
  void clear() override;
  void end_turn() override;

 private:
  std::optional<Waiting> take_again(const Store& store);
  void refill(const Store& store);
  void push(StoredMessage&& message);
  Waiting pop();

  std::deque<Waiting> window_;
  std::size_t window_bytes_ = 0;
  std::deque<StoredMessage> unsaved_;  // of this turn, behind the window: they end at end_
  std::set<std::uint64_t> again_;      // visible again
};

// Groups in order: while a message of a group is in flight, the rest of the group waits.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
class FifoShelf final : public Shelf {
 public:
  using Shelf::Shelf;

  void open(const Store& store) override { refill(store); }
  void add(StoredMessage&& message) override;
  std::optional<Waiting> take(const Store& store) override;
  void end_receive() override { open_group_.reset(); }
  void put_back(std::uint64_t sequence, const std::string& group) override;
  void removed(const std::string& group) override;
  void in_flight(std::uint64_t sequence, const std::string& group) override;
  void drop(std::uint64_t sequence, const std::string& group) override;
  std::optional<std::uint64_t> drop_expired(const Store& store, cloud::Time sent_until) override;
  std::uint64_t first() const override;
  std::uint64_t count() const override;
  std::optional<cloud::Time> first_sent(const Store& store) const override;
  void clear() override;
  void end_turn() override;

 private:
  struct Group {
    std::set<std::uint64_t> waiting;
    int in_flight = 0;
  };

  void refill(const Store& store);
  void push(std::uint64_t sequence, const std::string& group);
  void settle(const std::string& name, Group& group);

  std::map<std::string, Group> groups_;
  std::set<std::pair<std::uint64_t, std::string>>
      ready_;                                       // groups that can be taken from, oldest first
  std::optional<std::string> open_group_;           // the one that this receive has begun
  std::set<std::uint64_t> window_;                  // waiting, in or out of ready_
  std::set<std::uint64_t> received_;                // when opened, behind the window's end
  std::map<std::uint64_t, StoredMessage> unsaved_;  // of this turn
};

}  // namespace doorbuster::engine
