// Which messages a FIFO queue or topic has taken in the last five minutes.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html
//
// It is kept in the store, not in memory: five minutes of a busy queue are many messages. Belongs
// to the writer's thread.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "engine/random.h"
#include "engine/turn.h"

namespace doorbuster::engine {

class Deduplication {
 public:
  explicit Deduplication(std::uint32_t queue) : queue_(queue) {}

  // Takes up what the store has of it.
  void open(const Store& store);

  struct Original {
    Uuid id{};
    std::string sequence;
  };

  // The message that the id was first used for, if that was less than five minutes ago.
  std::optional<Original> find(const Turn& turn, const std::string& id) const;
  void remember(Turn& turn, const std::string& id, const Original& original);

  // When there is something to forget.
  std::optional<cloud::Time> alarm() const { return next_sweep_; }
  // Forgets it, if it is time to; so does remember().
  void wake(Turn& turn);
  void forget_all(Turn& turn);
  void end_turn() { unsaved_.clear(); }

 private:
  void forget_old(Turn& turn);

  std::uint32_t queue_;
  std::optional<cloud::Time> next_sweep_;    // nothing if nothing is remembered
  std::map<std::string, Original> unsaved_;  // of this turn
};

}  // namespace doorbuster::engine
