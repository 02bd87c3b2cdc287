#include "cloud/caller.h"

namespace doorbuster::cloud {

std::string Caller::principal() const {
  return arn.empty() ? "arn:aws:iam::" + scope.account + ":root" : arn;
}

}  // namespace doorbuster::cloud
