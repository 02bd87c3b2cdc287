// What DescribeExecution and ListExecutions answer, from the store alone: any thread.
#pragma once

#include "cloud/error.h"
#include "cloud/step_functions.h"
#include "engine/execution_record.h"

namespace doorbuster::engine {

cloud::Error no_such_execution(const std::string& execution_arn);

// Throws no_such_execution().
ExecutionRecord record_of(const Store& store, const std::string& execution_arn);

cloud::DescribeExecutionOutput describe(const ExecutionRecord& record, bool with_data,
                                        cloud::Time now);
cloud::StartSyncExecutionOutput sync_outcome(const ExecutionRecord& record, bool with_data);

// Where a page begins, as the token of the one before says: behind the number that it ended with.
// Throws InvalidToken.
std::uint64_t place_of(const std::string& token);

// A page of a state machine's executions, or a map run's, the newest first, as they were at one
// moment: each is in one status. Throws InvalidToken, ValidationException.
cloud::ListExecutionsOutput list_executions(const Store::Snapshot& store, std::uint64_t machine,
                                            const cloud::ListExecutionsInput& request);

}  // namespace doorbuster::engine
