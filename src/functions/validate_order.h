// ValidateOrder: the function that says whether an order can be taken.
#pragma once

#include "cloud/lambda.h"
#include "orders/order.h"

namespace doorbuster::functions {

// A cloud::Handler. Takes {"order": {...}} or the order itself, see orders/order_json.h, and
// answers
//
//   {"statusCode": 200, "orderId": "o-1", "amount": 19.99, "isValid": true,
//    "message": "The order is valid."}
//
// or 400, false and all reasons against it; orderId and amount are then what the order says, null
// if it says nothing that can be read. Never throws because of an order. Any thread.
class ValidateOrder {
 public:
  explicit ValidateOrder(orders::OrderRules rules) : rules_(rules) {}

  cloud::Async<boost::json::value> operator()(boost::json::value event,
                                              cloud::Context context) const;

 private:
  orders::OrderRules rules_;
};

}  // namespace doorbuster::functions
