// Runs handlers of ours as functions on Lambda: the `bootstrap` of a provided.* runtime.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
#pragma once

#include <map>
#include <string>

#include "cloud/lambda.h"

namespace doorbuster::runtime {

// Serves the handler that _HANDLER names with the events of the Runtime API at
// AWS_LAMBDA_RUNTIME_API, one after another; what it throws fails the event it was given. Returns
// the process's exit code once that API is gone, or at once if there is no such handler, or if this
// is no environment of Lambda's; standard error then says so.
int run_bootstrap(const std::map<std::string, cloud::Handler>& handlers);

}  // namespace doorbuster::runtime
