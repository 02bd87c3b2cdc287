// What TestState may be asked for. Everything here throws cloud::Error, ValidationException unless
// it says otherwise, in AWS's words where they are known.
#pragma once

#include <boost/json/object.hpp>
#include <optional>

#include "cloud/step_functions.h"
#include "states/state_trial.h"

namespace doorbuster::engine {

// Without a look at the state. Also throws InvalidArn.
void check(const cloud::TestStateInput& request);

// The rest, once the state is known to be a valid one. Also throws InvalidDefinition.
void check(const cloud::TestStateInput& request, const states::TestedState& state);

// Nothing if there is no mock. Of a request that has been checked.
std::optional<states::StandIn> mock_of(const cloud::TestStateInput& request);

// Nothing if the request has none.
std::optional<boost::json::value> context_of(const cloud::TestStateInput& request,
                                             const states::TestedState& state);

boost::json::object variables_of(const cloud::TestStateInput& request);

}  // namespace doorbuster::engine
