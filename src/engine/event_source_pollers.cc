#include "engine/event_source_pollers.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/json.hpp>
#include <set>

#include "cloud/error.h"
#include "engine/event_source_batch.h"
#include "engine/function_calls.h"
#include "engine/function_rules.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;
using Plan = std::shared_ptr<const PollingPlan>;

constexpr std::chrono::seconds kWait{20};

// After a call that could not begin: what is received meanwhile would only use up its receives.
constexpr std::chrono::seconds kPauseMin{1};
constexpr std::chrono::seconds kPauseMax{60};

// What a message is in an event beside its body: names, id, handle, times.
constexpr std::size_t kRecordOverhead = 2'048;

// Nothing if the plan ends. Throws if it has ended.
cloud::Async<Deliveries> receive(Engine& engine, Plan plan, std::size_t max, cloud::Time until) {
  auto op = [plan = std::move(plan), max, until](Machine& m, Turn& turn,
                                                 std::unique_ptr<Reply<Deliveries>>& reply) {
    ReceiveOrder order;
    order.max_messages = static_cast<int>(max);
    order.wait_until = until;
    order.in_process = true;
    m.event_source_mappings.receive(turn, *plan, std::move(order), reply);
  };
  return engine.call<Deliveries>(std::move(op));
}

cloud::Async<void> processed(Engine& engine, Plan plan, std::vector<ReceiptHandle> done,
                             std::string result) {
  auto op = [plan = std::move(plan), done = std::move(done), result = std::move(result)](
                Machine& m, Turn& turn) {
    m.event_source_mappings.processed(turn, *plan, done, result);
  };
  return engine.call<Done>(std::move(op));
}

// As many as make a batch, or what the window brings.
cloud::Async<Deliveries> gather(Engine& engine, Plan plan) {
  const auto size = static_cast<std::size_t>(plan->batch_size);
  auto batch = co_await receive(engine, plan, size, engine.clock().now() + kWait);
  if (batch.empty()) co_return batch;
  const cloud::Time until = engine.clock().now() + plan->window;
  while (batch.size() < size && engine.clock().now() < until) {
    Deliveries more;
    try {
      more = co_await receive(engine, plan, size - batch.size(), until);
    } catch (const cloud::Error&) {  // the plan has ended: what has been received is the last of it
    }
    if (more.empty()) break;
    std::move(more.begin(), more.end(), std::back_inserter(batch));
  }
  co_return batch;
}

// What doesn't match is deleted.
cloud::Async<Deliveries> filter(Engine& engine, Plan plan, Deliveries batch) {
  if (plan->patterns.empty()) co_return batch;
  Deliveries kept;
  std::vector<ReceiptHandle> others;
  for (auto& delivery : batch) {
    if (matches(delivery, plan->queue_arn, plan->patterns)) {
      kept.push_back(std::move(delivery));
    } else {
      others.push_back(delivery.handle);
    }
  }
  if (!others.empty()) co_await processed(engine, plan, std::move(others), "");
  co_return kept;
}

// Parts of the batch, each small enough for one call.
std::vector<Deliveries> split(Deliveries batch) {
  std::vector<Deliveries> parts;
  std::size_t size = kSyncPayloadMax;
  for (auto& delivery : batch) {
    const std::size_t more = json_string(delivery.message.body).size() + kRecordOverhead +
                             2 * engine::size(delivery.message.attributes);
    size += more;
    if (size > kSyncPayloadMax) {
      parts.emplace_back();
      size = more;
    }
    parts.back().push_back(std::move(delivery));
  }
  return parts;
}

// The messages that failed; nothing if all did.
std::optional<std::set<std::string>> judge(const PollingPlan& plan,
                                           const cloud::InvocationOutcome& outcome,
                                           const Deliveries& batch) {
  if (!outcome.FunctionError.empty()) return std::nullopt;
  if (!plan.reports_failures) return std::set<std::string>();
  json::error_code bad;
  const json::value answer = json::parse(outcome.Payload, bad);
  if (bad) return std::nullopt;
  return failed_ids(answer, batch);
}

cloud::Async<void> pause(Engine& engine, std::chrono::seconds length) {
  auto op = [until = engine.clock().now() + length](Machine& m, Turn&,
                                                    std::unique_ptr<Reply<Done>>& reply) {
    m.event_source_mappings.pause(until, reply);
  };
  return engine.call<Done>(std::move(op));
}

// One call of the function; false if it could not begin. What it has done is deleted; what failed
// stays in flight.
cloud::Async<bool> call(Engine& engine, Plan plan, Deliveries batch) {
  std::optional<std::set<std::string>> failed;
  std::string result = "PROBLEM: Function call failed";
  bool begun = true;
  try {
    cloud::Invocation invocation;
    invocation.Payload = json::serialize(to_event(batch, plan->queue_arn));
    std::optional<cloud::Caller> itself;
    const auto outcome = co_await call_function(engine, std::move(itself), plan->function_arn,
                                                std::move(invocation));
    failed = judge(*plan, outcome, batch);
  } catch (const cloud::Error& e) {
    result = "PROBLEM: " + e.message();
    begun = false;
  } catch (const std::exception& e) {
    engine.log()(plan->function_arn + " could not be called: " + e.what());
    begun = false;
  }
  std::vector<ReceiptHandle> done;
  if (failed) {
    done = handles_without(*failed, batch);
    result = "OK";
  }
  co_await processed(engine, std::move(plan), std::move(done), std::move(result));
  co_return begun;
}

// Until the plan ends or the engine stops.
cloud::Async<void> poll(Engine& engine, Plan plan) {
  auto length = kPauseMin;
  try {
    for (;;) {
      auto batch = co_await gather(engine, plan);
      batch = co_await filter(engine, plan, std::move(batch));
      for (auto& part : split(std::move(batch))) {
        const bool begun = co_await call(engine, plan, std::move(part));
        if (!begun) co_await pause(engine, length);
        length = begun ? kPauseMin : std::min(2 * length, kPauseMax);
      }
    }
  } catch (const cloud::Error&) {  // NOLINT(bugprone-empty-catch): that is how it ends
  }
}

// Gives every plan its pollers.
cloud::Async<void> watch(Engine& engine) {
  const auto executor = co_await boost::asio::this_coro::executor;
  std::set<std::pair<std::string, std::uint64_t>> polled;  // UUIDs and revisions
  std::uint64_t version = 0;
  try {
    for (;;) {
      auto op = [version](Machine& m, Turn& turn, std::unique_ptr<Reply<PollingPlans>>& reply) {
        m.event_source_mappings.watch(turn, version, reply);
      };
      const auto now = co_await engine.call<PollingPlans>(std::move(op));
      version = now.version;
      const auto before = std::exchange(polled, {});
      for (const auto& plan : now.plans) {
        const auto& known = *polled.emplace(plan->uuid, plan->revision).first;
        if (before.contains(known)) continue;
        for (int i = 0; i < plan->concurrency; ++i) {
          boost::asio::co_spawn(executor, poll(engine, plan), boost::asio::detached);
        }
      }
    }
  } catch (const cloud::Error&) {  // NOLINT(bugprone-empty-catch): the engine stops
  }
}

}  // namespace

EventSourcePollers::EventSourcePollers(Engine& engine,
                                       const boost::asio::any_io_executor& executor) {
  boost::asio::co_spawn(executor, watch(engine), boost::asio::detached);
}

}  // namespace doorbuster::engine
