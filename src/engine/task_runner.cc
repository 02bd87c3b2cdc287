#include "engine/task_runner.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/json.hpp>
#include <memory>
#include <optional>

#include "cloud/arn.h"
#include "cloud/error.h"
#include "documents/json_text.h"
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

// Parameters that a state may have as JSON, and the service wants as text.
void to_text(json::value& parameters, std::string_view member) {
  auto* object = parameters.if_object();
  auto* value = object ? object->if_contains(member) : nullptr;
  if (value && !value->is_string()) *value = documents::to_text(*value);
}

std::string capitalised(std::string_view action) {
  std::string name(action);
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') {
    name[0] = static_cast<char>(name[0] - 'a' + 'A');
  }
  return name;
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
  auto function = text_of(task.order.input, "FunctionName");
  const auto* parameters = task.order.input.if_object();
  const auto* given = parameters ? parameters->if_contains("Payload") : nullptr;
  auto payload = given ? documents::to_text(*given) : "{}";
  auto result = co_await call_function(runner, task, std::move(function), std::move(payload));
  co_return invoke_result(std::move(result));
}

// --- Other services ---------------------------------------------------------------------------

cloud::Async<json::value> call_service(const Runner& runner, const RunnerTask& task) {
  const auto& resource = task.order.resource;
  std::string service = resource.service;
  if (service.starts_with("aws-sdk:")) service = service.substr(service.find(':') + 1);
  if (service == "sfn") service = "states";
  json::value parameters = task.order.input;
  for (const char* member : {"MessageBody", "Message"}) to_text(parameters, member);
  return runner.call(runner.services, caller_of(task), std::move(service),
                     capitalised(resource.action), std::move(parameters));
}

// --- Nested executions ------------------------------------------------------------------------

StartOrder nested_order(const RunnerTask& task) {
  const auto& parameters = task.order.input;
  StartOrder order;
  order.state_machine_arn = text_of(parameters, "StateMachineArn");
  check_arn(order.state_machine_arn, {"stateMachine:"});
  order.name = text_of(parameters, "Name");
  order.resume = task.submitted || order.name.empty();
  if (order.name.empty()) order.name = derived_name(task.execution_arn, task.ref.task);
  check_name(order.name);
  order.input = text_of(parameters, "Input");
  if (order.input.empty()) order.input = "{}";
  order.value =
      parsed(order.input, "InvalidExecutionInput", "Invalid State Machine Execution Input");
  return order;
}

cloud::Async<Executions::Started> start_nested(const Runner& runner, const RunnerTask& task) {
  auto op = [order = nested_order(task)](Machine& m, Turn& turn) mutable {
    return m.executions.start(turn, std::move(order));
  };
  return runner.engine.call<Executions::Started>(std::move(op));
}

cloud::Async<ExecutionRecord> await_nested(const Runner& runner, std::uint64_t execution) {
  auto op = [execution](Machine& m, Turn& turn, std::unique_ptr<Reply<ExecutionRecord>>& reply) {
    m.executions.wait(turn, execution, reply);
  };
  return runner.engine.call<ExecutionRecord>(std::move(op));
}

json::value started_result(const Executions::Started& started) {
  return json::object{{"ExecutionArn", started.arn}, {"StartDate", to_ms(started.date)}};
}

cloud::Async<void> tell_submitted(const Runner& runner, TaskRef task, json::value output,
                                  bool watched) {
  auto op = [task, output = std::move(output), watched](Machine& m, Turn& turn) mutable {
    m.executions.submitted(turn, task, std::move(output), watched);
  };
  return runner.engine.call<Done>(std::move(op));
}

cloud::Async<json::value> run_nested(const Runner& runner, const RunnerTask& task) {
  const auto pattern = task.order.resource.pattern;
  const auto started = co_await start_nested(runner, task);
  if (pattern == Pattern::request_response || pattern == Pattern::wait_for_task_token) {
    co_return started_result(started);
  }
  if (!task.submitted) co_await tell_submitted(runner, task.ref, started_result(started), true);
  const auto record = co_await await_nested(runner, started.number);
  auto result = nested_result(record, pattern == Pattern::sync2);
  if (record.status == states::Status::succeeded) co_return result;
  throw TaskFailure{"States.TaskFailed", documents::to_text(result)};
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
  if (resource.service == "states") return run_nested(runner, task);
  return call_service(runner, task);
}

TaskOutcome failed(TaskFailure failure) {
  return {std::nullopt, std::move(failure.error), std::move(failure.cause)};
}

cloud::Async<TaskOutcome> attempt(const Runner& runner, const RunnerTask& task) {
  TaskOutcome outcome;
  try {
    outcome.output = co_await perform(runner, task);
    co_return outcome;
  } catch (const TaskFailure& failure) {
    co_return failed(failure);
  } catch (const cloud::Error& e) {
    const bool function = task.order.resource.kind == Kind::function;
    co_return failed(failure_of(function ? "lambda" : task.order.resource.service, e));
  } catch (const std::exception& e) {
    co_return failed({"States.Runtime", e.what()});
  }
}

cloud::Async<void> carry_out(std::shared_ptr<const Runner> runner, RunnerTask task) {
  auto outcome = co_await attempt(*runner, task);
  const bool by_token = task.order.resource.pattern == Pattern::wait_for_task_token;
  auto op = [ref = task.ref, outcome = std::move(outcome), by_token](Machine& m,
                                                                     Turn& turn) mutable {
    m.executions.board().ended();
    if (m.executions.board().tried_out(turn, ref, outcome)) return;
    if (!outcome.output) {
      m.executions.fail(turn, ref, std::move(outcome.error), std::move(outcome.cause));
    } else if (by_token) {
      m.executions.submitted(turn, ref, std::move(*outcome.output), false);
    } else {
      m.executions.succeed(turn, ref, std::move(*outcome.output));
    }
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
