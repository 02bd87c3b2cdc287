// What is asked about the runs of distributed Maps, from the store alone: any thread.
#pragma once

#include <map>
#include <vector>

#include "cloud/error.h"
#include "cloud/step_functions.h"
#include "engine/execution_record.h"

namespace doorbuster::engine {

cloud::Error no_such_map_run(const std::string& map_run_arn);

// All of these throw ResourceNotFound if there is no such run.

// The number of the execution that has begun it.
std::uint64_t map_run_parent(const Store& store, const std::string& map_run_arn);
// The number that its children are listed by.
std::uint64_t map_run_number(const Store& store, const std::string& map_run_arn);

// Throws ExecutionDoesNotExist, InvalidToken.
cloud::ListMapRunsOutput list_map_runs(const Store& store, const cloud::ListMapRunsInput& request);

cloud::DescribeMapRunOutput describe_map_run(const Store& store, const std::string& map_run_arn);

// The numbers of its children by status, each in the order they were begun, without those that a
// redrive has begun anew.
std::map<states::Status, std::vector<std::uint64_t>> children_of(const Store& store,
                                                                 const std::string& map_run_arn);

}  // namespace doorbuster::engine
