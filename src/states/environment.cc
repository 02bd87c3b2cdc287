// What a frame can see: the context object and variables.
// https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
#include <boost/json.hpp>

#include "states/frame_environment.h"
#include "states/timestamp.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

bool can_retry(const State& state) {
  return std::holds_alternative<TaskState>(state.what) ||
         std::holds_alternative<MapState>(state.what) ||
         std::holds_alternative<ParallelState>(state.what);
}

}  // namespace

const json::value& Interpreter::FrameEnvironment::context() {
  return interpreter_.context(frame_, task_, part_);
}

const json::value* Interpreter::FrameEnvironment::variable(std::string_view name) {
  return interpreter_.variable(frame_, name);
}

std::uint64_t Interpreter::FrameEnvironment::random() {
  return interpreter_.host_->random();
}

// The innermost scope that has one.
const json::value* Interpreter::variable(const Frame& frame, std::string_view name) {
  for (const Frame* scope = &frame; scope != nullptr; scope = frames_.find(scope->parent)) {
    const json::value* value = scope->variables.if_contains(name);
    if (value != nullptr) return value;
  }
  return nullptr;
}

const json::value& Interpreter::context(const Frame& frame, std::optional<TaskId> task,
                                        std::optional<std::size_t> part) {
  if (const json::value* given = host_->context()) {
    if (!part) return *given;
    context_ = *given;
    context_.get_object()["Map"] = map_context(*frame.fork, *part);
    return context_;
  }
  if (!context_.is_object()) {
    context_ = json::object{
        {"Execution",
         {{"Id", identity_.execution_arn},
          {"Input", input_},
          {"StartTime", format_timestamp(identity_.started)},
          {"Name", identity_.execution_name},
          {"RoleArn", identity_.role_arn},
          {"RedriveCount", identity_.redrives}}},
        {"StateMachine",
         {{"Id", identity_.state_machine_arn}, {"Name", identity_.state_machine_name}}}};
  }
  json::object& context = context_.get_object();
  json::object state{{"Name", frame.state->name}, {"EnteredTime", format_timestamp(frame.entered)}};
  if (can_retry(*frame.state)) state["RetryCount"] = frame.retries;
  context["State"] = std::move(state);
  context.erase("Task");
  if (task) context["Task"] = json::object{{"Token", host_->token(*task)}};
  context.erase("Map");
  if (part) {
    context["Map"] = map_context(*frame.fork, *part);
    return context_;
  }
  // Within an iteration, its own item.
  const Frame* inner = &frame;
  for (const Frame* outer = frames_.find(inner->parent); outer != nullptr;
       inner = outer, outer = frames_.find(outer->parent)) {
    if (!std::holds_alternative<MapState>(outer->state->what)) continue;
    context["Map"] = map_context(*outer->fork, inner->part);
    break;
  }
  return context_;
}

json::object Interpreter::map_context(const Fork& fork, std::size_t part) {
  json::object item{{"Index", part}};
  const json::value& value = fork.items.at(part);
  if (fork.keyed) item["Key"] = value.at("Key");
  item["Value"] = fork.keyed ? value.at("Value") : value;
  item["Source"] = fork.source.empty() ? "STATE_DATA" : fork.source;
  return {{"Item", std::move(item)}};
}

}  // namespace doorbuster::states
