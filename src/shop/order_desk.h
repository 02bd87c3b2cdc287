// Takes orders: what POST /submit-order does.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "cloud/sqs.h"
#include "orders/order.h"
#include "shop/answers.h"
#include "shop/order_status.h"
#include "shop/recent_orders.h"

namespace doorbuster::shop {

struct OrderDeskOptions {
  std::string queue = "orders-queue";
  orders::OrderRules rules;
  std::size_t recent_max = 50'000;        // orders that can be shown before the checkout has them
  std::size_t under_way_max = 4'000;      // orders that wait to be durable
  std::uint64_t waiting_max = 1'000'000;  // messages in the queue; as many are known by their keys
};

// May be used from any thread. What it is given outlives it and its operations. The queue may be
// made while it is there: until then no order is taken.
class OrderDesk {
 public:
  // `random` gives bytes that nobody can guess.
  OrderDesk(OrderDeskOptions options, cloud::Sqs& sqs, const OrderTracker& tracker,
            const cloud::Clock& clock, std::function<std::string(std::size_t)> random);

  // Completes with the order's number once the order is durable in the queue, whatever happens to
  // us then. `body` is its JSON; it is given its number here. An order that comes with the key of
  // one that is there already is that order, if it's the same. Throws Problem.
  cloud::Async<std::string> take(std::string body, std::optional<std::string> idempotency_key);

  // An order of which the checkout may not know yet.
  std::optional<OrderStatus> recent(const std::string& number) const;

  // An order that was in the queue before we were, with its message's time: as if it had been taken
  // here. What is no order of this desk's is left.
  void recall(const std::string& text, cloud::Time sent);

  // Messages in the queue, as of a moment ago. Throws Problem if it can't be told now.
  cloud::Async<std::uint64_t> waiting();

  // Whether there is a queue to take orders into.
  cloud::Async<bool> is_set_up();

 private:
  cloud::Async<bool> is_there(const std::string& number, const std::string& text);
  cloud::Async<std::string> queue_url();
  cloud::Async<std::uint64_t> ask_waiting();
  cloud::Async<void> require_room();
  cloud::Async<void> send(const std::string& number, std::string text);

  const OrderDeskOptions options_;
  cloud::Sqs& sqs_;
  const OrderTracker& tracker_;
  const cloud::Clock& clock_;
  const std::function<std::string(std::size_t)> random_;
  RecentOrders recent_;
  std::atomic<std::size_t> under_way_ = 0;
  std::mutex mutex_;       // guards what follows
  std::string queue_url_;  // empty: not known yet
  std::uint64_t waiting_ = 0;
  std::uint64_t taken_since_ = 0;  // since the queue was asked
  cloud::Time waiting_at_{};       // when the queue was asked last
};

}  // namespace doorbuster::shop
