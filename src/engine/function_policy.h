// The statements of a function's policy, as AddPermission writes them.
// https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
//
// Pure functions on the policy's JSON text, callable from any thread; an empty text is no policy.
#pragma once

#include <optional>
#include <string>

#include "cloud/lambda.h"

namespace doorbuster::engine {

// The statement that the request asks for, as JSON. Throws cloud::Error.
std::string statement_of(const cloud::AddFunctionPermissionRequest& request,
                         const std::string& function_arn);

// The policy with that statement more. Throws ResourceConflictException if it has one of that id,
// PolicyLengthExceededException, and InvalidParameterValueException if it would be none.
std::string with_statement(const std::string& policy, const std::string& statement,
                           const std::string& id);

}  // namespace doorbuster::engine
