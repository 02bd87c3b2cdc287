// The batch of an SQS queue's messages that a function is called with, and what it can do to them.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
#pragma once

#include <boost/json/value.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cloud/async.h"
#include "cloud/sqs.h"

namespace doorbuster::functions {

struct QueueMessage {
  std::string id;
  std::string receipt_handle;
  std::string body;
  std::string queue_arn;
  int receives = 1;                    // this one included
  std::optional<cloud::Time> sent_at;  // when it came into the queue
};

// A message that has not been dealt with. A permanent failure comes again however often the message
// does; one that isn't may be over by the next time.
struct MessageFailure {
  std::string message_id;
  bool permanent = false;
  int receives = 1;
  std::string reason;
};

// Throws std::invalid_argument if the event isn't a batch of SQS messages.
std::vector<QueueMessage> parse_sqs_event(const boost::json::value& event);

// {"batchItemFailures": [{"itemIdentifier": ID}]}.
boost::json::value batch_item_failures(const std::vector<MessageFailure>& failures);

// Makes messages visible again before their time, so that one that can never be dealt with gets to
// the dead-letter queue without waiting. May be called from any thread, again before an earlier
// call has ended.
class Releaser {
 public:
  // The service outlives it.
  explicit Releaser(cloud::Sqs& sqs) : sqs_(sqs) {}

  // An attempt, which never throws: if it fails the messages only take longer. They must live until
  // it has completed.
  cloud::Async<void> release(std::vector<const QueueMessage*> messages);

 private:
  cloud::Async<std::string> queue_url(std::string arn);
  cloud::Async<void> release_from(std::string queue_url,
                                  const std::vector<const QueueMessage*>& messages);

  cloud::Sqs& sqs_;
  std::mutex mutex_;
  std::map<std::string, std::string> queue_urls_;  // by ARN, guarded by mutex_
};

}  // namespace doorbuster::functions
