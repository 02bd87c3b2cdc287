// The order as JSON: what the shop's form posts, and what travels through the checkout.
//
//   {"orderId": "o-1", "customerName": "Ada", "product": "LANTERN", "amount": 19.99,
//    "quantity": 1, "unitPrice": 19.99, "email": "ada@example.com",
//    "submittedAt": "2026-11-27T00:00:03.123Z"}
//
// orderId and amount are needed, the others as OrderRules and order.h say; quantity and unitPrice
// come together. Fields that aren't listed are ignored, and one that is null counts as absent.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <vector>

#include "orders/order.h"

namespace doorbuster::orders {

// Either a valid order and no reasons, or no order and at least one reason.
struct ParsedOrder {
  std::optional<Order> order;
  std::vector<std::string> reasons;
};

// Reads and validates; whatever is wrong comes back as reasons. Throws nothing but std::bad_alloc.
ParsedOrder parse_order(const boost::json::value& json, const OrderRules& rules);

// On one line, fields in a fixed order. Needs a valid order; parse_order() gives it back as it was.
std::string to_json(const Order& order);

}  // namespace doorbuster::orders
