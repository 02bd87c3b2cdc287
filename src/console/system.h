// What the system is made of, as the console's pages need to know it.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "topology/checkout.h"

namespace doorbuster::console {

// Where the system is, and what runs it.
struct Site {
  std::string endpoint;  // of the AWS protocols
  std::string version;   // of this program
};

// {"region": ..., "account": ..., "set_up": true, "bucket": ..., "queues": [...], ...}: without the
// resources while they haven't been set up. Throws cloud::Error.
cloud::Async<boost::json::object> describe_system(topology::Account account, Site site);

}  // namespace doorbuster::console
