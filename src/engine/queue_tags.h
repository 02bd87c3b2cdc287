// What a queue's tags must be.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-tags.html
#pragma once

#include <string>

#include "cloud/sqs.h"

namespace doorbuster::engine {

// All tags that a queue would have. Throws cloud::Error InvalidParameterValue.
void check_tags(const std::string& queue_name, const cloud::TagMap& tags);

}  // namespace doorbuster::engine
