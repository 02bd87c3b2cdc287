// What carries out the tasks of executions: calls functions and other services, beside the writer,
// and tells the execution how each has ended.
// https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
//
// A task that was under way when the process ended is begun again at the next start: whoever is
// called may be called twice. Only nested executions are the engine's own business: they are
// started once.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <string>

#include "cloud/services.h"
#include "engine/engine.h"

namespace doorbuster::engine {

// Any operation of a service, as the execution's account and role: the service's name as in
// credentials ("s3"), the operation's ("PutObject"), its input and output as JSON, whose members
// begin with a capital; JSON may stand where the service wants text. Throws cloud::Error as the
// service does; called from any thread.
using CallOperation = std::function<cloud::Async<boost::json::value>(
    cloud::Services& services, cloud::Caller caller, std::string service, std::string operation,
    boost::json::value input)>;

// Works from construction on, on the executor, until the engine stops. The engine, the services and
// the executor's context must outlive its work: stop the engine, then let the context run out of
// work.
class TaskRunner {
 public:
  TaskRunner(Engine& engine, cloud::Services& services, CallOperation call,
             const boost::asio::any_io_executor& executor);
};

}  // namespace doorbuster::engine
