// Calling a function: on the writer it begins and ends, in a host it runs.
#pragma once

#include <optional>
#include <string>

#include "cloud/function_host.h"
#include "engine/engine.h"

namespace doorbuster::engine {

// Gives the deployment its code, if it is a zip.
void attach_code(const Engine& engine, const Function& function, cloud::Deployment& deployment);

// Calls on behalf of `caller`, or of the service itself if there is none. Throws what
// Functions::permitted() and Functions::begin() throw, and a cloud::Error of status 5xx if the host
// could not begin. Once begun it goes to its end, whoever is cancelled. A function that is changed
// while its call waits runs as it is then.
cloud::Async<cloud::InvocationOutcome> call_function(Engine& engine,
                                                     std::optional<cloud::Caller> caller,
                                                     std::string function_arn,
                                                     cloud::Invocation invocation);

// The part of it between begin() and end(). A function whose answer is too large has failed.
cloud::Async<cloud::InvocationOutcome> run_function(Engine& engine, cloud::Deployment deployment,
                                                    cloud::Invocation invocation);

}  // namespace doorbuster::engine
