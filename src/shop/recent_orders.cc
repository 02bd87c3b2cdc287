#include "shop/recent_orders.h"

#include <algorithm>
#include <functional>

namespace doorbuster::shop {
namespace {

// Of a number, which nobody chooses, or of a text, with which nobody can deceive but himself.
std::size_t digest(const std::string& text) {
  return std::hash<std::string>()(text);
}

// One that came lately, so that it is near the end.
template <class T>
void erase_last(std::deque<T>& oldest_first, const T& value) {
  const auto found = std::find(oldest_first.rbegin(), oldest_first.rend(), value);
  if (found != oldest_first.rend()) oldest_first.erase(std::next(found).base());
}

}  // namespace

RecentOrders::Standing RecentOrders::look(const std::string& number,
                                          const std::string& text) const {
  const std::lock_guard held(mutex_);
  return standing(number, text);
}

RecentOrders::Standing RecentOrders::claim(const std::string& number, const std::string& text) {
  const std::lock_guard held(mutex_);
  const Standing before = standing(number, text);
  if (before != Standing::unknown) return before;
  known_.emplace(digest(number), Known{digest(text)});
  known_oldest_first_.push_back(digest(number));
  whole_.emplace(number, Order{text, std::nullopt});
  whole_oldest_first_.push_back(number);
  forget_oldest();
  return before;
}

void RecentOrders::take(const std::string& number, cloud::Time now) {
  const std::lock_guard held(mutex_);
  const auto known = known_.find(digest(number));
  if (known == known_.end() || known->second.taken) return;
  known->second.taken = true;
  const auto whole = whole_.find(number);
  if (whole != whole_.end()) whole->second.taken_at = now;
}

void RecentOrders::release(const std::string& number) {
  const std::lock_guard held(mutex_);
  const auto known = known_.find(digest(number));
  if (known == known_.end() || known->second.taken) return;
  known_.erase(known);
  erase_last(known_oldest_first_, digest(number));
  if (whole_.erase(number) > 0) erase_last(whole_oldest_first_, number);
}

std::optional<RecentOrders::Order> RecentOrders::find(const std::string& number) const {
  const std::lock_guard held(mutex_);
  const auto found = whole_.find(number);
  if (found == whole_.end()) return std::nullopt;
  return found->second;
}

RecentOrders::Standing RecentOrders::standing(const std::string& number,
                                              const std::string& text) const {
  const auto known = known_.find(digest(number));
  if (known == known_.end()) return Standing::unknown;
  if (known->second.text != digest(text)) return Standing::foreign;
  return known->second.taken ? Standing::taken : Standing::claimed;
}

void RecentOrders::forget_oldest() {
  if (known_oldest_first_.size() > known_max_) {
    known_.erase(known_oldest_first_.front());
    known_oldest_first_.pop_front();
  }
  if (whole_oldest_first_.size() > whole_max_) {
    whole_.erase(whole_oldest_first_.front());
    whole_oldest_first_.pop_front();
  }
}

}  // namespace doorbuster::shop
