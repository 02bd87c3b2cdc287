// AWS Security Token Service.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
#pragma once

#include <string>

#include "cloud/async.h"
#include "cloud/error.h"

namespace doorbuster::cloud {

struct GetCallerIdentityRequest {};
struct GetCallerIdentityResult {
  std::string UserId;
  std::string Account;
  std::string Arn;
};

// May be called from any thread. The service outlives the operations that are under way.
class Sts {
 public:
  virtual ~Sts() = default;

  virtual Async<GetCallerIdentityResult> GetCallerIdentity(GetCallerIdentityRequest) {
    return not_implemented<GetCallerIdentityResult>("GetCallerIdentity");
  }
};

}  // namespace doorbuster::cloud
