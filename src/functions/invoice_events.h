// The events that bring invoices: a batch of an SQS queue's messages, in each an S3 event, with the
// envelope of the SNS topic in between around it or without.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/async.h"

namespace doorbuster::functions {

struct QueueMessage {
  std::string id;
  std::string receipt_handle;
  std::string body;
  std::string queue_arn;
  int receives = 1;  // this one included
};

struct CreatedObject {
  std::string bucket;
  std::string key;                        // decoded
  std::uint64_t size = 0;                 // bytes, 0 if the event doesn't say
  std::optional<cloud::Time> created_at;  // to the second
};

// A message is no event of S3's. It will not become one.
class NotAnS3Event : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws std::invalid_argument if the event isn't a batch of SQS messages.
std::vector<QueueMessage> parse_sqs_event(const boost::json::value& event);

// The objects whose creation the body of a message tells of, in its order; none if it tells of
// something else, or is the test that S3 sends when notifications are set up. Throws NotAnS3Event.
std::vector<CreatedObject> parse_s3_event(std::string_view body);

}  // namespace doorbuster::functions
