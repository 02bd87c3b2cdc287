// The order: what a customer asks for at the shop, before it is paid.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "orders/invoice.h"
#include "orders/money.h"
#include "orders/timestamp.h"

namespace doorbuster::orders {

// So many at so much each.
struct Units {
  std::int64_t quantity = 0;
  Money unit_price;

  friend bool operator==(const Units&, const Units&) = default;
};

struct Order {
  std::string id;             // also the number of its invoice, and what its payment goes by
  std::string customer_name;  // empty: it doesn't say
  std::string product;        // empty: it doesn't say
  Money amount;
  std::optional<Units> units;  // what the amount is made of; absent: one at the amount
  std::optional<std::string> email;
  std::optional<Instant> submitted_at;

  friend bool operator==(const Order&, const Order&) = default;
};

// Limits on an order.
inline constexpr std::size_t kOrderTextMax = 200;  // characters of a name or a product
inline constexpr std::size_t kEmailMax = 254;      // bytes, as RFC 5321 has room for

struct OrderRules {
  // At most 100,000,000,000, so that every amount is exact as a JSON number.
  Money amount_below = Money::from_ten_thousandths(10'000 * Money::kUnit);
  // The shop's door wants to know who asks for what; whoever starts the workflow by hand may leave
  // it out.
  bool name_and_product = false;
};

// Every reason for which the order can't be taken, each beginning with the field that it is about,
// by its name in JSON; empty for a valid one.
std::vector<std::string> validate(const Order& order, const OrderRules& rules);

// The sale that a valid order has become when it was paid. It is dated when the order was
// submitted, or paid if the order doesn't say. What has no product is sold as "ORDER".
Invoice invoice_of(const Order& order, Instant paid_at);

}  // namespace doorbuster::orders
