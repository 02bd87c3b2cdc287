// The errors that SNS answers most requests with that it doesn't take.
#pragma once

#include <string>
#include <string_view>

#include "cloud/caller.h"
#include "cloud/error.h"

namespace doorbuster::engine {

inline cloud::Error invalid_parameter(const std::string& what) {
  return {"InvalidParameter", "Invalid parameter: " + what};
}

// Runs what reads the attributes of a request that makes something: SNS then says where they stood.
template <class Op>
auto in_attributes(Op op) {
  try {
    return op();
  } catch (const cloud::Error& e) {
    constexpr std::string_view kPrefix = "Invalid parameter: ";
    if (e.code() != "InvalidParameter" || !e.message().starts_with(kPrefix)) throw;
    throw invalid_parameter("Attributes Reason: " + e.message().substr(kPrefix.size()));
  }
}

// The caller may not do that to the resource.
inline cloud::Error not_authorized(const cloud::Caller& caller, const std::string& action,
                                   const std::string& resource) {
  return {"AuthorizationError",
          "User: " + (caller.anonymous ? "anonymous" : caller.principal()) +
              " is not authorized to perform: " + action + " on resource: " + resource,
          403};
}

}  // namespace doorbuster::engine
