// The orders that came in last: those that the checkout may not have heard of yet.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "cloud/async.h"

namespace doorbuster::shop {

// In memory, and bounded: what is forgotten here is known to the workflow, or will be when its
// message has come out of the queue. May be used from any thread.
class RecentOrders {
 public:
  struct Order {
    std::string text;                     // as it is in the queue
    std::optional<cloud::Time> taken_at;  // when it was durable there; absent: it isn't yet
  };

  // How a number stands with a text.
  enum class Standing {
    unknown,
    claimed,  // by this text, which is not known to be durable in the queue
    taken,    // the same, and it is
    foreign,  // by another text
  };

  // Knows the last `known_max` numbers, with a digest of each one's text: some 50 bytes. Of the
  // last `whole_max` it has the text.
  RecentOrders(std::size_t known_max, std::size_t whole_max)
      : known_max_(known_max), whole_max_(whole_max) {}

  Standing look(const std::string& number, const std::string& text) const;

  // The same, and if it was unknown, it is this text's from now on.
  Standing claim(const std::string& number, const std::string& text);

  // It is durable in the queue. One that was taken before stays as it was.
  void take(const std::string& number, cloud::Time now);

  // It will not be: the number is unknown again. One that was taken stays.
  void release(const std::string& number);

  // Nothing if it is unknown, or one of those of which the text is forgotten.
  std::optional<Order> find(const std::string& number) const;

 private:
  using Digest = std::size_t;
  struct Known {
    Digest text;
    bool taken = false;
  };
  Standing standing(const std::string& number, const std::string& text) const;
  void forget_oldest();

  const std::size_t known_max_;
  const std::size_t whole_max_;
  mutable std::mutex mutex_;                 // guards what follows
  std::unordered_map<Digest, Known> known_;  // by the number's digest
  std::deque<Digest> known_oldest_first_;
  std::unordered_map<std::string, Order> whole_;
  std::deque<std::string> whole_oldest_first_;
};

}  // namespace doorbuster::shop
