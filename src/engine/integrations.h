// What the tasks of a definition may call here.
// https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
#pragma once

#include <string_view>
#include <vector>

#include "states/definition.h"

namespace doorbuster::engine {

// The Task states whose Resource names something that is not to be had, in AWS's words, in the
// order of the text; of an express machine's, or of a Map's express children, also the states that
// only standard ones may have. The definition is one that compiles.
// https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
std::vector<states::Diagnostic> unavailable_states(std::string_view definition, bool express);

}  // namespace doorbuster::engine
