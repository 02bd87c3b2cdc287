#include "engine/task_runner.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/json.hpp>
#include <memory>
#include <optional>

#include "cloud/error.h"
#include "documents/json_text.h"
#include "engine/function_calls.h"
#include "engine/integrations.h"
#include "engine/map_data.h"
#include "engine/state_machine_rules.h"
#include "engine/task_outcome.h"
#include "engine/task_parameters.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;
using Kind = states::Resource::Kind;
using Pattern = states::Resource::Pattern;

constexpr std::size_t kTasksAtOnce = 512;

struct Runner {
  Engine& engine;
  cloud::Services& services;
  const CallOperation call;
  const boost::asio::any_io_executor executor;
};

// What is told of a task: how it has ended, or what is to be started for it.
struct Attempt {
  TaskOutcome outcome;
  std::optional<StartOrder> nested;
  std::optional<EndedCall> call;  // of a function
};

// --- Functions --------------------------------------------------------------------------------

// By a call that the writer is yet to begin: a task's that is tried out, or whose function has got
// other code since.
cloud::Async<cloud::InvocationOutcome> call_anew(const Runner& runner, const RunnerTask& task,
                                                 cloud::Invocation invocation) {
  auto function = function_called(task);
  return call_function(runner.engine, caller_of(task), *std::move(function), std::move(invocation));
}

// Takes the call and its event out of the task.
cloud::Async<json::value> call_function(const Runner& runner, RunnerTask& task, json::value& event,
                                        std::optional<EndedCall>& end) {
  if (task.refused) throw cloud::Error(*task.refused);
  cloud::Invocation invocation;
  invocation.AwsRequestId = task.request_id;
  if (task.call && !task.call->deployment.ImageUri.empty()) {
    invocation.Event = std::move(event);
  } else {
    invocation.Payload = documents::to_text(event);
  }
  if (task.call) {
    auto given = take_for(*task.call, invocation);
    auto ran = co_await run_call(runner.engine, *std::move(task.call), std::move(given));
    end = std::move(ran.end);
    if (ran.failure) std::rethrow_exception(ran.failure);
    if (ran.outcome) co_return payload_of(*std::move(ran.outcome));
  }
  auto outcome = co_await call_anew(runner, task, std::move(invocation));
  co_return payload_of(std::move(outcome));
}

// By Lambda itself: one that asks for more than the function's answer.
cloud::Async<json::value> invoke_as_asked(const Runner& runner, const RunnerTask& task) {
  const auto lambda = runner.services.lambda(caller_of(task));
  auto request = invoke_request(task.order.input);
  const auto result = co_await lambda->Invoke(std::move(request));
  co_return invoke_result(result);
}

cloud::Async<json::value> invoke(const Runner& runner, RunnerTask& task,
                                 std::optional<EndedCall>& end) {
  const bool plain = task.call || task.refused || function_called(task);
  if (!plain) co_return co_await invoke_as_asked(runner, task);
  auto* parameters = task.order.input.if_object();
  auto* given = parameters ? parameters->if_contains("Payload") : nullptr;
  json::value event = given ? std::move(*given) : json::object();
  auto payload = co_await call_function(runner, task, event, end);
  co_return invoke_result(std::move(payload));
}

// --- Other services ---------------------------------------------------------------------------

// Takes the parameters out of the task.
cloud::Async<json::value> call_service(const Runner& runner, RunnerTask& task) {
  auto operation = operation_of(task.order.resource.service, task.order.resource.action);
  return runner.call(runner.services, caller_of(task), std::move(operation.service),
                     std::move(operation.name), std::move(task.order.input));
}

// --- Nested executions ------------------------------------------------------------------------

bool is_nested(const states::Resource& resource) {
  return resource.kind == Kind::integration && resource.service == "states";
}

StartOrder nested_order(const json::value& parameters) {
  check_members(parameters, {"Input", "Name", "StateMachineArn", "TraceHeader"});
  StartOrder order;
  order.state_machine_arn = text_of(parameters, "StateMachineArn");
  check_arn(order.state_machine_arn, {"stateMachine:"});
  order.name = text_of(parameters, "Name");
  if (!order.name.empty()) check_name(order.name);
  order.input = text_of(parameters, "Input");
  if (order.input.empty()) order.input = "{}";
  order.value =
      parsed(order.input, "InvalidExecutionInput", "Invalid State Machine Execution Input");
  return order;
}

// --- The data of distributed Maps --------------------------------------------------------------

cloud::Async<json::value> move_data(const Runner& runner, const RunnerTask& task) {
  const auto s3 = runner.services.s3(caller_of(task));
  if (task.order.resource.kind == Kind::reader) co_return co_await read_items(*s3, task.order);
  co_return co_await write_results(*s3, runner.engine.store(), runner.engine.clock().now(),
                                   task.order);
}

// --- One task ---------------------------------------------------------------------------------

cloud::Async<json::value> perform(const Runner& runner, RunnerTask& task,
                                  std::optional<EndedCall>& end) {
  const auto& resource = task.order.resource;
  if (resource.kind == Kind::function) return call_function(runner, task, task.order.input, end);
  if (resource.kind == Kind::reader || resource.kind == Kind::writer) {
    return move_data(runner, task);
  }
  if (resource.service == "lambda") return invoke(runner, task, end);
  return call_service(runner, task);
}

TaskOutcome failed(TaskFailure failure) {
  return {std::nullopt, std::move(failure.error), std::move(failure.cause)};
}

cloud::Async<Attempt> attempt(const Runner& runner, RunnerTask& task) {
  Attempt result;
  const auto& resource = task.order.resource;
  try {
    if (is_nested(resource)) {
      result.nested = nested_order(task.order.input);
    } else {
      result.outcome.output = co_await perform(runner, task, result.call);
      add_metadata(resource, task.request_id, *result.outcome.output);
    }
  } catch (const TaskFailure& failure) {
    result.outcome = failed(failure);
  } catch (const cloud::Error& e) {
    const std::string service = resource.kind == Kind::function ? "lambda" : resource.service;
    result.outcome = failed(failure_of(service, e, task.request_id));
  } catch (const std::exception& e) {
    result.outcome = failed({"States.Runtime", e.what()});
  }
  co_return result;
}

// The number of the execution that the task has started.
std::uint64_t start_nested(Machine& m, Turn& turn, const RunnerTask& task, Attempt& attempt) {
  TaskOutcome& outcome = attempt.outcome;
  try {
    const auto started = m.executions.start(turn, *std::move(attempt.nested));
    outcome.output =
        json::object{{"ExecutionArn", started.arn}, {"StartDate", to_ms(started.date)}};
    add_metadata(task.order.resource, task.request_id, *outcome.output);
    return started.number;
  } catch (const cloud::Error& e) {
    outcome = failed(failure_of("states", e, task.request_id));
    return 0;
  }
}

// A nested execution begins in the turn in which its task is told of it: a crash keeps both or
// neither.
void conclude(Machine& m, Turn& turn, const RunnerTask& task, Attempt& attempt) {
  Executions& executions = m.executions;
  auto& outcome = attempt.outcome;
  const TaskRef& ref = task.ref;
  const Pattern pattern = task.order.resource.pattern;
  executions.board().ended();
  if (attempt.call) attempt.call->tell(m.functions);
  const bool tried_out = ref.execution == 0;
  if (!tried_out && !executions.awaited(ref)) return;
  const std::uint64_t nested = attempt.nested ? start_nested(m, turn, task, attempt) : 0;
  if (tried_out) return executions.board().tried_out(turn, ref, outcome);
  if (!outcome.output) {
    executions.fail(turn, ref, std::move(outcome.error), std::move(outcome.cause));
  } else if (pattern == Pattern::wait_for_task_token) {
    executions.submitted(turn, ref, *std::move(outcome.output));
  } else if (nested != 0 && pattern != Pattern::request_response) {
    executions.nest(turn, ref, nested, *std::move(outcome.output));
  } else {
    executions.succeed(turn, ref, *std::move(outcome.output));
  }
}

cloud::Async<void> carry_out(std::shared_ptr<const Runner> runner, RunnerTask task) {
  auto attempted = co_await attempt(*runner, task);
  auto op = [task = std::move(task), attempted = std::move(attempted)](
                Machine& m, Turn& turn) mutable { conclude(m, turn, task, attempted); };
  runner->engine.tell(std::move(op));
}

cloud::Async<void> watch(std::shared_ptr<const Runner> runner) {
  try {
    for (;;) {
      auto op = [](Machine& m, Turn&, std::unique_ptr<Reply<RunnerTasks>>& reply) {
        m.executions.board().poll(kTasksAtOnce, reply);
      };
      auto tasks = co_await runner->engine.call<RunnerTasks>(std::move(op));
      for (auto& task : tasks) {
        boost::asio::co_spawn(runner->executor, carry_out(runner, std::move(task)),
                              boost::asio::detached);
      }
    }
  } catch (const cloud::Error&) {  // NOLINT(bugprone-empty-catch): that is how it ends
  }
}

}  // namespace

TaskRunner::TaskRunner(Engine& engine, cloud::Services& services, CallOperation call,
                       const boost::asio::any_io_executor& executor) {
  std::shared_ptr<const Runner> runner(new Runner{engine, services, std::move(call), executor});
  boost::asio::co_spawn(executor, watch(std::move(runner)), boost::asio::detached);
}

}  // namespace doorbuster::engine
