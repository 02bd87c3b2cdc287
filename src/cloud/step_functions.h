// AWS Step Functions: state machines and their executions.
// https://docs.aws.amazon.com/step-functions/latest/apireference/Welcome.html
#pragma once

#include "cloud/async.h"
#include "cloud/error.h"

namespace doorbuster::cloud {

class StepFunctions {
 public:
  virtual ~StepFunctions() = default;
};

}  // namespace doorbuster::cloud
