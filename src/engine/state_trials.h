// TestState: a state tried out by itself. What it calls is really called, unless it is mocked.
// https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html
#pragma once

#include "cloud/caller.h"
#include "cloud/step_functions.h"
#include "engine/engine.h"

namespace doorbuster::engine {

// Throws cloud::Error InvalidArn, InvalidDefinition, InvalidExecutionInput, ValidationException.
// The engine must live until it completes.
cloud::Async<cloud::TestStateOutput> test_state(Engine& engine, cloud::Caller caller,
                                                cloud::TestStateInput request);

}  // namespace doorbuster::engine
