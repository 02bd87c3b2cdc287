// The fields of states, but those of Choice and Map.
#include <boost/json.hpp>
#include <utility>

#include "states/definition_parser.h"
#include "states/resource.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

constexpr std::int64_t kSecondsMax = 99'999'999;  // AWS's limit on waits and timeouts
constexpr std::int64_t kRetriesMax = 99'999'999;  // AWS's limit on MaxAttempts
constexpr std::int64_t kDelayMaxS = 31'622'400;   // AWS's limit on MaxDelaySeconds: below a year

// Catch and Retry may name a state's own errors, and of those that begin with "States." only these.
bool is_known_error(std::string_view name) {
  constexpr std::string_view kKnown[] = {
      "States.ALL",
      "States.BranchFailed",
      "States.DataLimitExceeded",
      "States.ExceedToleratedFailureThreshold",
      "States.HeartbeatTimeout",
      "States.Http.Socket",
      "States.IntrinsicFailure",
      "States.ItemReaderFailed",
      "States.NoChoiceMatched",
      "States.ParameterPathFailure",
      "States.Permissions",
      "States.QueryEvaluationError",
      "States.ResultPathMatchFailure",
      "States.ResultWriterFailed",
      "States.Runtime",
      "States.TaskFailed",
      "States.Timeout",
  };
  return !name.starts_with("States.") ||
         std::find(std::begin(kKnown), std::end(kKnown), name) != std::end(kKnown);
}

void check_error_names(const std::vector<std::string>& names, FieldReader& fields, bool last) {
  for (const std::string& name : names) {
    if (!is_known_error(name)) {
      fields.diagnostics().schema("The error name '" + name +
                                      "' is not known to the States "
                                      "Language",
                                  fields.location("ErrorEquals"));
    }
    if (name == "States.ALL" && (names.size() > 1 || !last)) {
      fields.diagnostics().schema(
          "States.ALL must appear alone, and in the last of the retriers or catchers",
          fields.location("ErrorEquals"));
    }
  }
}

// Where a result or an error is put: into the state's input, nowhere else.
std::optional<JsonPath> result_path(FieldReader& fields) {
  auto path = fields.reference_path("ResultPath");
  if (!path || path->root() == JsonPath::Root::input) return path;
  fields.diagnostics().schema("Value is not a Reference Path", fields.location("ResultPath"));
  return std::nullopt;
}

}  // namespace

void StateParser::parse() {
  fields.require({"Type"});
  const auto type =
      fields.word("Type", {"Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map"});
  if (!type) return;
  state.type = *type;
  fields.string("Comment");
  parse_query_language(fields);
  parse_body();
  fields.finish();
}

void StateParser::parse_body() {
  const std::string& type = state.type;
  if (type == "Fail") return parse_fail();
  parse_input_and_output();
  if (type == "Succeed") return parse_succeed();
  state.assign = fields.payload("Assign");
  if (type == "Choice") return parse_choice();
  parse_next();
  if (type == "Wait") return parse_wait();
  parse_result_path();
  // The language has objects here; AWS takes anything.
  state.parameters = fields.any_payload("Parameters");
  if (type == "Pass") return parse_pass();
  state.result_selector = fields.any_payload("ResultSelector");
  parse_retriers();
  parse_catchers();
  if (type == "Task") return parse_task();
  if (type == "Parallel") return parse_parallel();
  parse_map();
}

void StateParser::parse_input_and_output() {
  state.input = fields.filter("InputPath");
  state.output = fields.filter("OutputPath");
}

void StateParser::parse_result_path() {
  const json::value* value = fields.any("ResultPath");
  if (value != nullptr && value->is_null()) {
    state.result_discarded = true;
    return;
  }
  auto path = result_path(fields);
  if (path && !path->is_root()) state.result_path = std::move(path);
}

void StateParser::parse_next() {
  const bool end = fields.boolean("End").value_or(false);
  const auto next = fields.string("Next");
  if (end && next) {
    fields.diagnostics().schema("Only one of these fields can be specified: [Next, End]",
                                fields.location());
  }
  if (end) transitions.ends(&state);
  if (next) state.next = transitions.follow(&state, *next, fields.location("Next"));
  if (!end && !next && !fields.has("Next")) {
    fields.diagnostics().schema("One of these fields is required: [Next, End]", fields.location());
  }
}

void StateParser::parse_pass() {
  PassState pass;
  if (const json::value* result = fields.any("Result")) {
    pass.result = *result;
    if (result->is_string() && std::string_view(result->get_string()).starts_with("$.")) {
      fields.diagnostics().warning("PASS_RESULT_IS_STATIC",
                                   "Attempt to use a path in the result of a pass state.",
                                   fields.location("Result"));
    }
  }
  state.what = std::move(pass);
}

void StateParser::parse_task() {
  TaskState task;
  fields.require({"Resource"});
  if (const auto arn = fields.string("Resource")) {
    auto resource = parse_resource(*arn);
    if (resource) {
      task.resource = *std::move(resource);
    } else {
      fields.diagnostics().schema("Value is not a valid resource ARN", fields.location("Resource"));
    }
  }
  task.timeout_s = fields.amount("TimeoutSeconds", 1, kSecondsMax);
  task.heartbeat_s = fields.amount("HeartbeatSeconds", 1, kSecondsMax);
  if (task.timeout_s && task.heartbeat_s && !task.timeout_s->path && !task.heartbeat_s->path &&
      task.heartbeat_s->constant >= task.timeout_s->constant) {
    fields.diagnostics().schema("'HeartbeatSeconds' must be smaller than 'TimeoutSeconds'",
                                fields.location("HeartbeatSeconds"));
  }
  if (const json::object* credentials = fields.object("Credentials")) {
    if (!credentials->contains("RoleArn") && !credentials->contains("RoleArn.$")) {
      fields.diagnostics().schema("The field 'RoleArn' is required but was missing",
                                  fields.location("Credentials"));
    }
    task.credentials = fields.payload("Credentials");
  }
  state.what = std::move(task);
}

void StateParser::parse_wait() {
  WaitState wait;
  if (!fields.has("Seconds") && !fields.has("SecondsPath") && !fields.has("Timestamp") &&
      !fields.has("TimestampPath")) {
    fields.diagnostics().schema(
        "One of these fields is required: [Seconds, SecondsPath, Timestamp, TimestampPath]",
        fields.location());
  }
  fields.at_most_one({"Seconds", "SecondsPath", "Timestamp", "TimestampPath"});
  wait.seconds = fields.amount("Seconds", 0, kSecondsMax);
  if (const auto text = fields.string("Timestamp")) {
    wait.until = parse_timestamp(*text);
    if (!wait.until) {
      fields.diagnostics().schema("Expected value of type Timestamp", fields.location("Timestamp"));
    }
  }
  wait.until_path = fields.reference_path("TimestampPath");
  state.what = std::move(wait);
}

void StateParser::parse_parallel() {
  ParallelState parallel;
  fields.require({"Branches"});
  if (const json::array* branches = fields.array("Branches")) {
    if (branches->empty()) {
      fields.diagnostics().schema("Value cannot be empty", fields.location("Branches"));
    }
    for (std::size_t i = 0; i < branches->size(); ++i) {
      const std::string location = fields.location("Branches[" + std::to_string(i) + "]");
      if (!(*branches)[i].is_object()) {
        fields.diagnostics().schema("Expected value of type Object", location);
        continue;
      }
      FieldReader branch((*branches)[i].get_object(), location, fields.diagnostics());
      branch.string("Comment");
      parse_query_language(branch);
      parallel.branches.push_back(parse_machine(branch, definition, context, depth + 1));
      branch.finish();
    }
  }
  state.what = std::move(parallel);
}

void StateParser::parse_succeed() {
  transitions.ends(&state);
  state.what = SucceedState{};
}

void StateParser::parse_fail() {
  transitions.ends(&state);
  FailState fail;
  fields.at_most_one({"Error", "ErrorPath"});
  fields.at_most_one({"Cause", "CausePath"});
  fail.error = fields.string("Error");
  fail.cause = fields.string("Cause");
  fail.error_path = fields.expression("ErrorPath");
  fail.cause_path = fields.expression("CausePath");
  state.what = std::move(fail);
}

void StateParser::parse_retriers() {
  const json::array* sources = fields.array("Retry");
  if (sources == nullptr) return;
  for (std::size_t i = 0; i < sources->size(); ++i) {
    const std::string location = fields.location("Retry[" + std::to_string(i) + "]");
    if (!(*sources)[i].is_object()) {
      fields.diagnostics().schema("Expected value of type Object", location);
      continue;
    }
    FieldReader retrier((*sources)[i].get_object(), location, fields.diagnostics());
    state.retriers.push_back(parse_retrier(retrier));
    check_error_names(state.retriers.back().error_equals, retrier, i + 1 == sources->size());
    retrier.finish();
  }
}

Retrier StateParser::parse_retrier(FieldReader& retrier) {
  Retrier result;
  retrier.string("Comment");
  retrier.require({"ErrorEquals"});
  if (auto names = retrier.strings("ErrorEquals")) result.error_equals = *std::move(names);
  if (const auto n = retrier.integer("IntervalSeconds", 1)) result.interval_s = *n;
  if (const auto n = retrier.integer("MaxAttempts", 0, kRetriesMax)) result.max_attempts = *n;
  if (const auto n = retrier.number("BackoffRate", 1, static_cast<double>(kSecondsMax)))
    result.backoff_rate = *n;
  result.max_delay_s = retrier.integer("MaxDelaySeconds", 1, kDelayMaxS);
  if (result.max_delay_s && *result.max_delay_s <= result.interval_s) {
    retrier.diagnostics().schema("'MaxDelaySeconds' must be greater than 'IntervalSeconds'",
                                 retrier.location("MaxDelaySeconds"));
  }
  const auto jitter = retrier.word("JitterStrategy", {"FULL", "NONE"});
  result.full_jitter = jitter == "FULL";
  return result;
}

void StateParser::parse_catchers() {
  const json::array* sources = fields.array("Catch");
  if (sources == nullptr) return;
  for (std::size_t i = 0; i < sources->size(); ++i) {
    const std::string location = fields.location("Catch[" + std::to_string(i) + "]");
    if (!(*sources)[i].is_object()) {
      fields.diagnostics().schema("Expected value of type Object", location);
      continue;
    }
    FieldReader catcher((*sources)[i].get_object(), location, fields.diagnostics());
    state.catchers.push_back(parse_catcher(catcher));
    check_error_names(state.catchers.back().error_equals, catcher, i + 1 == sources->size());
    catcher.finish();
  }
}

Catcher StateParser::parse_catcher(FieldReader& catcher) {
  Catcher result;
  catcher.string("Comment");
  catcher.require({"ErrorEquals", "Next"});
  if (auto names = catcher.strings("ErrorEquals")) result.error_equals = *std::move(names);
  if (const auto next = catcher.string("Next")) {
    result.next = transitions.follow(&state, *next, catcher.location("Next"));
  }
  const json::value* path = catcher.any("ResultPath");
  if (path == nullptr || !path->is_null()) {
    result.result_path = path == nullptr ? JsonPath::parse("$") : result_path(catcher);
  }
  result.assign = catcher.payload("Assign");
  return result;
}

}  // namespace doorbuster::states
