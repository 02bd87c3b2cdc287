#include "engine/task_parameters.h"

#include <algorithm>
#include <boost/json.hpp>

#include "cloud/arn.h"
#include "documents/json_text.h"
#include "engine/function_rules.h"
#include "engine/task_outcome.h"

namespace doorbuster::engine {
namespace {

// Of lambda:invoke.
bool asks_for_the_answer_only(const boost::json::value& parameters) {
  return parameters.is_object() &&
         std::ranges::all_of(parameters.get_object(), [](const auto& member) {
           return member.key() == "FunctionName" || member.key() == "Payload";
         });
}

}  // namespace

std::string text_of(const boost::json::value& parameters, std::string_view member) {
  const auto* object = parameters.if_object();
  const auto* value = object ? object->if_contains(member) : nullptr;
  if (!value || value->is_null()) return {};
  return value->is_string() ? std::string(value->get_string()) : documents::to_text(*value);
}

void check_members(const boost::json::value& parameters,
                   std::initializer_list<std::string_view> known) {
  if (!parameters.is_object()) return;
  for (const auto& member : parameters.get_object()) {
    const std::string_view name = member.key();
    if (std::ranges::find(known, name) != known.end()) continue;
    throw TaskFailure{"States.Runtime",
                      "The field \"" + std::string(name) + "\" is not supported by Step Functions"};
  }
}

cloud::InvokeRequest invoke_request(const boost::json::value& parameters) {
  check_members(parameters, {"ClientContext", "FunctionName", "InvocationType", "LogType",
                             "Payload", "Qualifier"});
  cloud::InvokeRequest request;
  request.FunctionName = text_of(parameters, "FunctionName");
  request.Qualifier = text_of(parameters, "Qualifier");
  request.InvocationType = text_of(parameters, "InvocationType");
  request.LogType = text_of(parameters, "LogType");
  request.ClientContext = text_of(parameters, "ClientContext");
  const auto* object = parameters.if_object();
  const auto* payload = object ? object->if_contains("Payload") : nullptr;
  request.Payload = payload ? documents::to_text(*payload) : "{}";
  return request;
}

cloud::Caller caller_of(const RunnerTask& task) {
  const auto arn = cloud::Arn::parse(task.execution_arn).value();
  return {.scope = {arn.account, arn.region}, .arn = task.role_arn};
}

std::optional<std::string> function_called(const RunnerTask& task) {
  using Kind = states::Resource::Kind;
  const auto& resource = task.order.resource;
  if (resource.kind == Kind::function) return function_arn(caller_of(task), resource.arn, "");
  if (resource.kind != Kind::integration || resource.service != "lambda") return std::nullopt;
  if (!asks_for_the_answer_only(task.order.input)) return std::nullopt;
  return function_arn(caller_of(task), text_of(task.order.input, "FunctionName"), "");
}

}  // namespace doorbuster::engine
