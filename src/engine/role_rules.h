// What the parameters of IAM's operations must be.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
#pragma once

#include <cstddef>
#include <string>

#include "cloud/error.h"

namespace doorbuster::engine {

// Throw cloud::Error ValidationError. `member` is the parameter as AWS's messages have it, with a
// small letter: "roleName".
void check_role_name(const std::string& name);
void check_policy_name(const std::string& name);
void check_path(const std::string& path, const char* member = "path");
void check_description(const std::string& description);
void check_session_duration(int seconds);
void check_max_items(int max);
void check_policy_arn(const std::string& arn);

// Throws LimitExceeded if `size` is more than `quota` allows.
void check_quota(std::size_t size, std::size_t max, const char* quota);

// "arn:aws:iam::aws:policy/...".
bool is_policy_of_aws(const std::string& arn);

// "/" and "NAME" of "arn:aws:iam::ACCOUNT:policy/NAME".
std::string path_of_policy(const std::string& arn);
std::string name_of_policy(const std::string& arn);

}  // namespace doorbuster::engine
