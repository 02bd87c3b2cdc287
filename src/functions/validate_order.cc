#include "functions/validate_order.h"

#include <boost/json.hpp>

#include "functions/json_fields.h"
#include "functions/order_event.h"
#include "orders/json_values.h"

namespace doorbuster::functions {
namespace {

namespace json = boost::json;

json::value said_id(const json::value& order) {
  const auto id = text(order, "orderId");
  return id ? json::value(*id) : json::value();
}

json::value said_amount(const json::value& order) {
  const json::value* amount = field(order, "amount");
  const auto money = amount == nullptr ? std::nullopt : orders::read_money(*amount);
  return money ? orders::money_value(*money) : json::value();
}

json::value answer(const json::value& event, const orders::OrderRules& rules) {
  const json::value& order = order_in(event);
  const orders::ParsedOrder parsed = orders::parse_order(order, rules);
  const bool valid = parsed.order.has_value();
  return json::object{{"statusCode", valid ? 200 : 400},
                      {"orderId", said_id(order)},
                      {"amount", said_amount(order)},
                      {"isValid", valid},
                      {"message", valid ? "The order is valid." : joined(parsed.reasons)}};
}

cloud::Async<json::value> answered(json::value result) {
  co_return result;
}

}  // namespace

cloud::Async<json::value> ValidateOrder::operator()(json::value event, cloud::Context) const {
  return answered(answer(event, rules_));
}

}  // namespace doorbuster::functions
