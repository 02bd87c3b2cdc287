// What a task's parameters say.
#pragma once

#include <boost/json/value.hpp>
#include <initializer_list>
#include <string>
#include <string_view>

#include "cloud/lambda_invocation.h"

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

}  // namespace doorbuster::engine
