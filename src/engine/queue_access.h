// Whether a caller may do something to a queue.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
#pragma once

#include <string_view>

#include "cloud/caller.h"
#include "engine/queue.h"

namespace doorbuster::engine {

// `action` is as in policies ("sqs:SendMessage"); an operation on a batch asks for the action of
// its entries. What only the owner's account may do stays so whatever the queue's policy says.
// Allocates nothing for the owner of a queue without a policy. Throws cloud::Error AccessDenied.
void check_access(const cloud::Caller& caller, const Queue& queue, std::string_view action);

// For what concerns no queue that is there already. Throws AccessDenied for an anonymous caller.
void check_access(const cloud::Caller& caller, std::string_view action);

}  // namespace doorbuster::engine
