// AWS Lambda: what a function is, and the mapping that feeds it from a queue.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <string>

#include "cloud/async.h"

namespace doorbuster::cloud {

// What a function is told about the call it serves.
struct Context {
  std::string FunctionName;
  std::string AwsRequestId;
};

// A function: an event of AWS's own shape in, a result of AWS's own shape out. It may be called
// again before an earlier call has ended, from any thread. What it throws fails the call.
using Handler = std::function<Async<boost::json::value>(boost::json::value event, Context)>;

// A mapping polls the queue and calls the function with batches of messages. The function answers
// {"batchItemFailures": [{"itemIdentifier": MESSAGE_ID}]}: those messages, or the whole batch if it
// throws, stay in flight until their visibility timeout ends; the others are deleted.
struct CreateEventSourceMappingRequest {
  std::string EventSourceArn;
  std::string FunctionName;
  int BatchSize = 10;          // messages, 1 to 10,000
  int MaximumConcurrency = 2;  // calls at the same time
};

class Lambda {
 public:
  virtual ~Lambda() = default;
};

}  // namespace doorbuster::cloud
