// Real AWS, and whatever speaks like it, as the interfaces of cloud/.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "aws/settings.h"
#include "cloud/async.h"
#include "cloud/services.h"

namespace doorbuster::aws {

struct Options {
  Settings settings;
  const cloud::Clock& clock;  // for the signatures; outlives the services
  // From 0 to 1, for the waits between attempts; any thread. The system's chance if empty.
  std::function<double()> random = {};
};

// Every request is signed with the settings' credentials, whoever the Caller is that a service was
// asked for. What the service says may pass, and what the network swallowed, is tried again
// (aws/retry.h), unless its body came from a stream. Beside AWS's own errors there are, all of
// status 503: EndpointConnectionError and SSLError (nothing was sent), ConnectionClosedError and
// ReadTimeoutError (it may have been carried out).
std::unique_ptr<cloud::Services> make_services(Options options);

}  // namespace doorbuster::aws
