// All services of the cloud, as one caller sees them.
#pragma once

#include <memory>

#include "cloud/caller.h"
#include "cloud/cloud_watch.h"
#include "cloud/iam.h"
#include "cloud/lambda.h"
#include "cloud/s3.h"
#include "cloud/sns.h"
#include "cloud/sqs.h"
#include "cloud/step_functions.h"
#include "cloud/sts.h"

namespace doorbuster::cloud {

// Gives each caller services of its own, which are cheap enough to be made for one request and
// outlive the operations that were begun on them only as long as whoever asked for them keeps them.
// May be called from any thread. A service that isn't to be had answers every operation with
// NotImplemented.
class Services {
 public:
  virtual ~Services() = default;

  virtual std::unique_ptr<Sqs> sqs(const Caller&) { return std::make_unique<Sqs>(); }
  virtual std::unique_ptr<Sns> sns(const Caller&) { return std::make_unique<Sns>(); }
  virtual std::unique_ptr<S3> s3(const Caller&) { return std::make_unique<S3>(); }
  virtual std::unique_ptr<Sts> sts(const Caller&) { return std::make_unique<Sts>(); }
  virtual std::unique_ptr<Iam> iam(const Caller&) { return std::make_unique<Iam>(); }
  virtual std::unique_ptr<Lambda> lambda(const Caller&) { return std::make_unique<Lambda>(); }
  virtual std::unique_ptr<StepFunctions> step_functions(const Caller&) {
    return std::make_unique<StepFunctions>();
  }
  virtual std::unique_ptr<CloudWatch> cloud_watch(const Caller&) {
    return std::make_unique<CloudWatch>();
  }
};

}  // namespace doorbuster::cloud
