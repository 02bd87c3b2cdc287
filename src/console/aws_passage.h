// The console's way to AWS's operations: the very door that the SDKs use, without signatures, as
// the account that the system is in. Who may go through is checked before.
#pragma once

#include <functional>
#include <string_view>

#include "gateway/aws_door.h"

namespace doorbuster::console {

inline constexpr std::string_view kAwsPath = "/console/aws";

// May be used from any thread. The services and the clock outlive it.
class AwsPassage {
 public:
  AwsPassage(cloud::Services& services, cloud::Scope scope, const cloud::Clock& clock,
             std::function<void(std::string_view)> log);

  // A request whose path begins with kAwsPath; what is behind that is AWS's. The answer is sealed
  // off: what somebody has put into a bucket must never be a part of the console, nor a page with
  // the rights of one. Throws shop::Problem (403).
  cloud::Async<wire::Response> answer(gateway::Request& request);

 private:
  gateway::AwsDoor door_;
};

}  // namespace doorbuster::console
