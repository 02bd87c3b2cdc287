// ProcessPayment: the function that has an order paid.
#pragma once

#include "cloud/lambda.h"
#include "cloud/metric_recorder.h"
#include "functions/payment_provider.h"
#include "orders/order.h"

namespace doorbuster::functions {

// A cloud::Handler. Takes {"order": {...}, "attempt": N} or the order itself, see
// orders/order_json.h; `attempt` counts the calls for this order that failed before. Answers
//
//   {"paymentStatus": "SUCCESS", "transactionId": "TXN-...", "orderId": "o-1", "amount": 19.99,
//    "invoice": {...}}
//
// with the invoice of docs/invoice.md that belongs into the bucket, or, without one, "FAILED" and
// the "reason" why the payment was declined. The order's id is the idempotency key: the same order
// gets the same answer however often it is asked for.
//
// The call fails with the type PaymentProviderUnavailable if it should be made again,
// PaymentConflict if another amount has been asked of the same order, OrderInvalid if it is no
// valid order. Any thread; the provider and the recorder outlive all calls.
//
// Records PaymentsSucceeded, PaymentsDeclined and Revenue, which is what was paid: of answers that
// were given, so a call that has to be made again because its answer was lost counts again.
class ProcessPayment {
 public:
  ProcessPayment(PaymentProvider& provider, orders::OrderRules rules,
                 cloud::MetricRecorder& recorder);

  cloud::Async<boost::json::value> operator()(boost::json::value event,
                                              cloud::Context context) const;

 private:
  PaymentProvider* provider_;
  orders::OrderRules rules_;
  cloud::MetricRecorder* recorder_;
};

}  // namespace doorbuster::functions
