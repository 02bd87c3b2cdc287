// Runs handlers of ours as functions on Lambda: the `bootstrap` of a provided.* runtime.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
#pragma once

#include <functional>
#include <map>
#include <string>

#include "cloud/lambda.h"

namespace doorbuster::runtime {

// Makes what a handler stands on, and the handler. What it throws fails the call that waits for it,
// and the process ends: the next call finds another, which tries again.
using MakeHandler = std::function<cloud::Handler()>;

// Serves the handler that _HANDLER names with the events of the Runtime API at
// AWS_LAMBDA_RUNTIME_API, one after another; what it throws fails the event it was given. Returns
// the process's exit code once that API is gone, or at once if there is no such handler, or if this
// is no environment of Lambda's; standard error then says so.
int run_bootstrap(const std::map<std::string, MakeHandler>& makers);

}  // namespace doorbuster::runtime
