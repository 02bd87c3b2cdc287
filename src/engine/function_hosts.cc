#include "engine/function_hosts.h"

#include "cloud/error.h"

namespace doorbuster::engine {
namespace {

cloud::Error nowhere(const cloud::Deployment& deployment) {
  return {"InvalidParameterValueException",
          "Functions of " +
              (deployment.ImageUri.empty() ? "runtime " + deployment.Runtime
                                           : "image " + deployment.ImageUri) +
              " can't be run here."};
}

class NoFunctions final : public cloud::FunctionHost {
  cloud::Async<void> check(cloud::Deployment deployment) override { throw nowhere(deployment); }
  cloud::Async<cloud::InvocationOutcome> invoke(cloud::Deployment deployment,
                                                cloud::Invocation) override {
    constexpr int kUnavailable = 502;
    throw cloud::Error("InvalidRuntimeException", nowhere(deployment).message(), kUnavailable);
  }
  void retire(const std::string&) override {}
};

}  // namespace

cloud::Async<void> HostByPackageType::check(cloud::Deployment deployment) {
  cloud::FunctionHost& host = host_of(deployment);
  return host.check(std::move(deployment));
}

cloud::Async<cloud::InvocationOutcome> HostByPackageType::invoke(cloud::Deployment deployment,
                                                                 cloud::Invocation invocation) {
  cloud::FunctionHost& host = host_of(deployment);
  return host.invoke(std::move(deployment), std::move(invocation));
}

void HostByPackageType::retire(const std::string& function_arn) {
  images_.retire(function_arn);
  zips_.retire(function_arn);
}

cloud::FunctionHost& no_functions() {
  static NoFunctions none;
  return none;
}

}  // namespace doorbuster::engine
