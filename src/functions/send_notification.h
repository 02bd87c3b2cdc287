// SendNotification: the function that tells the world what became of an order.
#pragma once

#include <string>

#include "cloud/lambda.h"
#include "cloud/sns.h"

namespace doorbuster::functions {

// A cloud::Handler. Takes
//
//   {"outcome": "OrderCompleted", "orderId": "o-1", "amount": 19.99, "transactionId": "TXN-...",
//    "reason": "...", "order": {"customerName": "Ada", "email": "ada@example.com"}}
//
// of which only `outcome` is needed: OrderCompleted, PaymentDeclined, PaymentFailed or
// OrderInvalid. Publishes a subject and a text for people, with the attributes outcome, orderId,
// amount and email, as far as they are known, for filter policies. Answers {"messageId": "..."}.
// Fails with NotificationInvalid if there is no such outcome, and as Publish does.
//
// A call that is made again publishes again: SNS delivers at least once anyway, and orderId and
// outcome say what is a repetition. Any thread; the service outlives all calls.
class SendNotification {
 public:
  SendNotification(cloud::Sns& sns, std::string topic_arn)
      : sns_(&sns), topic_arn_(std::move(topic_arn)) {}

  cloud::Async<boost::json::value> operator()(boost::json::value event,
                                              cloud::Context context) const;

 private:
  cloud::Sns* sns_;
  std::string topic_arn_;
};

}  // namespace doorbuster::functions
