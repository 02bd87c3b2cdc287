#include "engine/event_source_mapping.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "cloud/error.h"
#include "engine/event_source_batch.h"

namespace doorbuster::engine {

struct EventSourceMapping::State {
  Engine& engine;
  const EventSource source;
  const cloud::Handler handler;
  std::atomic<std::uint64_t> invocations = 0;
  std::atomic<std::uint64_t> messages = 0;
  std::atomic<std::uint64_t> failures = 0;
  std::atomic<bool> in_trouble = false;
  std::shared_ptr<FunctionMetrics> metrics;  // from the first call on; the writer's
};

namespace {

namespace json = boost::json;
constexpr int kBatchMax = 10'000;
constexpr int kConcurrencyMax = 1'000;
constexpr std::chrono::seconds kWait{20};
constexpr std::chrono::seconds kPause{1};  // while there is no queue

cloud::Async<Deliveries> receive(Engine& engine, std::string arn, int max) {
  auto op = [arn = std::move(arn), max](Machine& m, Turn& turn,
                                        std::unique_ptr<Reply<Deliveries>>& reply) {
    Queue* queue = m.queues.by_arn(arn);
    if (!queue) throw cloud::Error("ResourceNotFoundException", "There is no queue " + arn, 404);
    ReceiveOrder order;
    order.max_messages = max;
    order.wait_until = turn.now + kWait;
    order.in_process = true;
    m.queues.receive(turn, *queue, std::move(order), reply);
  };
  return engine.call<Deliveries>(std::move(op));
}

// What a call has come to.
struct CallEnd {
  std::vector<ReceiptHandle> done;
  bool failed = false;
  std::chrono::milliseconds time{};
};

template <class MappingState>
void count_begin(MappingState& state, Machine& m) {
  if (!state.metrics) {
    auto function = measured(cloud::kLambdaMetrics, state.source.EventSourceArn);
    function.resource = state.source.FunctionName;
    state.metrics = std::make_shared<FunctionMetrics>(m.metrics, function);
  }
  state.metrics->invocations->add();
  state.metrics->concurrent->add(1);
}

template <class MappingState>
void count_end(MappingState& state, const CallEnd& end) {
  state.metrics->concurrent->add(-1);
  state.metrics->duration->add(end.time);
  if (end.failed) state.metrics->errors->add();
}

template <class MappingState>
cloud::Async<void> settle(MappingState& state, CallEnd end) {
  auto op = [&state, end = std::move(end)](Machine& m, Turn& turn) {
    count_end(state, end);
    Queue* queue = m.queues.by_arn(state.source.EventSourceArn);
    if (queue && !end.done.empty()) m.queues.remove(turn, *queue, end.done);
  };
  return state.engine.template call<Done>(std::move(op));
}

// One call of the function. What it has done is deleted; what failed stays in flight.
template <class MappingState>
cloud::Async<void> invoke(MappingState& state, Deliveries deliveries, std::string request_id) {
  const std::string& arn = state.source.EventSourceArn;
  ++state.invocations;
  state.messages += deliveries.size();
  std::optional<std::set<std::string>> failed;
  std::string why = "it answered with batchItemFailures that are not its messages'";
  state.engine.tell([&state](Machine& m, Turn&) { count_begin(state, m); });
  const cloud::Time begin = state.engine.clock().now();
  try {
    auto event = to_event(deliveries, arn);
    cloud::Context context{state.source.FunctionName, std::move(request_id)};
    const json::value result = co_await state.handler(std::move(event), std::move(context));
    failed = failed_ids(result, deliveries);
  } catch (const std::exception& e) {
    why = e.what();
  }
  CallEnd end;
  end.time = std::max(state.engine.clock().now() - begin, std::chrono::milliseconds(0));
  end.failed = !failed;
  if (failed) {
    state.failures += failed->size();
    end.done = handles_without(*failed, deliveries);
  } else {
    state.failures += deliveries.size();
    state.engine.log()(state.source.FunctionName + " failed on a batch of " +
                       std::to_string(deliveries.size()) + ": " + why);
  }
  co_await settle(state, std::move(end));
}

cloud::Async<void> pause(Engine& engine) {
  auto op = [until = engine.clock().now() + kPause](Machine& m, Turn&,
                                                    std::unique_ptr<Reply<Done>>& reply) {
    m.event_source_mappings.pause(until, reply);
  };
  return engine.call<Done>(std::move(op));
}

// Says why it can't be polled, once, until it can.
template <class MappingState>
void note_trouble(MappingState& state, const std::string& why) {
  if (state.in_trouble.exchange(!why.empty()) || why.empty()) return;
  state.engine.log()(state.source.FunctionName + " can't poll, and tries again: " + why);
}

// Until the engine stops. A queue that is gone may be made again.
template <class MappingState>
cloud::Async<void> poll(std::shared_ptr<MappingState> state) {
  for (std::uint64_t call = 0;; ++call) {
    std::string trouble;
    try {
      auto deliveries =
          co_await receive(state->engine, state->source.EventSourceArn, state->source.BatchSize);
      if (!deliveries.empty()) {
        co_await invoke(*state, std::move(deliveries),
                        state->source.FunctionName + '-' + std::to_string(call));
      }
    } catch (const cloud::Error& e) {
      if (e.code() == "ServiceUnavailable") co_return;
      trouble = e.message();
    }
    note_trouble(*state, trouble);
    if (!trouble.empty()) co_await pause(state->engine);
  }
}

void check_queue(const std::string& arn) {
  const auto parsed = cloud::Arn::parse(arn);
  if (parsed && parsed->service == "sqs") return;
  throw cloud::Error("InvalidParameterValueException",
                     "EventSourceArn must be the ARN of a queue, not " + arn);
}

void check_range(int value, int max, const char* name) {
  if (value >= 1 && value <= max) return;
  throw cloud::Error("InvalidParameterValueException", std::string(name) + " must be from 1 to " +
                                                           std::to_string(max) + ", not " +
                                                           std::to_string(value));
}

}  // namespace

EventSourceMapping::EventSourceMapping(Engine& engine, EventSource source, cloud::Handler handler,
                                       const boost::asio::any_io_executor& executor) {
  check_range(source.BatchSize, kBatchMax, "BatchSize");
  check_range(source.MaximumConcurrency, kConcurrencyMax, "MaximumConcurrency");
  check_queue(source.EventSourceArn);
  const int pollers = source.MaximumConcurrency;
  state_.reset(new State{engine, std::move(source), std::move(handler)});
  for (int i = 0; i < pollers; ++i) {
    boost::asio::co_spawn(executor, poll(state_), boost::asio::detached);
  }
}

EventSourceMapping::Counts EventSourceMapping::counts() const {
  return {state_->invocations, state_->messages, state_->failures};
}

}  // namespace doorbuster::engine
