// Which host a function runs in.
#pragma once

#include "cloud/function_host.h"

namespace doorbuster::engine {

// Those of PackageType Image in one, zips in another; both outlive it.
class HostByPackageType final : public cloud::FunctionHost {
 public:
  HostByPackageType(cloud::FunctionHost& images, cloud::FunctionHost& zips)
      : images_(images), zips_(zips) {}

  cloud::Async<void> check(cloud::Deployment deployment) override;
  cloud::Async<cloud::InvocationOutcome> invoke(cloud::Deployment deployment,
                                                cloud::Invocation invocation) override;
  void retire(const std::string& function_arn) override;

 private:
  cloud::FunctionHost& host_of(const cloud::Deployment& deployment) {
    return deployment.ImageUri.empty() ? zips_ : images_;
  }

  cloud::FunctionHost& images_;
  cloud::FunctionHost& zips_;
};

// Runs nothing: it refuses every function.
cloud::FunctionHost& no_functions();

}  // namespace doorbuster::engine
