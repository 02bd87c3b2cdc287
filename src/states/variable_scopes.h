// Which variables the states of a definition assign: a machine within another must not assign those
// of the machines around it.
// https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "states/diagnostics.h"

namespace doorbuster::states {

// `machine` is the object that has "States"; `location` is where it is ("" for the whole).
void check_variables(const boost::json::object& machine, const std::string& location,
                     Diagnostics& diagnostics);

}  // namespace doorbuster::states
