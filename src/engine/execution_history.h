// What has happened to an execution, event by event, as the store has it.
#pragma once

#include <string>

#include "cloud/step_functions.h"
#include "engine/store.h"
#include "states/execution.h"

namespace doorbuster::engine {

std::string encode(const states::HistoryEvent& event);

// A page of it, from the store alone: any thread. A page ends early if it grows beyond 1 MiB.
// Throws cloud::Error ExecutionDoesNotExist, InvalidToken.
cloud::GetExecutionHistoryOutput read_history(const Store& store,
                                              const cloud::GetExecutionHistoryInput& request);

}  // namespace doorbuster::engine
