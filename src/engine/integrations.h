// What the tasks of a definition may call here.
// https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "states/definition.h"

namespace doorbuster::engine {

// What an integration calls: "aws-sdk:sfn", "startExecution" are "states", "StartExecution".
struct ServiceOperation {
  std::string service;  // as in credentials
  std::string name;
};
ServiceOperation operation_of(std::string_view service, std::string_view action);

// The members that the operation's input must have; nothing if there is no such operation. Called
// from any thread.
using RequiredMembers =
    std::function<std::optional<std::vector<std::string>>(const ServiceOperation& operation)>;

// The Task states whose Resource names something that is not to be had, or whose Parameters lack
// what it needs, in AWS's words, in the order of the text; of an express machine's, or of a Map's
// express children, also the states that only standard ones may have. The definition is one that
// compiles. https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
//
// Without `required`, operations and their parameters are not looked at.
std::vector<states::Diagnostic> unavailable_states(std::string_view definition, bool express,
                                                   const RequiredMembers& required);

}  // namespace doorbuster::engine
