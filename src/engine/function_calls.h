// Calling a function: on the writer it begins and ends, in a host it runs.
#pragma once

#include <optional>
#include <string>

#include "cloud/function_host.h"
#include "engine/engine.h"

namespace doorbuster::engine {

// Gives the deployment its code, if it is a zip.
void attach_code(const Engine& engine, const std::optional<Piece>& code,
                 cloud::Deployment& deployment);

// Calls on behalf of `caller`, or of the service itself if there is none. Throws what
// Functions::begin() throws, and a cloud::Error of status 5xx if the host could not begin. Once
// begun it goes to its end, whoever is cancelled. A function that is changed while its call waits
// runs as it is then.
cloud::Async<cloud::InvocationOutcome> call_function(Engine& engine,
                                                     std::optional<cloud::Caller> caller,
                                                     std::string function_arn,
                                                     cloud::Invocation invocation);

// How a call that had begun came to its end, for Functions::end().
struct EndedCall {
  std::string function_arn;
  bool failed = false;
  std::optional<std::chrono::milliseconds> took;

  void tell(Functions& functions) const { functions.end(function_arn, failed, took); }
};

// The part of it between: what the function answered, or what the host threw. Nothing if the call
// was not begun after all, because its code had gone.
struct RanCall {
  std::optional<cloud::InvocationOutcome> outcome;
  std::exception_ptr failure;
  EndedCall end;
};
cloud::Async<RanCall> run_call(Engine& engine, BegunCall call, cloud::Invocation invocation);

// What to give to the call: a copy only where it may begin again, which it does if its code can go.
// A payload has up to 6 MB.
cloud::Invocation take_for(const BegunCall& call, cloud::Invocation& invocation);

// In a host. A function whose answer is too large has failed.
cloud::Async<cloud::InvocationOutcome> run_function(Engine& engine, cloud::Deployment deployment,
                                                    cloud::Invocation invocation);

}  // namespace doorbuster::engine
