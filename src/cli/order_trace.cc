#include "cli/order_trace.h"

#include <boost/json.hpp>

#include "cli/dlq.h"
#include "functions/start_order_workflow.h"
#include "orders/timestamp.h"

namespace doorbuster::cli {
namespace {

namespace json = boost::json;

// Executions that are looked through for the one of an order.
constexpr int kLookedThrough = 1'000;

// One that has another name than the order.
std::optional<cloud::DescribeExecutionOutput> look_for(System& system, const std::string& machine,
                                                       const std::string& id) {
  cloud::ListExecutionsInput latest;
  latest.stateMachineArn = machine;
  latest.maxResults = kLookedThrough;
  const auto page = system.wait(system.step_functions().ListExecutions(latest));
  for (const auto& execution : page.executions) {
    if (order_started_by(system, execution.executionArn) == id) {
      return find_execution(system, execution.executionArn);
    }
  }
  return std::nullopt;
}

std::string text_at(const json::value& value, const char* name) {
  const auto* object = value.if_object();
  const auto* found = object == nullptr ? nullptr : object->if_contains(name);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

// A member of the event's details, whatever these are called.
std::string detail(const cloud::HistoryEvent& event, const char* name) {
  return event.details.empty() ? std::string() : text_at(event.details.begin()->second, name);
}

void follow(std::vector<OrderStep>& steps, const cloud::HistoryEvent& event) {
  if (event.type.ends_with("StateEntered")) {
    steps.push_back({detail(event, "name"), event.timestamp, std::nullopt, {}});
  } else if (steps.empty()) {
    return;
  } else if (event.type.ends_with("StateExited")) {
    steps.back().left = event.timestamp;
  } else if (event.type == "TaskFailed" || event.type == "TaskTimedOut") {
    steps.back().failures.push_back(
        {event.timestamp, detail(event, "error"), detail(event, "cause")});
  }
}

std::vector<OrderStep> steps_of(System& system, const std::string& execution_arn) {
  std::vector<OrderStep> steps;
  cloud::GetExecutionHistoryInput request;
  request.executionArn = execution_arn;
  do {
    const auto page = system.wait(system.step_functions().GetExecutionHistory(request));
    for (const auto& event : page.events) follow(steps, event);
    request.nextToken = page.nextToken;
  } while (!request.nextToken.empty());
  return steps;
}

void read_input(OrderTrace& trace, const std::string& input) {
  json::error_code error;
  const json::value value = json::parse(input, error);
  const auto* object = error ? nullptr : value.if_object();
  if (object == nullptr) return;
  const auto text = [object](const char* part, const char* name) -> std::optional<std::string> {
    const auto* found = object->if_contains(part);
    std::string member = found == nullptr ? "" : text_at(*found, name);
    if (member.empty()) return std::nullopt;
    return member;
  };
  trace.accepted = text("order", "submittedAt");
  trace.queued = text("queue", "sentAt");
}

std::string state_of(const std::string& status) {
  if (status == "SUCCEEDED") return "completed";
  if (status == "RUNNING") return "running";
  return status == "FAILED" ? "failed" : "stopped";
}

void find_in_queue(OrderTrace& trace, System& system, const topology::QueueWithDeadLetters& queue,
                   const std::string& id) {
  for (const auto& letter : dead_letters(system, queue)) {
    if (functions::order_id_in(letter.body) != id) continue;
    trace.state = "dead-lettered";
    trace.queue = queue.dead_letter_name;
    trace.cause = functions::why_no_order(letter.body);
    return;
  }
  if (!system.looks_unseen()) return;
  for (const auto& message : system.look(queue.url, queue.arn)) {
    if (functions::order_id_in(message.body) != id) continue;
    trace.state = "waiting";
    trace.queue = queue.name;
    trace.queued = orders::format_instant(message.sent);
    return;
  }
}

std::string duration_text(std::chrono::milliseconds duration) {
  return std::to_string(duration.count()) + " ms";
}

std::string line(const std::string& name, const std::string& text) {
  std::string padded = name;
  padded.resize(std::max<std::size_t>(11, name.size() + 1), ' ');
  return padded + text + '\n';
}

json::object to_json(const OrderStep& step) {
  json::object object{{"state", step.state}, {"entered_at", orders::format_instant(step.entered)}};
  if (step.left) object["left_at"] = orders::format_instant(*step.left);
  if (step.failures.empty()) return object;
  json::array failures;
  for (const auto& failure : step.failures) {
    failures.push_back(json::object{{"at", orders::format_instant(failure.at)},
                                    {"error", failure.error},
                                    {"cause", failure.cause}});
  }
  object["failures"] = std::move(failures);
  return object;
}

std::string to_text(const OrderStep& step) {
  std::string text = "           " + orders::format_instant(step.entered) + "  " + step.state;
  if (step.left && *step.left > step.entered) {
    text += "  " + duration_text(*step.left - step.entered);
  }
  text += '\n';
  for (const auto& failure : step.failures) {
    text += "           " + orders::format_instant(failure.at) + "    " + failure.error + '\n';
  }
  return text;
}

}  // namespace

std::optional<cloud::DescribeExecutionOutput> find_execution(System& system,
                                                             const std::string& arn) {
  cloud::DescribeExecutionInput request;
  request.executionArn = arn;
  try {
    return system.wait(system.step_functions().DescribeExecution(std::move(request)));
  } catch (const cloud::Error& e) {
    if (e.code() == "ExecutionDoesNotExist" || e.code() == "InvalidArn") return std::nullopt;
    throw;
  }
}

std::optional<std::string> order_started_by(System& system, const std::string& execution_arn) {
  const auto execution = find_execution(system, execution_arn);
  return execution ? functions::order_id_in(execution->input) : std::nullopt;
}

OrderTrace trace_order(System& system, const topology::Checkout& checkout, const std::string& id) {
  OrderTrace trace;
  auto execution = find_execution(system, topology::execution_arn(system.scope(), id));
  if (!execution) find_in_queue(trace, system, checkout.orders, id);
  if (!execution && trace.queue.empty()) {
    execution = look_for(system, checkout.state_machine_arn, id);
  }
  if (!execution) return trace;
  trace.state = state_of(execution->status);
  trace.started = execution->startDate;
  if (execution->status != "RUNNING") trace.ended = execution->stopDate;
  trace.error = execution->error;
  trace.cause = execution->cause;
  read_input(trace, execution->input);
  trace.steps = steps_of(system, execution->executionArn);
  return trace;
}

json::value to_json(const OrderTrace& trace) {
  json::object object{{"state", trace.state}};
  const auto add = [&object](const char* name, const std::string& text) {
    if (!text.empty()) object[name] = text;
  };
  const auto time = [](const std::optional<cloud::Time>& at) {
    return at ? orders::format_instant(*at) : std::string();
  };
  add("accepted_at", trace.accepted.value_or(""));
  add("queued_at", trace.queued.value_or(""));
  add("started_at", time(trace.started));
  add("ended_at", time(trace.ended));
  add("error", trace.error);
  add("cause", trace.cause);
  add("queue", trace.queue);
  if (trace.steps.empty()) return object;
  json::array steps;
  for (const auto& step : trace.steps) steps.push_back(to_json(step));
  object["steps"] = std::move(steps);
  return object;
}

std::string to_text(const OrderTrace& trace) {
  std::string text;
  if (trace.accepted) text += line("accepted", *trace.accepted);
  if (trace.queued) text += line("queued", *trace.queued);
  std::string state = trace.state;
  if (trace.ended) state += ' ' + orders::format_instant(*trace.ended);
  if (trace.ended && trace.started)
    state += ", after " + duration_text(*trace.ended - *trace.started);
  if (!trace.queue.empty()) state += " in " + trace.queue;
  if (!trace.error.empty()) state += ": " + trace.error;
  text += line("checkout", state);
  if (!trace.cause.empty()) text += line("", trace.cause);
  for (const auto& step : trace.steps) text += to_text(step);
  return text;
}

}  // namespace doorbuster::cli
