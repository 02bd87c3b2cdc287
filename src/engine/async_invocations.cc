#include "engine/async_invocations.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <map>

#include "cloud/error.h"
#include "engine/function_calls.h"

namespace doorbuster::engine {
namespace {

using Deliveries = std::vector<Delivery>;

cloud::Async<Deliveries> receive(Engine& engine, std::string arn, std::uint64_t creation) {
  auto op = [arn = std::move(arn), creation](Machine& m, Turn& turn,
                                             std::unique_ptr<Reply<Deliveries>>& reply) {
    m.function_events.receive(turn, arn, creation, reply);
  };
  return engine.call<Deliveries>(std::move(op));
}

cloud::Async<std::optional<cloud::Deployment>> begin(Engine& engine, const std::string& arn,
                                                     const Delivery& delivery) {
  auto op = [&engine, arn, delivery](Machine& m, Turn& turn) {
    auto deployment = m.function_events.begin(turn, arn, delivery);
    if (deployment) attach_code(engine, m.functions.find(arn)->code, *deployment);
    return deployment;
  };
  return engine.call<std::optional<cloud::Deployment>>(std::move(op));
}

cloud::Invocation invocation_of(const Delivery& delivery, const std::string& arn) {
  FunctionEvent event = FunctionEvent::of(delivery.message);
  cloud::Invocation invocation;
  invocation.AwsRequestId = std::move(event.request_id);
  invocation.Payload = std::move(event.payload);
  invocation.ClientContext = std::move(event.client_context);
  invocation.TraceHeader = std::move(event.trace_header);
  invocation.InvokedFunctionArn = arn;
  return invocation;
}

cloud::Async<void> make_call(Engine& engine, std::string arn, Delivery delivery) {
  auto deployment = co_await begin(engine, arn, delivery);
  if (!deployment) co_return;
  std::optional<cloud::InvocationOutcome> outcome;
  try {
    auto invocation = invocation_of(delivery, arn);
    outcome = co_await run_function(engine, *std::move(deployment), std::move(invocation));
  } catch (const std::exception& e) {
    engine.log()(arn + " could not be called: " + e.what());
  }
  auto end = [arn, delivery = std::move(delivery), outcome = std::move(outcome)](Machine& m,
                                                                                 Turn& turn) {
    if (outcome) {
      m.function_events.finished(turn, arn, delivery, *outcome);
    } else {
      m.function_events.refused(turn, arn, delivery);
    }
  };
  co_await engine.call<Done>(std::move(end));
}

// Until the function is gone or the engine stops.
cloud::Async<void> poll(Engine& engine, std::string arn, std::uint64_t creation) {
  const auto executor = co_await boost::asio::this_coro::executor;
  try {
    for (;;) {
      auto deliveries = co_await receive(engine, arn, creation);
      for (auto& delivery : deliveries) {
        // What the engine refuses as it stops, a restart takes up again.
        boost::asio::co_spawn(executor, make_call(engine, arn, std::move(delivery)),
                              boost::asio::detached);
      }
    }
  } catch (const cloud::Error&) {  // NOLINT(bugprone-empty-catch): that is how it ends
  }
}

// Gives every function its poller.
cloud::Async<void> watch(Engine& engine) {
  const auto executor = co_await boost::asio::this_coro::executor;
  std::map<std::string, std::uint64_t> polled;
  std::uint64_t version = 0;
  try {
    for (;;) {
      auto op = [version](Machine& m, Turn& turn, std::unique_ptr<Reply<FunctionList>>& reply) {
        m.function_events.watch(turn, version, reply);
      };
      auto now = co_await engine.call<FunctionList>(std::move(op));
      version = now.version;
      const auto before = std::exchange(polled, std::move(now.creations));
      for (const auto& [arn, creation] : polled) {
        const auto known = before.find(arn);
        if (known != before.end() && known->second == creation) continue;
        boost::asio::co_spawn(executor, poll(engine, arn, creation), boost::asio::detached);
      }
    }
  } catch (const cloud::Error&) {  // NOLINT(bugprone-empty-catch): the engine stops
  }
}

}  // namespace

AsyncInvocations::AsyncInvocations(Engine& engine, const boost::asio::any_io_executor& executor) {
  boost::asio::co_spawn(executor, watch(engine), boost::asio::detached);
}

}  // namespace doorbuster::engine
