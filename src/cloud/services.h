// All services of the cloud, as one caller sees them.
#pragma once

#include <memory>

#include "cloud/caller.h"
#include "cloud/iam.h"
#include "cloud/s3.h"
#include "cloud/sns.h"
#include "cloud/sqs.h"
#include "cloud/sts.h"

namespace doorbuster::cloud {

// Gives each caller services of its own, which are cheap enough to be made for one request and
// outlive the operations that were begun on them only as long as whoever asked for them keeps them.
// May be called from any thread.
class Services {
 public:
  virtual ~Services() = default;

  virtual std::unique_ptr<Sqs> sqs(const Caller& caller) = 0;
  virtual std::unique_ptr<Sns> sns(const Caller& caller) = 0;
  virtual std::unique_ptr<S3> s3(const Caller& caller) = 0;
  virtual std::unique_ptr<Sts> sts(const Caller& caller) = 0;
  virtual std::unique_ptr<Iam> iam(const Caller& caller) = 0;
};

}  // namespace doorbuster::cloud
