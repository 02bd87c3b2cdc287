// What ShipInvoices and RecordSales do alike: take the invoices that a queue's messages tell of to
// a database, and tell the messages that may be deleted from those that may not.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cloud/async.h"
#include "cloud/lambda.h"
#include "cloud/s3.h"
#include "cloud/sqs.h"
#include "functions/database.h"
#include "functions/sqs_event.h"

namespace doorbuster::functions {

// A cloud::Handler for the event of an SQS queue, see sqs_event.h. It fetches every object
// that a message tells of, reads the invoice in it and gives all of them to the database at once.
// Then it answers with the messages that failed:
//
// - permanently: no S3 event, no valid invoice, an object that is gone or too large, the number of
//   another invoice. The reason is kept among the database's rejections, and the message made
//   visible at once, so that it gets to the dead-letter queue without waiting.
// - in passing: S3 couldn't give the object. The message comes back after its visibility timeout,
//   and the reason is kept until the object has been recorded.
//
// A message that tells of several objects has failed if one of them has, the others count. When the
// database fails the call throws, and thus the whole batch comes back.
//
// May be called from any thread, again before an earlier call has ended, and copied; the copies
// share what they remember. A call blocks its thread while the database writes, otherwise never.
// What the constructor is given outlives all calls.
class InvoiceFunction {
 public:
  // Is told of every failure before the call ends, on the call's thread. For logs and metrics.
  using Observer = std::function<void(const MessageFailure&)>;

  InvoiceFunction(cloud::S3& s3, cloud::Sqs& sqs, InvoiceDatabase& database,
                  const cloud::Clock& clock, Observer observer = {});

  // Throws std::invalid_argument if the event isn't a batch of SQS messages, and what the database
  // throws.
  cloud::Async<boost::json::value> operator()(boost::json::value event,
                                              cloud::Context context) const;

 private:
  struct Parts;

  std::shared_ptr<Parts> parts_;
};

}  // namespace doorbuster::functions
