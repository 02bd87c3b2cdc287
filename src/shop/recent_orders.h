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

  explicit RecentOrders(std::size_t max) : max_(max) {}

  // What there is under this number. If there is nothing, `text` is from now on.
  std::optional<Order> claim(const std::string& number, const std::string& text);

  // It is durable in the queue. One that was taken before stays as it was.
  void take(const std::string& number, cloud::Time now);

  std::optional<Order> find(const std::string& number) const;

 private:
  const std::size_t max_;
  mutable std::mutex mutex_;  // guards what follows
  std::unordered_map<std::string, Order> orders_;
  std::deque<std::string> oldest_first_;
};

}  // namespace doorbuster::shop
