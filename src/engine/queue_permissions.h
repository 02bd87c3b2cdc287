// AddPermission and RemovePermission of a queue: the policy that each leads to.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html
#pragma once

#include <string>

#include "engine/queue.h"

namespace doorbuster::engine {

// Throw cloud::Error: InvalidParameterValue, MissingParameter, OverLimit.
std::string with_permission(const Queue& queue, const cloud::AddPermissionRequest& request);
std::string without_permission(const Queue& queue, const std::string& label);

}  // namespace doorbuster::engine
