#include "engine/role_rules.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "cloud/arn.h"

namespace doorbuster::engine {
namespace {

constexpr std::size_t kRoleNameMax = 64;
constexpr std::size_t kPolicyNameMax = 128;
constexpr std::size_t kPathMax = 512;
constexpr std::size_t kDescriptionMax = 1'000;
constexpr std::size_t kArnMin = 20;
constexpr std::size_t kArnMax = 2'048;
constexpr std::string_view kOfAws = "arn:aws:iam::aws:policy/";

[[noreturn]] void invalid_member(const std::string& value, const char* member,
                                 const std::string& rule) {
  throw cloud::Error("ValidationError", "1 validation error detected: Value '" + value + "' at '" +
                                            member +
                                            "' failed to satisfy constraint: Member must " + rule);
}

void check_length(const std::string& value, const char* member, std::size_t min, std::size_t max) {
  if (value.size() < min) {
    invalid_member(value, member, "have length greater than or equal to " + std::to_string(min));
  }
  if (value.size() > max) {
    invalid_member(value, member, "have length less than or equal to " + std::to_string(max));
  }
}

void check_range(int value, const char* member, int min, int max) {
  if (value < min) {
    invalid_member(std::to_string(value), member,
                   "have value greater than or equal to " + std::to_string(min));
  }
  if (value > max) {
    invalid_member(std::to_string(value), member,
                   "have value less than or equal to " + std::to_string(max));
  }
}

bool name_letters(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) ||
           std::string_view("_+=,.@-").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

void check_name(const std::string& name, const char* member, std::size_t max) {
  check_length(name, member, 1, max);
  if (!name_letters(name)) {
    invalid_member(name, member, "satisfy regular expression pattern: [\\w+=,.@-]+");
  }
}

}  // namespace

void check_role_name(const std::string& name) {
  check_name(name, "roleName", kRoleNameMax);
}

void check_policy_name(const std::string& name) {
  check_name(name, "policyName", kPolicyNameMax);
}

void check_path(const std::string& path, const char* member) {
  check_length(path, member, 1, kPathMax);
  const bool printable =
      std::all_of(path.begin(), path.end(), [](unsigned char c) { return c > 0x20 && c < 0x7f; });
  if (path.front() == '/' && path.back() == '/' && printable) return;
  invalid_member(
      path, member,
      "satisfy regular expression pattern: (\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)");
}

void check_description(const std::string& description) {
  check_length(description, "description", 0, kDescriptionMax);
}

void check_session_duration(int seconds) {
  check_range(seconds, "maxSessionDuration", 3'600, 43'200);
}

void check_max_items(int max) {
  check_range(max, "maxItems", 1, 1'000);
}

void check_policy_arn(const std::string& arn) {
  check_length(arn, "policyArn", kArnMin, kArnMax);
  const auto parts = cloud::Arn::parse(arn);
  const bool ok = parts && parts->service == "iam" && parts->region.empty() &&
                  !parts->account.empty() && parts->resource.starts_with("policy/") &&
                  !name_of_policy(arn).empty() && name_letters(name_of_policy(arn));
  if (!ok) throw cloud::Error("InvalidInput", "ARN " + arn + " is not valid.");
}

void check_quota(std::size_t size, std::size_t max, const char* quota) {
  if (size <= max) return;
  throw cloud::Error("LimitExceeded",
                     std::string("Cannot exceed quota for ") + quota + ": " + std::to_string(max),
                     409);
}

bool is_policy_of_aws(const std::string& arn) {
  return arn.starts_with(kOfAws);
}

std::string path_of_policy(const std::string& arn) {
  const auto begin = arn.find('/');
  return arn.substr(begin, arn.rfind('/') - begin + 1);
}

std::string name_of_policy(const std::string& arn) {
  return arn.substr(arn.rfind('/') + 1);
}

}  // namespace doorbuster::engine
