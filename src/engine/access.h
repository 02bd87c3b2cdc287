// Whether a caller may do something to a resource.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
#pragma once

#include <string_view>

#include "cloud/caller.h"
#include "engine/policy.h"

namespace doorbuster::engine {

// Every identity of the owner's account may do everything to what the account owns, unless the
// resource's policy denies it; any other needs a statement that allows it. `action` is as in
// policies ("sqs:SendMessage"), `resource` an ARN.
bool permitted(const cloud::Caller& caller, std::string_view owner_account, const Policy& policy,
               std::string_view action, std::string_view resource);

}  // namespace doorbuster::engine
