// What a task asks for.
#pragma once

#include <boost/json/value.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "cloud/caller.h"
#include "cloud/lambda_invocation.h"
#include "engine/task_board.h"

namespace doorbuster::engine {

// A member as text: a string itself, anything else its JSON, empty if there is none or it is null.
std::string text_of(const boost::json::value& parameters, std::string_view member);

// Throws TaskFailure if there is a member of another name.
void check_members(const boost::json::value& parameters,
                   std::initializer_list<std::string_view> known);

// The call that the parameters of lambda:invoke ask for. Without a Payload the function gets {}.
// Throws TaskFailure as check_members() does.
// https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
cloud::InvokeRequest invoke_request(const boost::json::value& parameters);

// What a task calls, it calls as its machine's role, in its machine's account and region.
cloud::Caller caller_of(const RunnerTask& task);

// The ARN of the function that a task calls, if it is one that asks for nothing but the function's
// answer. Throws cloud::Error if it is none that could be.
std::optional<std::string> function_called(const RunnerTask& task);

}  // namespace doorbuster::engine
