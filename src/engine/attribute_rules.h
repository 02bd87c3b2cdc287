// What SQS and SNS ask alike of the attributes that come with a message.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
//
// Pure functions, callable from any thread.
#pragma once

#include <string>

#include "cloud/error.h"
#include "cloud/sqs.h"

namespace doorbuster::engine {

// The error of a service that refuses an attribute.
using AttributeWording = cloud::Error (*)(const std::string& why);

// Throws what `wording` makes of it. Of text it only looks at whether it is there: its characters
// are the service's business.
void check_attribute(const std::string& name, const cloud::MessageAttributeValue& value,
                     AttributeWording wording);

}  // namespace doorbuster::engine
