#include "engine/function.h"

#include <boost/json.hpp>

#include "engine/json_record.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

std::string text(const json::object& from, std::string_view name) {
  const auto* value = from.if_contains(name);
  return value ? std::string(value->as_string()) : std::string();
}

int number(const json::object& from, std::string_view name) {
  return from.at(name).to_number<int>();
}

std::optional<int> optional_number(const json::object& from, std::string_view name) {
  const auto* value = from.if_contains(name);
  if (!value || value->is_null()) return std::nullopt;
  return value->to_number<int>();
}

json::object to_json(const std::map<std::string, std::string>& texts) {
  json::object all;
  for (const auto& [name, value] : texts) all[name] = value;
  return all;
}

std::map<std::string, std::string> to_texts(const json::value& from) {
  std::map<std::string, std::string> all;
  for (const auto& [name, value] : from.as_object()) {
    all.emplace(name, std::string(value.as_string()));
  }
  return all;
}

json::object to_json(const cloud::FunctionConfiguration& from) {
  json::object json{{"name", from.FunctionName},
                    {"arn", from.FunctionArn},
                    {"runtime", from.Runtime},
                    {"role", from.Role},
                    {"handler", from.Handler},
                    {"code_size", from.CodeSize},
                    {"description", from.Description},
                    {"timeout", from.Timeout},
                    {"memory", from.MemorySize},
                    {"modified", from.LastModified},
                    {"sha256", from.CodeSha256},
                    {"tracing", from.TracingConfig.Mode},
                    {"revision", from.RevisionId},
                    {"package", from.PackageType},
                    {"storage", from.EphemeralStorage.Size},
                    {"log_group", from.LoggingConfig.LogGroup}};
  if (from.DeadLetterConfig) json["dead_letters"] = from.DeadLetterConfig->TargetArn;
  if (from.Environment) json["environment"] = to_json(from.Environment->Variables);
  json::array architectures;
  for (const auto& one : from.Architectures) architectures.emplace_back(one);
  json["architectures"] = std::move(architectures);
  return json;
}

cloud::FunctionConfiguration to_configuration(const json::object& from) {
  cloud::FunctionConfiguration to;
  to.FunctionName = text(from, "name");
  to.FunctionArn = text(from, "arn");
  to.Runtime = text(from, "runtime");
  to.Role = text(from, "role");
  to.Handler = text(from, "handler");
  to.CodeSize = from.at("code_size").to_number<std::uint64_t>();
  to.Description = text(from, "description");
  to.Timeout = number(from, "timeout");
  to.MemorySize = number(from, "memory");
  to.LastModified = text(from, "modified");
  to.CodeSha256 = text(from, "sha256");
  to.TracingConfig.Mode = text(from, "tracing");
  to.RevisionId = text(from, "revision");
  to.PackageType = text(from, "package");
  to.EphemeralStorage.Size = number(from, "storage");
  to.LoggingConfig.LogGroup = text(from, "log_group");
  if (from.contains("dead_letters"))
    to.DeadLetterConfig.emplace().TargetArn = text(from, "dead_letters");
  if (const auto* environment = from.if_contains("environment")) {
    to.Environment.emplace().Variables = to_texts(*environment);
  }
  for (const auto& one : from.at("architectures").as_array()) {
    to.Architectures.emplace_back(one.as_string());
  }
  return to;
}

json::object to_json(const cloud::FunctionEventInvokeConfig& from) {
  json::object json{{"modified", to_ms(from.LastModified)},
                    {"on_success", from.DestinationConfig.OnSuccess.Destination},
                    {"on_failure", from.DestinationConfig.OnFailure.Destination}};
  if (from.MaximumRetryAttempts) json["retries"] = *from.MaximumRetryAttempts;
  if (from.MaximumEventAgeInSeconds) json["age"] = *from.MaximumEventAgeInSeconds;
  return json;
}

cloud::FunctionEventInvokeConfig to_event_invoke(const json::object& from, const std::string& arn) {
  cloud::FunctionEventInvokeConfig to;
  to.FunctionArn = arn + ":$LATEST";
  to.LastModified = from_ms(from.at("modified").to_number<std::int64_t>());
  to.DestinationConfig.OnSuccess.Destination = text(from, "on_success");
  to.DestinationConfig.OnFailure.Destination = text(from, "on_failure");
  to.MaximumRetryAttempts = optional_number(from, "retries");
  to.MaximumEventAgeInSeconds = optional_number(from, "age");
  return to;
}

}  // namespace

FunctionMetrics::FunctionMetrics(Metrics& metrics, const Measured& function)
    : invocations(metrics.counter(function, "Invocations")),
      errors(metrics.counter(function, "Errors")),
      throttles(metrics.counter(function, "Throttles")),
      dead_letter_errors(metrics.counter(function, "DeadLetterErrors")),
      destination_failures(metrics.counter(function, "DestinationDeliveryFailures")),
      duration(metrics.timings(function, "Duration")),
      concurrent(metrics.gauge(function, "ConcurrentExecutions")) {}

cloud::Deployment Function::deployment() const {
  cloud::Deployment deployment;
  deployment.FunctionArn = configuration.FunctionArn;
  deployment.FunctionName = configuration.FunctionName;
  deployment.RevisionId = configuration.RevisionId;
  deployment.Runtime = configuration.Runtime;
  deployment.Handler = configuration.Handler;
  deployment.ImageUri = image_uri;
  deployment.MemorySize = configuration.MemorySize;
  deployment.Timeout = configuration.Timeout;
  if (configuration.Environment) deployment.Environment = configuration.Environment->Variables;
  deployment.CodeSize = configuration.CodeSize;
  deployment.CodeSha256 = configuration.CodeSha256;
  return deployment;
}

std::string Function::encode() const {
  json::object json{{"configuration", to_json(configuration)},
                    {"account", account},
                    {"image", image_uri},
                    {"tags", to_json(tags)},
                    {"policy", policy_text}};
  if (code) json["code"] = {{"body", code->body}, {"size", code->size}};
  if (reserved_concurrency) json["reserved_concurrency"] = *reserved_concurrency;
  if (event_invoke) json["event_invoke"] = to_json(*event_invoke);
  return json::serialize(json);
}

Function Function::decode(std::string_view bytes) {
  const auto json = read_json_record(bytes);
  Function function;
  function.configuration = to_configuration(json.at("configuration").as_object());
  function.account = text(json, "account");
  function.image_uri = text(json, "image");
  function.tags = to_texts(json.at("tags"));
  function.policy_text = text(json, "policy");
  function.policy = Policy::parse(function.policy_text);
  if (const auto* code = json.if_contains("code")) {
    function.code = Piece{code->at("body").to_number<std::uint64_t>(),
                          code->at("size").to_number<std::uint64_t>()};
  }
  function.reserved_concurrency = optional_number(json, "reserved_concurrency");
  if (const auto* config = json.if_contains("event_invoke")) {
    function.event_invoke = to_event_invoke(config->as_object(), function.arn());
  }
  return function;
}

}  // namespace doorbuster::engine
