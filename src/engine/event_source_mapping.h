// What feeds a handler of this process from a queue, as Lambda's pollers do a function.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "cloud/arn.h"
#include "cloud/lambda.h"
#include "engine/engine.h"

namespace doorbuster::engine {

// What is polled, for whom.
struct EventSource {
  std::string EventSourceArn;  // of a queue
  std::string FunctionName;
  int BatchSize = 10;          // messages, 1 to 10,000
  int MaximumConcurrency = 2;  // calls at the same time, 1 to 1,000
};

// Polls from construction on, with MaximumConcurrency pollers on the executor, until the engine
// stops. The engine and the executor's context must outlive its pollers: stop the engine, then let
// the context run out of work.
class EventSourceMapping {
 public:
  // Throws cloud::Error InvalidParameterValueException if the source is out of AWS's limits. A
  // queue that is missing, or goes away, is a line in the log; it is polled once it is there.
  EventSourceMapping(Engine& engine, EventSource source, cloud::Handler handler,
                     const boost::asio::any_io_executor& executor);

  // What the function has been given and has failed at, since the start. Any thread.
  struct Counts {
    std::uint64_t invocations = 0;
    std::uint64_t messages = 0;
    std::uint64_t failures = 0;
  };
  Counts counts() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace doorbuster::engine
