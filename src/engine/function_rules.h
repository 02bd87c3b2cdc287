// What a function may be called and how it may be configured: what can be said without knowing what
// functions there are. May be called from any thread; everything throws cloud::Error.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cloud/caller.h"
#include "cloud/lambda.h"

namespace doorbuster::engine {

inline constexpr std::uint64_t kZipMax = 52'428'800;           // bytes, sent directly
inline constexpr std::uint64_t kZipOfObjectMax = 262'144'000;  // bytes
inline constexpr std::uint64_t kStorageMax = 80'530'636'800;   // bytes of an account's zips
inline constexpr std::size_t kSyncPayloadMax = 6'291'456;      // bytes
inline constexpr std::size_t kAsyncPayloadMax = 1'048'576;     // bytes
inline constexpr int kAccountConcurrency = 20'000;
inline constexpr int kUnreservedMin = 100;  // what reserving must leave to the others

cloud::Error invalid_value(const std::string& what);  // InvalidParameterValueException
cloud::Error no_function(const std::string& arn);     // ResourceNotFoundException

// "1 validation error detected: Value 'x' at 'timeout' failed to satisfy constraint: …".
cloud::Error violation(std::string_view value, std::string_view member,
                       std::string_view constraint);
void check_range(std::optional<int> value, int min, int max, std::string_view member);

// The ARN that the name, partial or whole ARN means to the caller; a qualifier, in it or beside it,
// other than $LATEST is of what isn't there.
std::string function_arn(const cloud::Caller& caller, const std::string& name,
                         const std::string& qualifier = {});
// "NAME" of "arn:aws:lambda:REGION:ACCOUNT:function:NAME".
std::string name_in(std::string_view function_arn);

void check(const cloud::CreateFunctionRequest& request);
void check(const cloud::UpdateFunctionConfigurationRequest& request);
void check_code(const cloud::FunctionCode& code, const std::string& package_type);
void check(const cloud::PutFunctionEventInvokeConfigRequest& request);
void check_tags(const std::map<std::string, std::string>& tags);

}  // namespace doorbuster::engine
