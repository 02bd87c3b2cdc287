#include "engine/task_runner.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/json.hpp>
#include <memory>
#include <optional>

#include "cloud/arn.h"
#include "cloud/error.h"
#include "documents/json_text.h"
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

// What a task calls, it calls as its machine's role, in its machine's account and region.
cloud::Caller caller_of(const RunnerTask& task) {
  const auto arn = cloud::Arn::parse(task.execution_arn).value();
  return {.scope = {arn.account, arn.region}, .arn = task.role_arn};
}

// --- Functions --------------------------------------------------------------------------------

cloud::Async<json::value> call_function(const Runner& runner, const RunnerTask& task,
                                        std::string function, std::string payload) {
  const auto lambda = runner.services.lambda(caller_of(task));
  cloud::InvokeRequest request;
  request.FunctionName = std::move(function);
  request.Payload = std::move(payload);
  const auto result = co_await lambda->Invoke(std::move(request));
  co_return payload_of(result);
}

cloud::Async<json::value> invoke(const Runner& runner, const RunnerTask& task) {
  const auto lambda = runner.services.lambda(caller_of(task));
  auto request = invoke_request(task.order.input);
  const auto result = co_await lambda->Invoke(std::move(request));
  co_return invoke_result(result);
}

// --- Other services ---------------------------------------------------------------------------

cloud::Async<json::value> call_service(const Runner& runner, const RunnerTask& task) {
  auto operation = operation_of(task.order.resource.service, task.order.resource.action);
  return runner.call(runner.services, caller_of(task), std::move(operation.service),
                     std::move(operation.name), task.order.input);
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

cloud::Async<json::value> perform(const Runner& runner, const RunnerTask& task) {
  const auto& resource = task.order.resource;
  if (resource.kind == Kind::function) {
    return call_function(runner, task, resource.arn, documents::to_text(task.order.input));
  }
  if (resource.kind == Kind::reader || resource.kind == Kind::writer) {
    return move_data(runner, task);
  }
  if (resource.service == "lambda") return invoke(runner, task);
  return call_service(runner, task);
}

TaskOutcome failed(TaskFailure failure) {
  return {std::nullopt, std::move(failure.error), std::move(failure.cause)};
}

// What is told of a task: how it has ended, or what is to be started for it.
struct Attempt {
  TaskOutcome outcome;
  std::optional<StartOrder> nested;
  std::optional<cloud::Error> refused;  // instead of the outcome
};

cloud::Async<Attempt> attempt(const Runner& runner, const RunnerTask& task) {
  Attempt result;
  const auto& resource = task.order.resource;
  try {
    if (is_nested(resource)) {
      result.nested = nested_order(task.order.input);
    } else {
      result.outcome.output = co_await perform(runner, task);
    }
  } catch (const TaskFailure& failure) {
    result.outcome = failed(failure);
  } catch (const cloud::Error& e) {
    result.refused = e;
  } catch (const std::exception& e) {
    result.outcome = failed({"States.Runtime", e.what()});
  }
  co_return result;
}

// The number of the execution that the task has started.
std::uint64_t start_nested(Machine& m, Turn& turn, Attempt& attempt) {
  try {
    const auto started = m.executions.start(turn, *std::move(attempt.nested));
    attempt.outcome.output =
        json::object{{"ExecutionArn", started.arn}, {"StartDate", to_ms(started.date)}};
    return started.number;
  } catch (const cloud::Error& e) {
    attempt.refused = e;
    return 0;
  }
}

// A nested execution begins in the turn in which its task is told of it: a crash keeps both or
// neither.
void conclude(Machine& m, Turn& turn, const TaskRef& task, const states::Resource& resource,
              Attempt& attempt) {
  Executions& executions = m.executions;
  auto& outcome = attempt.outcome;
  executions.board().ended();
  const bool tried_out = task.execution == 0;
  if (!tried_out && !executions.awaited(task)) return;
  const std::uint64_t nested = attempt.nested ? start_nested(m, turn, attempt) : 0;
  const std::string request_id = str(turn.random.uuid());
  if (attempt.refused) {
    const std::string service = resource.kind == Kind::function ? "lambda" : resource.service;
    outcome = failed(failure_of(service, *attempt.refused, request_id));
  }
  if (outcome.output) add_metadata(resource, request_id, *outcome.output);
  if (tried_out) return executions.board().tried_out(turn, task, outcome);
  if (!outcome.output) {
    executions.fail(turn, task, std::move(outcome.error), std::move(outcome.cause));
  } else if (resource.pattern == Pattern::wait_for_task_token) {
    executions.submitted(turn, task, *std::move(outcome.output));
  } else if (nested != 0 && resource.pattern != Pattern::request_response) {
    executions.nest(turn, task, nested, *std::move(outcome.output));
  } else {
    executions.succeed(turn, task, *std::move(outcome.output));
  }
}

cloud::Async<void> carry_out(std::shared_ptr<const Runner> runner, RunnerTask task) {
  auto attempted = co_await attempt(*runner, task);
  auto op = [ref = task.ref, resource = std::move(task.order.resource),
             attempted = std::move(attempted)](Machine& m, Turn& turn) mutable {
    conclude(m, turn, ref, resource, attempted);
  };
  try {
    co_await runner->engine.call<Done>(std::move(op));
  } catch (const cloud::Error&) {  // NOLINT(bugprone-empty-catch): the engine stops
  }
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
