// How SNS, STS and IAM word what is wrong with the form of an input.
#pragma once

#include "wire/shape.h"

namespace doorbuster::wire {

extern const Wording validation_wording;

}  // namespace doorbuster::wire
