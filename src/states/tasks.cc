// Task states, and the tasks that a distributed Map needs to read and write.
#include <boost/json.hpp>
#include <cassert>
#include <utility>

#include "states/amount.h"
#include "states/characters.h"
#include "states/frame_environment.h"
#include "states/json_text.h"
#include "states/map_results.h"
#include "states/resource.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

using Kind = Resource::Kind;

// What an event's type begins with.
std::string_view family(Kind kind) {
  if (kind == Kind::function) return "LambdaFunction";
  return kind == Kind::activity ? "Activity" : "Task";
}

std::string details_name(Kind kind, std::string_view what) {
  std::string name(family(kind));
  name[0] = static_cast<char>(name[0] - 'A' + 'a');
  return name.append(what).append("EventDetails");
}

// The region in an ARN.
std::string_view region_of(std::string_view arn) {
  for (int i = 0; i < 3; ++i) arn.remove_prefix(std::min(arn.find(':'), arn.size() - 1) + 1);
  return arn.substr(0, arn.find(':'));
}

const TaskState* task_state(const Frame& frame) {
  return std::get_if<TaskState>(&frame.state->what);
}

// The role that the task is done in; null if that is the machine's own.
json::value role_of(const TaskState& task, const Scope& scope) {
  if (!task.credentials || task.resource.kind == Kind::activity) return nullptr;
  return task.credentials->evaluate(scope).at("RoleArn");
}

}  // namespace

void Interpreter::execute(Frame& frame, const TaskState& task) {
  const TaskId id = next_task_++;
  const bool has_token = task.resource.pattern == Resource::Pattern::wait_for_task_token;
  FrameEnvironment environment =
      has_token ? FrameEnvironment(*this, frame, id) : FrameEnvironment(*this, frame);
  Payload input = payload(frame, parameters(frame, environment));
  json::value made;
  const Scope scope{effective_input(frame, environment, made), environment};
  const auto timeout_s = integer_of(task.timeout_s, scope);
  const auto heartbeat_s = integer_of(task.heartbeat_s, scope).value_or(0);
  json::value role = role_of(task, scope);
  // Nothing fails the state from here on: no timer is left behind that has no task.
  frame.heartbeat_s = heartbeat_s;
  if (timeout_s) frame.timeout_at = host_->now() + std::chrono::seconds(*timeout_s);
  if (frame.heartbeat_s > 0 && task.resource.kind != Kind::activity) {
    frame.heartbeat_at = host_->now() + std::chrono::seconds(frame.heartbeat_s);
  }
  frame.phase = Frame::Phase::task;
  frame.task_input = input.text;
  append_scheduled(frame, task.resource, timeout_s, std::move(role));
  begin_task(frame, id, task.resource, std::move(input));
}

void Interpreter::begin_task(Frame& frame, TaskId task, const Resource& resource, Payload input) {
  frame.task = task;
  frame.task_started = false;
  frame.task_input = std::move(input.text);
  tasks_[task] = frame.id;
  frames_.changed(frame, Frames::kTask);
  reschedule(frame);
  host_->begin({.id = task,
                .resource = resource,
                .state = frame.state->name,
                .input = std::move(input.value),
                .child = nullptr,
                .express = false});
}

Frame* Interpreter::waiting_for(TaskId task) {
  if (status_ != Status::running) return nullptr;
  const auto found = tasks_.find(task);
  return found == tasks_.end() ? nullptr : frames_.find(found->second);
}

void Interpreter::forget_task(Frame& frame) {
  tasks_.erase(frame.task);
  frame.task = 0;
  frame.task_input.clear();
  frame.timeout_at.reset();
  frame.heartbeat_at.reset();
  frames_.drop_task(frame);
  reschedule(frame);
}

void Interpreter::stop_work(Frame& frame) {
  if (frame.task != 0) {
    host_->cancel(frame.task);
    forget_task(frame);
  }
  frame.wake_at.reset();
  reschedule(frame);
  if (!frame.fork) return;
  for (const auto& [task, part] : std::exchange(frame.fork->tasks, {})) {
    host_->cancel(task);
    tasks_.erase(task);
    frames_.task_changed(frame, task);
    frame.fork->outcomes[part].task = task;
    frames_.outcome_changed(frame, part);
  }
}

// --- Events ---

void Interpreter::append_scheduled(Frame& frame, const Resource& resource,
                                   std::optional<std::int64_t> timeout_s, json::value role) {
  Details details;
  if (resource.kind == Kind::integration) {
    details = {{"region", region_of(identity_.state_machine_arn)},
               {"parameters", frame.task_input}};
  } else {
    details = {{"input", frame.task_input}, {"resource", resource.arn}};
  }
  if (timeout_s) details.push_back({"timeoutInSeconds", *timeout_s});
  if (frame.heartbeat_s > 0) details.push_back({"heartbeatInSeconds", frame.heartbeat_s});
  json::object credentials;
  if (!role.is_null()) {
    credentials.emplace("roleArn", std::move(role));
    details.push_back({"taskCredentials", &credentials});
  }
  bytes_written_ += frame.task_input.size();
  append_task_event(frame, "Scheduled", std::move(details));
}

void Interpreter::append_started(Frame& frame, std::string_view worker) {
  if (std::exchange(frame.task_started, true)) return;
  const TaskState& task = *task_state(frame);
  if (frame.heartbeat_s > 0 && !frame.heartbeat_at) {
    frame.heartbeat_at = host_->now() + std::chrono::seconds(frame.heartbeat_s);
    reschedule(frame);
  }
  if (task.resource.kind == Kind::function) {
    append(frame, "LambdaFunctionStarted");
    return;
  }
  Details details;
  if (task.resource.kind == Kind::activity && !worker.empty()) {
    details.push_back({"workerName", worker});
  }
  append_task_event(frame, "Started", std::move(details));
}

void Interpreter::append_task_event(Frame& frame, std::string_view what, Details details) {
  const Resource& resource = task_state(frame)->resource;
  std::string type;
  std::string action;
  if (resource.kind == Kind::integration) {
    type = resource_type(resource);
    action = resource_action(resource);
    details.push_back({"resourceType", type});
    details.push_back({"resource", action});
  }
  append(frame, std::string(family(resource.kind)).append(what), details_name(resource.kind, what),
         std::move(details));
}

// --- Answers ---

bool Interpreter::started(TaskId task, std::string_view worker, Host& host) {
  Frame* frame = waiting_for(task);
  if (frame == nullptr) return false;
  if (frame->phase == Frame::Phase::task) turn(host, [&] { append_started(*frame, worker); });
  return true;
}

bool Interpreter::submitted(TaskId task, json::value output, Host& host) {
  Frame* frame = waiting_for(task);
  if (frame == nullptr || frame->phase != Frame::Phase::task) return false;
  turn(host, [&] {
    queue(*frame);
    attempt(frame->id, [&] {
      append_started(*frame, "");
      append_task_event(*frame, "Submitted", {{"output", to_text(output)}});
    });
  });
  return true;
}

bool Interpreter::heartbeat(TaskId task, Host& host) {
  Frame* frame = waiting_for(task);
  if (frame == nullptr) return false;
  if (frame->heartbeat_at) {
    turn(host, [&] {
      frame->heartbeat_at = host_->now() + std::chrono::seconds(frame->heartbeat_s);
      reschedule(*frame);
    });
  }
  return true;
}

bool Interpreter::succeed(TaskId task, json::value output, Host& host) {
  Frame* frame = waiting_for(task);
  if (frame == nullptr) return false;
  turn(host, [&] {
    queue(*frame);
    attempt(frame->id, [&] { answered(*frame, task, std::move(output)); });
  });
  return true;
}

void Interpreter::answered(Frame& frame, TaskId task, json::value output) {
  if (frame.task != task) {
    return child_ended(frame, task, {.succeeded = true, .output = {std::move(output), {}}});
  }
  if (frame.phase == Frame::Phase::task) return task_succeeded(frame, std::move(output));
  if (frame.phase == Frame::Phase::reading) {
    forget_task(frame);
    return items_read(frame, output);
  }
  json::value written = results_written(from_text(frame.task_input).value());
  forget_task(frame);
  end_run(frame, std::move(written));
}

bool Interpreter::fail(TaskId task, std::string error, std::string cause, Host& host) {
  Frame* frame = waiting_for(task);
  if (frame == nullptr) return false;
  turn(host, [&] {
    queue(*frame);
    Failure failure{.error = std::string(first_bytes(error, kErrorMax)),
                    .cause = std::string(first_bytes(cause, kCauseMax))};
    if (frame->task != task) {
      // It may be the last that the Map has waited for.
      attempt(frame->id, [&] {
        child_ended(
            *frame, task,
            {.succeeded = false, .output = {}, .error = failure.error, .cause = *failure.cause});
      });
    } else if (frame->phase == Frame::Phase::task) {
      append_started(*frame, "");
      task_failed(*frame, std::move(failure), "Failed");
    } else {
      failure.error = frame->phase == Frame::Phase::reading ? "States.ItemReaderFailed"
                                                            : "States.ResultWriterFailed";
      forget_task(*frame);
      run_failed(*frame, std::move(failure));
    }
  });
  return true;
}

void Interpreter::task_succeeded(Frame& frame, json::value output) {
  const Resource& resource = task_state(frame)->resource;
  append_started(frame, "");
  const std::string text = to_text(output);
  if (text.size() > kPayloadMax) {
    const bool integration = resource.kind == Kind::integration;
    return task_failed(frame, data_limit_exceeded(integration ? resource.service : resource.arn),
                       "Failed");
  }
  bytes_written_ += text.size();
  host_->inspect("result", output);
  append_task_event(frame, "Succeeded", {{"output", text}});
  forget_task(frame);
  complete(frame, std::move(output));
}

void Interpreter::task_failed(Frame& frame, Failure failure, std::string_view what) {
  append_task_event(frame, what, failure_details(failure.error, failure.cause.value_or("")));
  forget_task(frame);
  fail(frame, std::move(failure));
}

void Interpreter::task_timed_out(Frame& frame, bool heartbeat) {
  assert(frame.task != 0);
  host_->cancel(frame.task);
  task_failed(frame, {.error = "States.Timeout", .missed_heartbeat = heartbeat}, "TimedOut");
}

// --- What is under way ---

TaskOrder Interpreter::order_of(const Frame& frame) const {
  TaskOrder order{.id = frame.task,
                  .resource = {},
                  .state = frame.state->name,
                  .input = from_text(frame.task_input).value(),
                  .child = nullptr,
                  .express = false};
  if (const TaskState* task = task_state(frame)) {
    order.resource = task->resource;
  } else {
    const auto& map = std::get<MapState>(frame.state->what);
    order.resource =
        frame.phase == Frame::Phase::reading ? map.reader->resource : map.writer->resource;
  }
  return order;
}

std::optional<TaskOrder> Interpreter::open_task(TaskId task) const {
  const auto found = tasks_.find(task);
  if (status_ != Status::running || found == tasks_.end()) return std::nullopt;
  const Frame& frame = frames_.at(found->second);
  if (frame.task == task) return order_of(frame);
  return child_order(frame, task, frame.fork->tasks.at(task));
}

}  // namespace doorbuster::states
