// How services word what is wrong with the form of an input.
#pragma once

#include "wire/shape.h"

namespace doorbuster::wire {

// SNS, STS, IAM and CloudWatch.
extern const Wording validation_wording;
// Lambda.
extern const Wording validation_exception_wording;

}  // namespace doorbuster::wire
