// What a Task's Resource says.
// https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
#pragma once

#include <optional>
#include <string_view>

#include "states/execution.h"

namespace doorbuster::states {

// Nothing if the text is the ARN of nothing that a Task can run.
std::optional<Resource> parse_resource(std::string_view arn);

// What a history calls it: {"lambda", "invoke.waitForTaskToken"}.
std::string resource_type(const Resource& resource);
std::string resource_action(const Resource& resource);

}  // namespace doorbuster::states
