#include "engine/state_machine_rules.h"

#include <algorithm>
#include <boost/json.hpp>

#include "cloud/arn.h"
#include "cloud/error.h"
#include "documents/json_text.h"
#include "documents/utf8.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

constexpr std::size_t kNameMax = 80;
constexpr std::size_t kDefinitionMax = 1 << 20;
constexpr std::size_t kTagsMax = 50;
constexpr std::size_t kTagKeyMax = 128;
constexpr std::size_t kTagValueMax = 256;
constexpr std::size_t kArnMax = 256;            // characters
constexpr std::size_t kLabelledArnMax = 1'000;  // with the labels of nested Maps
constexpr int kPageDefault = 100;
constexpr int kResultsMax = 1'000;

// Whitespace, brackets, wildcards, what has a meaning in ARNs and URLs, and control characters.
bool is_forbidden(char c) {
  constexpr std::string_view kForbidden = " \t\n\r<>{}[]?*\"#%\\^|~`$&,;:/";
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f || kForbidden.find(c) != std::string_view::npos;
}

cloud::Error invalid_arn(const std::string& why) {
  return {"InvalidArn", "Invalid Arn: '" + why + "'"};
}

void check_version(bool publish, const std::string& description) {
  check_description(description, "versionDescription");
  if (publish || description.empty()) return;
  throw cloud::Error("ValidationException",
                     "Version description can only be set when publish is true");
}

// Letters, digits, '_', '-' and '.', and not only digits: those are versions.
bool is_alias_name(const std::string& name) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_other = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.';
  };
  return std::ranges::all_of(name, [&](char c) { return is_digit(c) || is_other(c); }) &&
         std::ranges::any_of(name, is_other);
}

void check_logging(const json::value& configuration) {
  const auto* object = configuration.if_object();
  const auto* level = object ? object->if_contains("level") : nullptr;
  if (configuration.is_null() || (object && !level)) return;
  const bool known =
      level && (*level == "ALL" || *level == "ERROR" || *level == "FATAL" || *level == "OFF");
  if (!known) {
    throw cloud::Error("InvalidLoggingConfiguration", "Invalid Logging Configuration: level");
  }
  const auto* destinations = object->if_contains("destinations");
  const bool one =
      destinations && destinations->is_array() && destinations->get_array().size() == 1;
  if (one || *level == "OFF") return;
  throw cloud::Error("InvalidLoggingConfiguration",
                     "Invalid Logging Configuration: Must specify exactly one Log Destination.");
}

void check_not_negative(const std::optional<std::int64_t>& value, const char* member) {
  if (!value || *value >= 0) return;
  throw cloud::Error("ValidationException",
                     "1 validation error detected: Value '" + std::to_string(*value) + "' at '" +
                         member +
                         "' failed to satisfy constraint: Member must have value greater than or "
                         "equal to 0");
}

std::string all_errors(const std::vector<states::Diagnostic>& diagnostics) {
  std::string all;
  for (const auto& diagnostic : diagnostics) {
    if (diagnostic.severity != states::Diagnostic::Severity::error) continue;
    if (!all.empty()) all += ", ";
    all += diagnostic.code + ": " + diagnostic.message;
    // What is no JSON tells its place in its message.
    if (!diagnostic.location.empty() && !diagnostic.message.ends_with(diagnostic.location)) {
      all += " at " + diagnostic.location;
    }
  }
  return all;
}

}  // namespace

void check_name(const std::string& name) {
  if (name.empty() || name.size() > kNameMax || std::ranges::any_of(name, is_forbidden)) {
    throw cloud::Error("InvalidName", "Invalid Name: '" + name + "'");
  }
}

void check_length(const std::string& text, const char* member, std::size_t max) {
  if (text.size() <= max) return;
  throw cloud::Error("ValidationException",
                     std::string("1 validation error detected: Value at '") + member +
                         "' failed to satisfy constraint: Member must have length less than or "
                         "equal to " +
                         std::to_string(max));
}

void check_arn(const std::string& arn, std::initializer_list<std::string_view> kinds) {
  const auto parsed = cloud::Arn::parse(arn);
  if (!parsed) throw invalid_arn("Invalid ARN prefix: " + arn);
  if (parsed->service != "states") throw invalid_arn("Invalid ARN service: " + arn);
  const auto is_of = [&](std::string_view kind) { return parsed->resource.starts_with(kind); };
  const bool has_label = parsed->resource.find('/') != std::string::npos;
  if (documents::count_characters(arn) > (has_label ? kLabelledArnMax : kArnMax) ||
      std::ranges::none_of(kinds, is_of)) {
    throw invalid_arn("Resource type not valid in this context: " +
                      parsed->resource.substr(0, parsed->resource.find(':')));
  }
}

void check_role(const std::string& arn) {
  const auto parsed = cloud::Arn::parse(arn);
  if (parsed && arn.size() <= kArnMax && parsed->service == "iam" &&
      parsed->resource.starts_with("role/")) {
    return;
  }
  throw cloud::Error("InvalidArn", "Invalid Role Arn: '" + arn + "'");
}

void check_tags(const std::vector<cloud::Tag>& tags) {
  if (tags.size() > kTagsMax) throw cloud::Error("TooManyTags", "Too many tags: at most 50");
  for (const auto& tag : tags) {
    check_length(tag.Key, "tags.key", kTagKeyMax);
    check_length(tag.Value, "tags.value", kTagValueMax);
  }
}

void check_encryption(const json::value& configuration) {
  const auto* object = configuration.if_object();
  const auto* type = object ? object->if_contains("type") : nullptr;
  if (configuration.is_null() || (type && *type == "AWS_OWNED_KEY")) return;
  throw cloud::Error("InvalidEncryptionConfiguration",
                     "Invalid Encryption Configuration: only AWS_OWNED_KEY is available");
}

void check(const cloud::CreateStateMachineInput& request) {
  check_name(request.name);
  check_length(request.definition, "definition", kDefinitionMax);
  check_role(request.roleArn);
  if (!request.type.empty() && request.type != "STANDARD" && request.type != "EXPRESS") {
    throw cloud::Error("StateMachineTypeNotSupported",
                       "State Machine Type Not Supported: '" + request.type + "'");
  }
  check_logging(request.loggingConfiguration);
  check_encryption(request.encryptionConfiguration);
  check_tags(request.tags);
  check_version(request.publish, request.versionDescription);
}

void check(const cloud::UpdateStateMachineInput& request) {
  check_arn(request.stateMachineArn, {"stateMachine:"});
  if (!changes(request) && !request.publish) {
    throw cloud::Error("MissingRequiredParameter",
                       "Either the definition, the role ARN, the LoggingConfiguration, the "
                       "TracingConfiguration or the EncryptionConfiguration must be specified");
  }
  check_length(request.definition, "definition", kDefinitionMax);
  if (!request.roleArn.empty()) check_role(request.roleArn);
  check_logging(request.loggingConfiguration);
  check_encryption(request.encryptionConfiguration);
  check_version(request.publish, request.versionDescription);
}

bool changes(const cloud::UpdateStateMachineInput& request) {
  return !request.definition.empty() || !request.roleArn.empty() ||
         !request.loggingConfiguration.is_null() || !request.tracingConfiguration.is_null() ||
         !request.encryptionConfiguration.is_null();
}

void check_description(const std::string& text, const char* member) {
  constexpr std::size_t kDescriptionMax = 256;
  check_length(text, member, kDescriptionMax);
}

void check(const cloud::CreateStateMachineAliasInput& request) {
  check_length(request.name, "name", kNameMax);
  if (!is_alias_name(request.name)) {
    throw cloud::Error("ValidationException",
                       "1 validation error detected: Value '" + request.name +
                           "' at 'name' failed to satisfy constraint: Member must satisfy regular "
                           "expression pattern: ^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$");
  }
  check_description(request.description, "description");
}

void check(const cloud::UpdateStateMachineAliasInput& request) {
  check_arn(request.stateMachineAliasArn, {"stateMachine:"});
  check_description(request.description.value_or(""), "description");
  if (request.description || !request.routingConfiguration.empty()) return;
  throw cloud::Error("ValidationException",
                     "Either the description or the routingConfiguration must be specified");
}

void check(const cloud::UpdateMapRunInput& request) {
  check_arn(request.mapRunArn, {"mapRun:"});
  const auto& percentage = request.toleratedFailurePercentage;
  if (!request.maxConcurrency && !request.toleratedFailureCount && !percentage) {
    throw cloud::Error("ValidationException",
                       "One of maxConcurrency, toleratedFailureCount and "
                       "toleratedFailurePercentage is required");
  }
  check_not_negative(request.maxConcurrency, "maxConcurrency");
  check_not_negative(request.toleratedFailureCount, "toleratedFailureCount");
  if (percentage && !(*percentage >= 0 && *percentage <= 100)) {
    throw cloud::Error("ValidationException",
                       "toleratedFailurePercentage must be between 0 and 100");
  }
}

std::shared_ptr<const states::Definition> compiled(const std::string& definition, bool express,
                                                   const RequiredMembers& required) {
  try {
    auto compiled = states::compile(definition);
    auto unavailable = unavailable_states(definition, express, required);
    if (unavailable.empty()) return compiled;
    throw states::InvalidDefinition(std::move(unavailable));
  } catch (const states::InvalidDefinition& e) {
    throw cloud::Error("InvalidDefinition",
                       "Invalid State Machine Definition: '" + all_errors(e.diagnostics()) + "'");
  }
}

json::value parsed(const std::string& text, const char* code, const char* what) {
  auto value = documents::from_text(text);
  if (value) return *std::move(value);
  const auto token = documents::unknown_token(text);
  throw cloud::Error(
      code, std::string(what) + ": '" +
                (token ? token->message : "The data is not JSON, or nested too deeply") + "'");
}

json::value or_default_logging(const json::value& configuration) {
  if (!configuration.is_null()) return configuration;
  return json::object{{"level", "OFF"}, {"includeExecutionData", false}};
}

json::value or_default_tracing(const json::value& configuration) {
  if (!configuration.is_null()) return configuration;
  return json::object{{"enabled", false}};
}

json::value own_key() {
  return json::object{{"type", "AWS_OWNED_KEY"}};
}

std::size_t page_size(int max_results) {
  if (max_results < 0 || max_results > kResultsMax) {
    throw cloud::Error(
        "ValidationException",
        "1 validation error detected: Value '" + std::to_string(max_results) +
            "' at 'maxResults' failed to satisfy constraint: Member must have value " +
            (max_results < 0 ? "greater than or equal to 0" : "less than or equal to 1000"));
  }
  return static_cast<std::size_t>(max_results == 0 ? kPageDefault : max_results);
}

std::string to_token(std::string_view after) {
  return hex(reinterpret_cast<const unsigned char*>(after.data()), after.size());
}

std::string from_token(const std::string& token) {
  auto after = from_hex(token);
  if (!after) throw cloud::Error("InvalidToken", "Invalid Token: 'Invalid token'");
  return std::move(*after);
}

}  // namespace doorbuster::engine
