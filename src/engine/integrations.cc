#include "engine/integrations.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <string>

#include "documents/json_text.h"
#include "states/resource.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;
using Diagnostics = std::vector<states::Diagnostic>;

constexpr std::string_view kIntegration = "arn:aws:states:::";
constexpr std::string_view kSdk = "aws-sdk:";
constexpr std::string_view kCallback = ".waitForTaskToken";

constexpr std::array<std::string_view, 6> kOptimised = {
    "lambda:invoke",
    "sqs:sendMessage",
    "sns:publish",
    "states:startExecution",
    "states:startExecution.sync",
    "states:startExecution.sync:2",
};
constexpr std::array<std::string_view, 7> kSdkServices = {"s3",  "sqs", "sns", "lambda",
                                                          "sfn", "sts", "iam"};

bool is_available(std::string_view resource) {
  if (!resource.starts_with(kIntegration)) return true;  // a function's or an activity's ARN
  resource.remove_prefix(kIntegration.size());
  if (resource.ends_with(kCallback)) resource.remove_suffix(kCallback.size());
  if (!resource.starts_with(kSdk))
    return std::ranges::find(kOptimised, resource) != kOptimised.end();
  resource.remove_prefix(kSdk.size());
  const auto service = resource.substr(0, resource.find(':'));
  return std::ranges::find(kSdkServices, service) != kSdkServices.end();
}

// A JSON pointer's part (RFC 6901).
std::string escaped(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

void refuse(std::string why, std::string where, Diagnostics& found) {
  found.push_back({states::Diagnostic::Severity::error, "SCHEMA_VALIDATION_FAILED", std::move(why),
                   std::move(where)});
}

void refuse_resource(std::string_view resource, const std::string& at, Diagnostics& found) {
  refuse("The resource provided " + std::string(resource) +
             " is not recognized. The value is not a valid resource ARN, or the resource is not "
             "available in this region.",
         at, found);
}

// Of an express machine's task.
void check_pattern(std::string_view resource, const std::string& at, Diagnostics& found) {
  if (resource.find(":activity:") != std::string_view::npos) {
    return refuse("Express state machine does not support Activity ARN", at, found);
  }
  for (const std::string_view pattern : {std::string_view(".sync"), kCallback}) {
    if (!resource.starts_with(kIntegration) || resource.find(pattern) == resource.npos) continue;
    refuse(
        "Express state machine does not support '" + std::string(pattern) + "' service integration",
        at, found);
  }
}

bool has_member(const json::object& parameters, const std::string& name) {
  return parameters.contains(name) || parameters.contains(name + ".$");
}

// In a machine that `express` says the type of.
struct MachineChecker {
  bool express;
  const RequiredMembers& required;
  Diagnostics& found;

  void check_machine(const json::value& machine, const std::string& at) const {
    const auto* object = machine.if_object();
    const auto* states = object ? object->if_contains("States") : nullptr;
    if (!states || !states->is_object()) return;
    for (const auto& [name, state] : states->get_object()) {
      if (state.is_object()) check_state(state.get_object(), at + "/States/" + escaped(name));
    }
  }

  void check_state(const json::object& state, const std::string& at) const {
    const auto* type = state.if_contains("Type");
    const auto* resource = state.if_contains("Resource");
    if (type && *type == "Task" && resource && resource->is_string()) {
      check_task(state, resource->get_string(), at);
    }
    for (const char* inner : {"Iterator", "ItemProcessor"}) {
      if (const auto* machine = state.if_contains(inner)) {
        check_processor(*machine, at + '/' + inner);
      }
    }
    const auto* branches = state.if_contains("Branches");
    if (!branches || !branches->is_array()) return;
    for (std::size_t i = 0; i < branches->get_array().size(); ++i) {
      check_machine(branches->get_array()[i], at + "/Branches/" + std::to_string(i));
    }
  }

  void check_task(const json::object& state, std::string_view resource,
                  const std::string& at) const {
    if (!is_available(resource)) return refuse_resource(resource, at + "/Resource", found);
    if (express) check_pattern(resource, at + "/Resource", found);
    const auto called = states::parse_resource(resource);
    if (!required || !called || called->kind != states::Resource::Kind::integration) return;
    const auto members = required(operation_of(called->service, called->action));
    if (!members) return refuse_resource(resource, at + "/Resource", found);
    const auto* parameters = state.if_contains("Parameters");
    if (parameters == nullptr) {
      return refuse("Parameters field is required for resource ARN: " + std::string(resource), at,
                    found);
    }
    for (const auto& name : *members) {
      if (!parameters->is_object() || has_member(parameters->get_object(), name)) continue;
      refuse("The field '" + name + "' is required but was missing", at + "/Parameters", found);
    }
  }

  void check_processor(const json::value& machine, const std::string& at) const {
    json::error_code missing;
    const auto* mode = machine.find_pointer("/ProcessorConfig/Mode", missing);
    if (!mode || *mode != "DISTRIBUTED") return check_machine(machine, at);
    if (express) {
      refuse("Express state machine does not support Map state with mode DISTRIBUTED",
             at + "/ProcessorConfig/Mode", found);
    }
    const auto* children = machine.find_pointer("/ProcessorConfig/ExecutionType", missing);
    MachineChecker{children && *children == "EXPRESS", required, found}.check_machine(machine, at);
  }
};

}  // namespace

// An action begins with a small letter, an operation with a capital; an action that doesn't is
// none.
ServiceOperation operation_of(std::string_view service, std::string_view action) {
  if (service.starts_with(kSdk)) service.remove_prefix(kSdk.size());
  ServiceOperation operation{std::string(service == "sfn" ? "states" : service), {}};
  if (action.empty() || action[0] < 'a' || action[0] > 'z') return operation;
  operation.name = action;
  operation.name[0] = static_cast<char>(action[0] - 'a' + 'A');
  return operation;
}

Diagnostics unavailable_states(std::string_view definition, bool express,
                               const RequiredMembers& required) {
  Diagnostics found;
  const auto machine = documents::from_text(definition);
  if (machine) MachineChecker{express, required, found}.check_machine(*machine, "");
  return found;
}

}  // namespace doorbuster::engine
