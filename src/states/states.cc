// From state to state.
#include <boost/json.hpp>
#include <cassert>
#include <utility>

#include "states/amount.h"
#include "states/frame_environment.h"
#include "states/json_text.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

// Bytes: AWS's limits of what an Assign assigns, and of all of an execution's variables.
// https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
constexpr std::size_t kAssignedMax = std::size_t{256} << 10;
constexpr std::size_t kVariablesMax = std::size_t{10} << 20;
constexpr std::chrono::hours kWaitMax(24 * 366);  // an execution lasts a year at most

// What the filter lets through. It is made in `made` only where it is no part of what is there and
// stays: the context object does not, it is made anew for whatever asks for it next.
const json::value& filtered(const DataFilter& data, const json::value& input,
                            Environment& environment, json::value& made) {
  if (data.discards) return made = json::object();
  if (!data.path) return input;
  const Scope scope{input, environment};
  if (data.path->is_reference() && data.path->root() != JsonPath::Root::context) {
    const json::value* found = data.path->find(root_of(*data.path, scope));
    if (found != nullptr) return *found;
  }
  return made = filter(*data.path, scope);
}

bool is_fork(const State& state) {
  return std::holds_alternative<ParallelState>(state.what) ||
         std::holds_alternative<MapState>(state.what);
}

std::string text_of(const Expression& expression, std::string_view field, const Scope& scope) {
  const json::value value = expression.evaluate(field, scope);
  if (value.is_string()) return std::string(value.get_string());
  throw runtime_failure("The field '" + std::string(field) +
                        "' must be a string, but was: " + to_text(value));
}

}  // namespace

void Interpreter::enter(Frame& frame) {
  frame.retries = 0;
  frame.attempts.assign(frame.state->retriers.size(), 0);
  frame.entered = host_->now();
  bytes_written_ += frame.input.text.size();
  frame.entered_event =
      append(frame, frame.state->type + "StateEntered", "stateEnteredEventDetails",
             {{"input", frame.input.text}, {"name", frame.state->name}});
  frame.phase = Frame::Phase::executing;
}

void Interpreter::execute(Frame& frame) {
  if (is_fork(*frame.state)) {
    if (auto stand_in = host_->stand_in()) return execute_stand_in(frame, *std::move(stand_in));
  }
  std::visit([&](const auto& what) { execute(frame, what); }, frame.state->what);
}

void Interpreter::execute(Frame& frame, const PassState& pass) {
  FrameEnvironment environment(*this, frame);
  if (!pass.result) return complete(frame, parameters(frame, environment));
  host_->inspect("result", *pass.result);
  complete(frame, *pass.result);
}

void Interpreter::execute(Frame& frame, const SucceedState&) {
  pass_on(frame, nullptr, nullptr);
}

void Interpreter::execute(Frame& frame, const FailState& fail) {
  FrameEnvironment environment(*this, frame);
  const Scope scope{frame.input.value, environment};
  host_->inspect("afterInputPath", frame.input.value);
  Failure failure;
  failure.error = fail.error.value_or("");
  failure.cause = fail.cause;
  if (fail.error_path) failure.error = text_of(*fail.error_path, "ErrorPath", scope);
  if (fail.cause_path) failure.cause = text_of(*fail.cause_path, "CausePath", scope);
  throw failure;
}

void Interpreter::execute(Frame& frame, const ChoiceState& choice) {
  FrameEnvironment environment(*this, frame);
  json::value made;
  const json::value& input = effective_input(frame, environment, made);
  for (const ChoiceState::Rule& rule : choice.rules) {
    if (!rule.condition.holds({input, environment})) continue;
    return pass_on(frame, rule.next, rule.assign ? &*rule.assign : nullptr);
  }
  if (choice.otherwise == nullptr) {
    throw located("States.NoChoiceMatched", "Failed to transition out of the state '" +
                                                frame.state->name +
                                                "'. The state does not point to a next state.");
  }
  pass_on(frame, choice.otherwise, frame.state->assign ? &*frame.state->assign : nullptr);
}

void Interpreter::execute(Frame& frame, const WaitState& wait) {
  FrameEnvironment environment(*this, frame);
  json::value made;
  const Scope scope{effective_input(frame, environment, made), environment};
  const Time wake_at = wait.until        ? wait.until->milliseconds()
                       : wait.until_path ? timestamp_at(*wait.until_path, scope)
                                         : host_->now() + wait_of(*wait.seconds, scope);
  if (wake_at > host_->now() + kWaitMax) throw runtime_failure("Wait state delay is too long.");
  frame.wake_at = wake_at;
  frame.phase = Frame::Phase::waiting;
  reschedule(frame);
}

const json::value& Interpreter::effective_input(const Frame& frame, Environment& environment,
                                                json::value& made) const {
  return filtered(frame.state->input, frame.input.value, environment, made);
}

json::value Interpreter::parameters(const Frame& frame, Environment& environment) const {
  json::value made;
  const json::value& input = effective_input(frame, environment, made);
  host_->inspect("afterInputPath", input);
  json::value result =
      frame.state->parameters ? frame.state->parameters->evaluate({input, environment}) : input;
  host_->inspect("afterParameters", result);
  return result;
}

Payload Interpreter::payload(const Frame& frame, json::value value) const {
  Payload result{.value = std::move(value), .text = {}};
  result.text = to_text(result.value);
  if (result.text.size() <= kPayloadMax) return result;
  throw data_limit_exceeded(frame.state->name);
}

json::object Interpreter::assigned(Frame& frame, const PayloadTemplate* assign,
                                   const json::value& input) {
  if (assign == nullptr) return {};
  FrameEnvironment environment(*this, frame);
  json::object values = assign->evaluate({input, environment}).as_object();
  check_size(frame, values);
  return values;
}

void Interpreter::check_size(const Frame& frame, const json::object& assigned) const {
  std::size_t bytes = 0;
  std::size_t replaced = 0;
  for (const auto& [name, value] : assigned) {
    bytes += to_text(value).size();
    const json::value* old = frame.variables.if_contains(name);
    if (old != nullptr) replaced += to_text(*old).size();
  }
  if (bytes > kAssignedMax) {
    throw runtime_failure("The variables that are assigned are larger than 262144 bytes.");
  }
  if (frames_.variable_bytes() - replaced + bytes > kVariablesMax) {
    throw runtime_failure("The variables of the execution are larger than 10485760 bytes.");
  }
}

void Interpreter::complete(Frame& frame, json::value result) {
  const State& state = *frame.state;
  FrameEnvironment environment(*this, frame);
  json::object variables = assigned(frame, state.assign ? &*state.assign : nullptr, result);
  if (state.result_selector) result = state.result_selector->evaluate({result, environment});
  host_->inspect("afterResultSelector", result);
  const bool passes_input = state.result_discarded && !state.output.discards && !state.output.path;
  if (passes_input) {
    host_->inspect("afterResultPath", frame.input.value);
    return leave(frame, state.next, std::move(frame.input), std::move(variables));
  }
  leave(frame, state.next, output_of(frame, std::move(result)), std::move(variables));
}

// The input is taken, not copied. Where that comes to nothing it is made again of its text: the
// state may be retried, or go on with it by a catcher.
Payload Interpreter::output_of(Frame& frame, json::value result) {
  const State& state = *frame.state;
  FrameEnvironment environment(*this, frame);
  const bool keeps_input = state.result_discarded || state.result_path;
  json::value output;
  output.swap(keeps_input ? frame.input.value : result);
  try {
    if (state.result_path) state.result_path->assign(output, std::move(result));
    host_->inspect("afterResultPath", output);
    if (state.output.discards || state.output.path) {
      json::value made;
      output = json::value(filtered(state.output, output, environment, made));
    }
    return payload(frame, std::move(output));
  } catch (const Failure&) {
    if (keeps_input) frame.input.value = from_text(frame.input.text).value();
    throw;
  }
}

void Interpreter::pass_on(Frame& frame, const State* next, const PayloadTemplate* assign) {
  const State& state = *frame.state;
  FrameEnvironment environment(*this, frame);
  const bool as_it_is = !state.input.discards && !state.input.path && !state.output.discards &&
                        !state.output.path && assign == nullptr;
  json::value made;
  const json::value& input = effective_input(frame, environment, made);
  host_->inspect("afterInputPath", input);
  if (as_it_is) return leave(frame, next, std::move(frame.input), {});
  json::object variables = assigned(frame, assign, input);
  json::value made_output;
  json::value output = filtered(state.output, input, environment, made_output);
  leave(frame, next, payload(frame, std::move(output)), std::move(variables));
}

void Interpreter::leave(Frame& frame, const State* next, Payload output, json::object variables) {
  Details details{{"output", output.text}, {"name", frame.state->name}};
  json::object texts;
  for (const auto& [name, value] : variables) {
    std::string text = to_text(value);
    bytes_written_ += text.size();
    texts.emplace(name, std::move(text));
  }
  if (!texts.empty()) details.push_back({"assignedVariables", &texts});
  bytes_written_ += output.text.size();
  append(frame, frame.state->type + "StateExited", "stateExitedEventDetails", std::move(details));
  frames_.assign(frame, variables);
  if (next == nullptr) return end_machine(frame, std::move(output));
  frame.state = next;
  frame.entered_event = 0;
  frame.phase = Frame::Phase::entering;
  frame.input = std::move(output);
  frames_.changed(frame, Frames::kPlace | Frames::kData);
}

void Interpreter::end_machine(Frame& frame, Payload output) {
  Frame* parent = frames_.find(frame.parent);
  if (parent != nullptr) return child_succeeded(*parent, frame, std::move(output));
  assert(frame.id == kRootFrame);
  history_.append_last(*host_, frame.last_event, "ExecutionSucceeded",
                       "executionSucceededEventDetails", {{"output", output.text}});
  output_ = std::move(output);
  output_changed_ = true;
  frames_.remove(frame);
  end(Status::succeeded, "", "");
}

}  // namespace doorbuster::states
