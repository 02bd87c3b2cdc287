#include "shop/recent_orders.h"

namespace doorbuster::shop {

std::optional<RecentOrders::Order> RecentOrders::claim(const std::string& number,
                                                       const std::string& text) {
  const std::lock_guard held(mutex_);
  const auto [found, is_new] = orders_.try_emplace(number, Order{text, std::nullopt});
  if (!is_new) return found->second;
  oldest_first_.push_back(number);
  if (oldest_first_.size() > max_) {
    orders_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  return std::nullopt;
}

void RecentOrders::take(const std::string& number, cloud::Time now) {
  const std::lock_guard held(mutex_);
  const auto found = orders_.find(number);
  if (found != orders_.end() && !found->second.taken_at) found->second.taken_at = now;
}

std::optional<RecentOrders::Order> RecentOrders::find(const std::string& number) const {
  const std::lock_guard held(mutex_);
  const auto found = orders_.find(number);
  if (found == orders_.end()) return std::nullopt;
  return found->second;
}

}  // namespace doorbuster::shop
