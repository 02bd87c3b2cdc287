#include "engine/task_parameters.h"

#include <algorithm>
#include <boost/json.hpp>

#include "documents/json_text.h"
#include "engine/task_outcome.h"

namespace doorbuster::engine {

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

}  // namespace doorbuster::engine
