// What Step Functions checks of a request before it looks at what it is about. All throw
// cloud::Error with AWS's code and wording; none needs the engine's state. Any thread.
// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
#pragma once

#include <boost/json/value.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/step_functions.h"
#include "engine/integrations.h"
#include "states/definition.h"

namespace doorbuster::engine {

// InvalidName: 1 to 80 characters, none of AWS's forbidden ones.
void check_name(const std::string& name);
// ValidationException if the text is longer than the API's model allows.
void check_length(const std::string& text, const char* member, std::size_t max);
// InvalidArn unless it is of Step Functions and its resource begins with one of the kinds, such as
// "stateMachine:".
void check_arn(const std::string& arn, std::initializer_list<std::string_view> kinds);
// InvalidArn unless it is a role's.
void check_role(const std::string& arn);
// TooManyTags, ValidationException.
void check_tags(const std::vector<cloud::Tag>& tags);
// InvalidEncryptionConfiguration: there are no keys of the customer's.
void check_encryption(const boost::json::value& configuration);

void check(const cloud::CreateStateMachineInput& request);
void check(const cloud::UpdateStateMachineInput& request);
void check(const cloud::UpdateMapRunInput& request);
void check(const cloud::CreateStateMachineAliasInput& request);
void check(const cloud::UpdateStateMachineAliasInput& request);
// A version's or an alias's.
void check_description(const std::string& text, const char* member);
// Whether the update asks for a new revision.
bool changes(const cloud::UpdateStateMachineInput& request);

// For an express state machine or a standard one. InvalidDefinition with all that is wrong.
std::shared_ptr<const states::Definition> compiled(const std::string& definition, bool express,
                                                   const RequiredMembers& required);

// The value of an execution's or a task's JSON. Throws an Error of that code that says so.
boost::json::value parsed(const std::string& text, const char* code, const char* what);

// As AWS answers them where nothing was asked for.
boost::json::value or_default_logging(const boost::json::value& configuration);
boost::json::value or_default_tracing(const boost::json::value& configuration);
// The only encryptionConfiguration that there is.
boost::json::value own_key();

// How many a page has: 100 unless asked otherwise, at the most 1,000.
std::size_t page_size(int max_results);
// A page's token, and where the page begins. from_token() throws InvalidToken.
std::string to_token(std::string_view after);
std::string from_token(const std::string& token);

}  // namespace doorbuster::engine
