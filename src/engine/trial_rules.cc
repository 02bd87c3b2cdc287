#include "engine/trial_rules.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "cloud/error.h"
#include "documents/json_text.h"
#include "engine/state_machine_rules.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

constexpr std::size_t kStateNameMax = 80;

cloud::Error invalid(const std::string& why) {
  return {"ValidationException", why};
}

cloud::Error invalid_value(const std::string& value, const char* member, const char* constraint) {
  return invalid("1 validation error detected: Value '" + value + "' at '" + member +
                 "' failed to satisfy constraint: Member must " + constraint);
}

void check_count(int count, const char* member) {
  if (count < 0) {
    throw invalid_value(std::to_string(count), member, "have value greater than or equal to 0");
  }
}

bool is_fork(const states::TestedState& state) {
  return state.type == "Parallel" || state.type == "Map";
}

// --- The mock ---------------------------------------------------------------------------------

void check_mock(const cloud::TestStateInput& request) {
  if (request.mock->result.empty() == !request.mock->errorOutput) {
    throw invalid(
        "A test mock should have only one of the following fields: [result, errorOutput].");
  }
  if (request.revealSecrets) {
    throw invalid("TestState does not support RevealSecrets when a mock is specified.");
  }
}

json::value mocked_result(const std::string& text) {
  auto result = documents::from_text(text);
  if (!result) throw invalid("Mocked result must be valid JSON");
  return *std::move(result);
}

// What a Parallel or a Map comes to has a form.
void check_result(const std::string& text, const states::TestedState& state) {
  const json::value result = mocked_result(text);
  if (state.type == "Map" && state.state.contains("ResultWriter")) {
    if (!result.is_object()) throw invalid("Mocked result must be a JSON object.");
    return;
  }
  if (!result.is_array()) throw invalid("Mocked result must be an array.");
  if (state.type == "Parallel" &&
      result.get_array().size() != state.state.at("Branches").as_array().size()) {
    throw invalid(
        "Mocked result must contain the same number of items as number of Parallel branches.");
  }
}

void check_type(const cloud::TestStateInput& request, const states::TestedState& state) {
  if (is_fork(state) && !request.mock) {
    throw cloud::Error("InvalidDefinition",
                       "TestState API does not support Map or Parallel states. Supported state "
                       "types include: [Task, Wait, Pass, Succeed, Fail, Choice]");
  }
  if (request.mock && state.type != "Task" && !is_fork(state)) {
    throw invalid("State type '" + state.type + "' is not supported when a mock is specified");
  }
  if (state.type == "Task" && !request.mock && request.roleArn.empty()) {
    throw invalid("RoleArn must be specified when testing a Task state");
  }
}

// --- The configuration ------------------------------------------------------------------------

void check(const cloud::TestStateConfiguration& configuration) {
  check_count(configuration.retrierRetryCount, "stateConfiguration.retrierRetryCount");
  check_count(configuration.mapIterationFailureCount,
              "stateConfiguration.mapIterationFailureCount");
  check_length(configuration.errorCausedByState, "stateConfiguration.errorCausedByState",
               kStateNameMax);
  check_length(configuration.mapItemReaderData, "stateConfiguration.mapItemReaderData",
               states::kPayloadMax);
}

// It must have something to say to the state.
void check(const cloud::TestStateConfiguration& configuration, const states::TestedState& state,
           bool mocks_error) {
  if (configuration.mapIterationFailureCount > 0 && state.type != "Map") {
    throw invalid("MapIterationFailureCount is only supported for a Map state");
  }
  if (!configuration.mapItemReaderData.empty() && !state.state.contains("ItemReader")) {
    throw invalid("MapItemReaderData is only supported for a Map state with an ItemReader");
  }
  const std::string& cause = configuration.errorCausedByState;
  if (cause.empty()) return;
  if (!is_fork(state) || !mocks_error) {
    throw invalid(
        "ErrorCausedByState is only supported for a mocked error of a Map or Parallel state");
  }
  if (!states::has_state(state.state, cause)) {
    throw invalid("ErrorCausedByState '" + cause + "' is not a state of the " + state.type +
                  " state");
  }
}

// --- The context object -----------------------------------------------------------------------

struct ContextField {
  std::string_view section;
  std::string_view name;
  enum class Type : unsigned char { any, text, number } type = Type::text;
};
// https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
constexpr std::array<ContextField, 13> kContextFields = {{
    {"Execution", "Id"},
    {"Execution", "Input", ContextField::Type::any},
    {"Execution", "Name"},
    {"Execution", "RoleArn"},
    {"Execution", "StartTime"},
    {"Execution", "RedriveCount", ContextField::Type::number},
    {"Execution", "RedriveTime"},
    {"State", "EnteredTime"},
    {"State", "Name"},
    {"State", "RetryCount", ContextField::Type::number},
    {"StateMachine", "Id"},
    {"StateMachine", "Name"},
    {"Task", "Token"},
}};

cloud::Error invalid_context(const std::string& why) {
  return invalid("Invalid Context object provided: " + why);
}

void check_field(std::string_view section, std::string_view name, const json::value& value) {
  for (const auto& field : kContextFields) {
    if (field.section != section || field.name != name) continue;
    const std::string where = std::string(section) + '.' + std::string(name);
    if (field.type == ContextField::Type::text && !value.is_string()) {
      throw invalid_context(where + " must be a string");
    }
    if (field.type == ContextField::Type::number && !value.is_number()) {
      throw invalid_context(where + " must be a number");
    }
    return;
  }
  throw invalid_context("Field '" + std::string(name) + "' is not allowed");
}

void check_section(std::string_view section, const json::value& fields) {
  if (section == "Map") {
    throw invalid_context("'Map' field is not supported when mocking a Context object");
  }
  const auto known = [section](const ContextField& field) { return field.section == section; };
  if (std::none_of(kContextFields.begin(), kContextFields.end(), known)) {
    throw invalid_context("Field '" + std::string(section) + "' is not allowed");
  }
  if (!fields.is_object()) throw invalid_context(std::string(section) + " must be an object");
  for (const auto& [name, value] : fields.get_object()) check_field(section, name, value);
}

// Whether the state has a token.
bool waits_for_service(const states::TestedState& state) {
  const json::value* resource =
      state.type == "Task" ? state.state.if_contains("Resource") : nullptr;
  if (!resource || !resource->is_string()) return false;
  const std::string_view name = resource->get_string();
  return name.ends_with(".sync") || name.ends_with(".sync:2") ||
         name.ends_with(".waitForTaskToken");
}

}  // namespace

void check(const cloud::TestStateInput& request) {
  const std::string& level = request.inspectionLevel;
  if (!level.empty() && level != "INFO" && level != "DEBUG" && level != "TRACE") {
    throw invalid_value(level, "inspectionLevel", "satisfy enum value set: [INFO, DEBUG, TRACE]");
  }
  if (!request.roleArn.empty()) check_role(request.roleArn);
  check_length(request.input, "input", states::kPayloadMax);
  check_length(request.variables, "variables", states::kPayloadMax);
  check_length(request.context, "context", states::kPayloadMax);
  if (request.stateConfiguration) check(*request.stateConfiguration);
  if (request.mock) return check_mock(request);
  if (!request.context.empty()) {
    throw invalid("TestState does not support Context when no mock is specified.");
  }
}

void check(const cloud::TestStateInput& request, const states::TestedState& state) {
  check_type(request, state);
  const bool mocks_error = request.mock && request.mock->errorOutput;
  if (request.mock && !mocks_error && is_fork(state)) check_result(request.mock->result, state);
  if (request.stateConfiguration) check(*request.stateConfiguration, state, mocks_error);
}

std::optional<states::StandIn> mock_of(const cloud::TestStateInput& request) {
  if (!request.mock) return std::nullopt;
  states::StandIn mock;
  if (const auto& error = request.mock->errorOutput) {
    mock.error = error->error;
    mock.cause = error->cause;
  } else {
    mock.result = mocked_result(request.mock->result);
  }
  if (const auto& configuration = request.stateConfiguration) {
    mock.failures = static_cast<std::size_t>(configuration->mapIterationFailureCount);
    if (!configuration->mapItemReaderData.empty()) {
      mock.items_read = configuration->mapItemReaderData;
    }
  }
  return mock;
}

std::optional<json::value> context_of(const cloud::TestStateInput& request,
                                      const states::TestedState& state) {
  if (request.context.empty()) return std::nullopt;
  auto context = documents::from_text(request.context);
  if (!context || !context->is_object()) throw invalid_context("it must be a JSON object");
  for (const auto& [section, fields] : context->get_object()) check_section(section, fields);
  if (context->get_object().contains("Task") && !waits_for_service(state)) {
    throw invalid_context(
        "Context object contains 'Task' when state is not a Task state with a '.sync' or "
        "'.waitForTaskToken' service integration pattern");
  }
  return context;
}

json::object variables_of(const cloud::TestStateInput& request) {
  if (request.variables.empty()) return {};
  const auto variables = documents::from_text(request.variables);
  if (!variables || !variables->is_object()) throw invalid("Variables must be a JSON object");
  return variables->get_object();
}

}  // namespace doorbuster::engine
