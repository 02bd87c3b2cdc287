// What the tasks of a definition may call here.
// https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
#pragma once

#include <string_view>
#include <vector>

#include "states/definition.h"

namespace doorbuster::engine {

// The Task states whose Resource names something that is not to be had, in AWS's words, in the
// order of the text. The definition is one that compiles.
std::vector<states::Diagnostic> unknown_resources(std::string_view definition);

}  // namespace doorbuster::engine
