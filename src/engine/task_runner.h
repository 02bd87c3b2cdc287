// What carries out the tasks of executions: calls functions and other services, beside the writer,
// and tells the execution how each has ended.
// https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
//
// A task that was under way when the process ended is begun again at the next start: whoever is
// called may be called twice.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <string>

#include "cloud/caller.h"
#include "cloud/function_host.h"
#include "engine/engine.h"

namespace doorbuster::engine {

// What a task can call, as the execution's account and role. Both throw cloud::Error as the service
// does, and are called from any thread.
struct TaskServices {
  // A function, by its ARN or name, with a payload of JSON.
  std::function<cloud::Async<cloud::InvocationOutcome>(cloud::Caller caller, std::string function,
                                                       std::string payload)>
      invoke;
  // Any operation: the service's name as in credentials ("s3"), the operation's ("PutObject"), its
  // input and output as JSON, whose members begin with a capital.
  std::function<cloud::Async<boost::json::value>(cloud::Caller caller, std::string service,
                                                 std::string operation, boost::json::value input)>
      call;
};

// Works from construction on, on the executor, until the engine stops. The engine, the services and
// the executor's context must outlive its work: stop the engine, then let the context run out of
// work.
class TaskRunner {
 public:
  TaskRunner(Engine& engine, TaskServices services, const boost::asio::any_io_executor& executor);
};

}  // namespace doorbuster::engine
