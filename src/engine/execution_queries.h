// What DescribeExecution and ListExecutions answer, from the store alone: any thread.
#pragma once

#include "cloud/step_functions.h"
#include "engine/execution_record.h"

namespace doorbuster::engine {

// Throws cloud::Error ExecutionDoesNotExist.
ExecutionRecord record_of(const Store& store, const std::string& execution_arn);

cloud::DescribeExecutionOutput describe(const ExecutionRecord& record, bool with_data,
                                        cloud::Time now);
cloud::StartSyncExecutionOutput sync_outcome(const ExecutionRecord& record, bool with_data);

// The number that a map run's children are listed by. Throws ResourceNotFound.
std::uint64_t map_run_number(const Store& store, const std::string& map_run_arn);
cloud::ListMapRunsOutput list_map_runs(const Store& store, const cloud::ListMapRunsInput& request);

// A page of a state machine's executions, the newest first. Throws InvalidToken,
// ValidationException.
cloud::ListExecutionsOutput list_executions(const Store& store, std::uint64_t machine,
                                            const cloud::ListExecutionsInput& request);

}  // namespace doorbuster::engine
