#include "engine/services.h"

namespace doorbuster::engine {
namespace {

class EmbeddedServices final : public cloud::Services {
 public:
  explicit EmbeddedServices(Engine& engine) : engine_(engine) {}

  std::unique_ptr<cloud::Sqs> sqs(const cloud::Caller& caller) override {
    return make_sqs(engine_, caller);
  }
  std::unique_ptr<cloud::Sns> sns(const cloud::Caller& caller) override {
    return make_sns(engine_, caller);
  }
  std::unique_ptr<cloud::S3> s3(const cloud::Caller& caller) override {
    return make_s3(engine_, caller);
  }
  std::unique_ptr<cloud::Sts> sts(const cloud::Caller& caller) override { return make_sts(caller); }
  std::unique_ptr<cloud::Iam> iam(const cloud::Caller& caller) override {
    return make_iam(engine_, caller);
  }
  std::unique_ptr<cloud::StepFunctions> step_functions(const cloud::Caller& caller) override {
    return make_step_functions(engine_, caller);
  }
  std::unique_ptr<cloud::Lambda> lambda(const cloud::Caller& caller) override {
    return make_lambda(engine_, caller);
  }
  std::unique_ptr<cloud::CloudWatch> cloud_watch(const cloud::Caller& caller) override {
    return make_cloud_watch(engine_, caller);
  }

 private:
  Engine& engine_;
};

}  // namespace

std::unique_ptr<cloud::Services> make_services(Engine& engine) {
  return std::make_unique<EmbeddedServices>(engine);
}

}  // namespace doorbuster::engine
