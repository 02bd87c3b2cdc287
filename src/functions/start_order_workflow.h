// StartOrderWorkflow: the function that takes orders from a queue into the checkout.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cloud/lambda.h"
#include "cloud/sqs.h"
#include "cloud/step_functions.h"
#include "functions/sqs_event.h"

namespace doorbuster::functions {

// A cloud::Handler for the event of an SQS queue, see sqs_event.h. Each message is an order, see
// orders/order_json.h, or {"order": {...}}; an execution of the state machine is started for each,
// named by the order's id. Its input is {"order": {...}, "queue": {"messageId": "...", "sentAt":
// "2026-11-27T00:00:03.123Z"}}: the order as it came, and when it came into the queue. Then it
// answers with the messages that failed:
//
// - permanently: no JSON object with an orderId that can name an execution, or the id of another
//   order. It is made visible at once, so that it gets to the dead-letter queue without waiting.
// - in passing: Step Functions couldn't start it. The message comes back.
//
// An order with an id that is fine in itself but wrong otherwise is started: the workflow says so.
// A message that comes again finds its execution there, and is dealt with.
//
// May be called from any thread, again before an earlier call has ended, and copied. What the
// constructor is given outlives all calls.
class StartOrderWorkflow {
 public:
  // Is told of every failure before the call ends, on the call's thread. For logs and metrics.
  using Observer = std::function<void(const MessageFailure&)>;

  StartOrderWorkflow(cloud::StepFunctions& step_functions, cloud::Sqs& sqs,
                     std::string state_machine_arn, Observer observer = {});

  // Throws std::invalid_argument if the event isn't a batch of SQS messages.
  cloud::Async<boost::json::value> operator()(boost::json::value event,
                                              cloud::Context context) const;

 private:
  struct Parts;

  std::shared_ptr<Parts> parts_;
};

// Why a message in the queue's dead letters could not be started, as far as its body tells.
std::string why_no_order(const std::string& body);

// The id that the message names; nothing if it names none.
std::optional<std::string> order_id_in(const std::string& body);

}  // namespace doorbuster::functions
