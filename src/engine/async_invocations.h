// What makes the calls of functions that nobody waits for.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
//
// They wait in queues that the engine keeps (engine/function_events.h); here they are made, beside
// the writer.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "engine/engine.h"

namespace doorbuster::engine {

// Works from construction on, on the executor, until the engine stops. The engine and the
// executor's context must outlive its work: stop the engine, then let the context run out of work.
class AsyncInvocations {
 public:
  AsyncInvocations(Engine& engine, const boost::asio::any_io_executor& executor);
};

}  // namespace doorbuster::engine
