// How a task has ended, in the words that Step Functions has for it.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "cloud/error.h"
#include "cloud/function_host.h"
#include "cloud/lambda_invocation.h"
#include "engine/execution_record.h"
#include "states/execution.h"

namespace doorbuster::engine {

struct TaskFailure {
  std::string error;  // "Lambda.TooManyRequestsException"
  std::string cause;
};

// What a function answered. Throws TaskFailure if it failed: its error's type, or Lambda.Unknown.
boost::json::value payload_of(cloud::InvocationOutcome outcome);

// The result of lambda:invoke, of a payload.
boost::json::value invoke_result(boost::json::value payload);
// The same of a call that asked for more; throws TaskFailure if the function failed. A call that
// nobody waits for, or that was only tried, has no payload.
boost::json::value invoke_result(const cloud::InvokeResult& result);

// What the optimised integrations answer beside their service's output: how the call went over
// HTTP. The output of any other resource stays as it is.
void add_metadata(const states::Resource& resource, const std::string& request_id,
                  boost::json::value& output);

// An error of the service that a state calls by that name ("lambda", "aws-sdk:s3").
TaskFailure failure_of(std::string_view service, const cloud::Error& error,
                       const std::string& request_id);

// What DescribeExecution says of a nested execution. Of .sync:2 the output is JSON itself.
boost::json::value nested_result(const ExecutionRecord& record, bool parse_output);

// The same of one that failed, as the cause of the task's failure: JSON within states::kCauseMax.
// If it would be longer, it has no input, and what fits of its own cause.
std::string nested_cause(const ExecutionRecord& record);

}  // namespace doorbuster::engine
