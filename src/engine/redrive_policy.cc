#include "engine/redrive_policy.h"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

#include "cloud/arn.h"
#include "cloud/error.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

constexpr std::size_t kSourcesMax = 10;
constexpr std::int64_t kReceiveCountMax = 1'000;

[[noreturn]] void unsupported(const std::string& why) {
  throw cloud::Error("InvalidAttributeValue", "Invalid value for the parameter " + why);
}

[[noreturn]] void invalid(const std::string& text, const char* parameter, const std::string& why) {
  throw cloud::Error("InvalidParameterValue", "Value " + text + " for parameter " + parameter +
                                                  " is invalid. Reason: " + why);
}

std::optional<json::object> object(const std::string& text) {
  json::error_code bad;
  auto value = json::parse(text, bad);
  if (bad || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

// The console and older clients send the number as a string.
std::optional<std::int64_t> whole_number(const json::value& value) {
  if (value.is_string()) return to_integer(std::string_view(value.get_string()));
  if (value.is_int64()) return value.get_int64();
  return std::nullopt;
}

[[noreturn]] void unsupported_allow_policy() {
  unsupported(
      "RedriveAllowPolicy. Reason: Amazon SQS can't create the redrive allow policy, as it's in an "
      "unsupported format.");
}

RedriveAllowPolicy::Permission permission(const json::object& policy) {
  using Permission = RedriveAllowPolicy::Permission;
  const auto* name = policy.if_contains("redrivePermission");
  if (name && *name == "allowAll") return Permission::allow_all;
  if (name && *name == "denyAll") return Permission::deny_all;
  if (name && *name == "byQueue") return Permission::by_queue;
  unsupported_allow_policy();
}

std::vector<std::string> source_queue_arns(const json::object& policy) {
  std::vector<std::string> arns;
  const auto* sources = policy.if_contains("sourceQueueArns");
  if (!sources) return arns;
  if (!sources->is_array()) unsupported_allow_policy();
  for (const auto& source : sources->get_array()) {
    if (!source.is_string()) unsupported_allow_policy();
    arns.emplace_back(source.get_string());
    if (!cloud::Arn::parse(arns.back())) unsupported_allow_policy();
  }
  return arns;
}

}  // namespace

RedrivePolicy RedrivePolicy::parse(const std::string& text) {
  const auto fail = [&text](const std::string& why) { invalid(text, "RedrivePolicy", why); };
  const auto policy = object(text);
  if (!policy) unsupported("RedrivePolicy. Reason: Redrive policy is not a valid JSON map.");
  for (const char* name : {"maxReceiveCount", "deadLetterTargetArn"}) {
    if (policy->contains(name)) continue;
    fail(std::string("Redrive policy does not contain mandatory attribute: ") + name + ".");
  }
  const auto& count = policy->at("maxReceiveCount");
  const auto max = whole_number(count);
  if (!max || *max < 1 || *max > kReceiveCountMax) {
    fail("Invalid value for maxReceiveCount: " + json::serialize(count) +
         ", valid values are from 1 to 1000 both inclusive.");
  }
  const auto& target = policy->at("deadLetterTargetArn");
  if (!target.is_string() || !cloud::Arn::parse(std::string_view(target.get_string()))) {
    fail("Invalid value for deadLetterTargetArn.");
  }
  return {std::string(target.get_string()), static_cast<int>(*max)};
}

RedriveAllowPolicy RedriveAllowPolicy::parse(const std::string& text) {
  const auto fail = [&text](const std::string& why) {
    invalid(text, "RedriveAllowPolicy", "Amazon SQS can't create the redrive allow policy. " + why);
  };
  const auto policy = object(text);
  if (!policy) unsupported_allow_policy();
  RedriveAllowPolicy result;
  result.permission = engine::permission(*policy);
  result.source_queue_arns = engine::source_queue_arns(*policy);
  const std::size_t known = policy->contains("sourceQueueArns") ? 2 : 1;
  if (policy->size() > known) unsupported_allow_policy();
  const bool by_queue = result.permission == Permission::by_queue;
  if (!by_queue && !result.source_queue_arns.empty()) {
    fail("To specify one or more source queue ARNs, you must set redrivePermission to byQueue.");
  }
  if (by_queue && result.source_queue_arns.empty()) {
    fail(
        "When you specify the byQueue permission type, you must also specify one or more "
        "sourceQueueArns values.");
  }
  if (result.source_queue_arns.size() > kSourcesMax) {
    fail("The maximum number of source queue ARNs you can specify is 10.");
  }
  return result;
}

bool RedriveAllowPolicy::allows(std::string_view source_arn) const {
  if (permission != Permission::by_queue) return permission == Permission::allow_all;
  return std::find(source_queue_arns.begin(), source_queue_arns.end(), source_arn) !=
         source_queue_arns.end();
}

}  // namespace doorbuster::engine
