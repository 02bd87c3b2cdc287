#include "orders/order_json.h"

#include <boost/json.hpp>
#include <utility>

#include "orders/json_values.h"
#include "orders/quoted.h"

namespace doorbuster::orders {
namespace {

namespace json = boost::json;

// Reads one order out of a JSON value and gathers the reasons why it can't.
class OrderReader {
 public:
  OrderReader(const json::object& object, const OrderRules& rules)
      : object_(object), rules_(rules) {}

  ParsedOrder read() {
    order_.id = needed_text("orderId");
    order_.customer_name =
        rules_.name_and_product ? needed_text("customerName") : text("customerName").value_or("");
    order_.product =
        rules_.name_and_product ? needed_text("product") : text("product").value_or("");
    order_.amount = needed_money("amount");
    read_units();
    order_.email = text("email");
    read_submitted_at();
    // What could not be read is not judged, so one fault gives one reason.
    if (!reasons_.empty()) return {std::nullopt, std::move(reasons_)};
    reasons_ = validate(order_, rules_);
    if (!reasons_.empty()) return {std::nullopt, std::move(reasons_)};
    return {std::move(order_), {}};
  }

 private:
  const json::value* find(const char* name) const {
    const json::value* value = object_.if_contains(name);
    return value == nullptr || value->is_null() ? nullptr : value;
  }

  void reject(const char* name, const std::string& fault) {
    reasons_.push_back('"' + std::string(name) + "\" " + fault);
  }

  std::optional<std::string> text(const char* name) {
    const json::value* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (const json::string* found = value->if_string()) return std::string(*found);
    reject(name, must_be("a string", *value));
    return std::nullopt;
  }

  std::string needed_text(const char* name) {
    if (find(name) == nullptr) reject(name, "is missing");
    return text(name).value_or("");
  }

  Money needed_money(const char* name) {
    const json::value* value = find(name);
    if (value == nullptr) {
      reject(name, "is missing");
    } else if (const auto money = read_money(*value)) {
      return *money;
    } else {
      reject(name, must_be_money(*value));
    }
    return {};
  }

  void read_units() {
    const json::value* quantity = find("quantity");
    if (quantity == nullptr && find("unitPrice") == nullptr) return;
    Units& units = order_.units.emplace();
    units.unit_price = needed_money("unitPrice");
    if (quantity == nullptr) {
      reject("quantity", "is missing");
    } else if (const std::int64_t* n = quantity->if_int64()) {
      units.quantity = *n;
    } else {
      reject("quantity", "must be a whole number, not " + (quantity->is_number()
                                                               ? json::serialize(*quantity)
                                                               : std::string(name_of(*quantity))));
    }
  }

  void read_submitted_at() {
    const auto found = text("submittedAt");
    if (!found) return;
    order_.submitted_at = parse_instant(*found);
    if (!order_.submitted_at) {
      reject("submittedAt",
             "must be a time such as \"2026-11-27T00:00:03.123Z\", not " + quoted(*found));
    }
  }

  const json::object& object_;
  const OrderRules& rules_;
  Order order_;
  std::vector<std::string> reasons_;
};

void append_text(std::string& out, const char* name, const std::string& text) {
  out += std::string(",\"") + name + "\":" + json::serialize(json::string(text));
}

}  // namespace

ParsedOrder parse_order(const json::value& value, const OrderRules& rules) {
  const json::object* object = value.if_object();
  if (object == nullptr) return {std::nullopt, {"an order " + must_be("a JSON object", value)}};
  return OrderReader(*object, rules).read();
}

// By hand, because an amount is to stand there as a person writes it.
std::string to_json(const Order& order) {
  std::string out = R"({"orderId":)" + json::serialize(json::string(order.id));
  if (!order.customer_name.empty()) append_text(out, "customerName", order.customer_name);
  if (!order.product.empty()) append_text(out, "product", order.product);
  out += ",\"amount\":" + order.amount.str();
  if (order.units) {
    out += ",\"quantity\":" + std::to_string(order.units->quantity);
    out += ",\"unitPrice\":" + order.units->unit_price.str();
  }
  if (order.email) append_text(out, "email", *order.email);
  if (order.submitted_at) append_text(out, "submittedAt", format_instant(*order.submitted_at));
  return out + '}';
}

}  // namespace doorbuster::orders
