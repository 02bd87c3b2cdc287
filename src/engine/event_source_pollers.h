// What feeds functions from queues, as their event-source mappings say.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "engine/engine.h"

namespace doorbuster::engine {

// Works from construction on, on the executor, until the engine stops: as many pollers a mapping as
// it may call its function at once. The engine and the executor's context must outlive its work:
// stop the engine, then let the context run out of work.
class EventSourcePollers {
 public:
  EventSourcePollers(Engine& engine, const boost::asio::any_io_executor& executor);
};

}  // namespace doorbuster::engine
