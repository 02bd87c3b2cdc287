#include "functions/process_payment.h"

#include <boost/json.hpp>

#include "cloud/error.h"
#include "functions/json_fields.h"
#include "functions/order_event.h"
#include "orders/invoice_json.h"
#include "orders/json_values.h"

namespace doorbuster::functions {
namespace {

namespace json = boost::json;

orders::Order valid_order(const json::value& event, const orders::OrderRules& rules) {
  orders::ParsedOrder parsed = orders::parse_order(order_in(event), rules);
  if (!parsed.order) throw cloud::Error("OrderInvalid", joined(parsed.reasons));
  return std::move(*parsed.order);
}

int attempt_of(const json::value& event) {
  const json::value* attempt = field(event, "attempt");
  json::error_code not_a_number;
  const int n = attempt == nullptr ? 0 : attempt->to_number<int>(not_a_number);
  return not_a_number || n < 0 ? 0 : n;
}

json::value answer(const orders::Order& order, const Payment& payment) {
  json::object result{{"paymentStatus", payment.taken ? "SUCCESS" : "FAILED"},
                      {"transactionId", payment.transaction_id},
                      {"orderId", order.id},
                      {"amount", orders::money_value(order.amount)}};
  if (payment.taken) {
    result["invoice"] = orders::to_value(orders::invoice_of(order, payment.at));
  } else {
    result["reason"] = payment.reason;
  }
  return result;
}

// What succeeded and what was declined are metrics from the start on, so that there is a rate.
void count(cloud::MetricRecorder& recorder, int succeeded, int declined, double revenue) {
  recorder.add("PaymentsSucceeded", succeeded, "Count");
  recorder.add("PaymentsDeclined", declined, "Count");
  recorder.add("Revenue", revenue, "None");
}

double in_units(orders::Money amount) {
  return static_cast<double>(amount.ten_thousandths()) / orders::Money::kUnit;
}

cloud::Async<json::value> pay(PaymentProvider& provider, orders::OrderRules rules,
                              cloud::MetricRecorder& recorder, json::value event) {
  const orders::Order order = valid_order(event, rules);
  PaymentRequest request{order.id, order.id, order.amount, attempt_of(event)};
  const Payment payment = co_await provider.charge(std::move(request));
  if (payment.taken) {
    count(recorder, 1, 0, in_units(payment.amount));
  } else {
    count(recorder, 0, 1, 0);
  }
  co_return answer(order, payment);
}

}  // namespace

ProcessPayment::ProcessPayment(PaymentProvider& provider, orders::OrderRules rules,
                               cloud::MetricRecorder& recorder)
    : provider_(&provider), rules_(rules), recorder_(&recorder) {
  count(recorder, 0, 0, 0);
}

cloud::Async<json::value> ProcessPayment::operator()(json::value event, cloud::Context) const {
  return pay(*provider_, rules_, *recorder_, std::move(event));
}

}  // namespace doorbuster::functions
