// The order that a function of the checkout is called with.
#pragma once

#include <boost/json/value.hpp>

#include "orders/order_json.h"

namespace doorbuster::functions {

// {"order": {...}} or the order itself: the order.
const boost::json::value& order_in(const boost::json::value& event);

// "REASON; REASON".
std::string joined(const std::vector<std::string>& reasons);

}  // namespace doorbuster::functions
