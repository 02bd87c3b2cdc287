#include "engine/metric_sampler.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "cloud/error.h"

namespace doorbuster::engine {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds kEvery{1};

cloud::Time minute_of(cloud::Time time) {
  return std::chrono::floor<std::chrono::minutes>(time);
}

cloud::Async<void> record_minute(Engine& engine, cloud::Time minute) {
  auto op = [minute, recorded = engine.recorded().take()](Machine& m, Turn& turn) {
    m.record_minute(turn, minute, recorded);
  };
  return engine.call<Done>(std::move(op));
}

}  // namespace

MetricSampler::MetricSampler(Engine& engine, SystemProbe probe)
    : engine_(engine), probe_(std::move(probe)), minute_(minute_of(engine.clock().now())) {}

cloud::Async<void> MetricSampler::tick() {
  const SystemMeasures now = probe_();
  RecordedMetrics& recorded = engine_.recorded();
  if (now.cpu_percent) recorded.set("CPUUtilization", *now.cpu_percent, "Percent");
  recorded.set("MemoryUsed", static_cast<double>(now.memory_bytes), "Bytes");
  recorded.set("DatabaseSize", static_cast<double>(now.database_bytes), "Bytes");
  const std::uint64_t more = now.written_bytes - std::min(written_, now.written_bytes);
  recorded.add("BytesWritten", static_cast<double>(more), "Bytes");
  written_ = now.written_bytes;

  const cloud::Time minute = minute_of(engine_.clock().now());
  if (minute == minute_) co_return;
  const cloud::Time ended = std::exchange(minute_, minute);
  co_await record_minute(engine_, ended);
}

cloud::Async<void> MetricSampler::flush() {
  return record_minute(engine_, minute_of(engine_.clock().now()));
}

struct MetricSampling::State {
  State(Engine& engine, SystemProbe probe, const asio::any_io_executor& executor)
      : sampler(engine, std::move(probe)), timer(asio::make_strand(executor)) {}

  MetricSampler sampler;
  asio::steady_timer timer;  // on a strand, where all of this is used
  bool stopped = false;
};

namespace {

template <class SamplingState>
cloud::Async<void> sample(std::shared_ptr<SamplingState> state) {
  try {
    while (!state->stopped) {
      co_await state->sampler.tick();
      if (state->stopped) break;
      state->timer.expires_after(kEvery);
      co_await state->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  } catch (const cloud::Error&) {  // NOLINT(bugprone-empty-catch): the engine has stopped
  }
}

template <class SamplingState>
cloud::Async<void> end(std::shared_ptr<SamplingState> state) {
  state->stopped = true;
  state->timer.cancel();
  try {
    co_await state->sampler.flush();
  } catch (const cloud::Error&) {  // NOLINT(bugprone-empty-catch): what is left is lost
  }
}

}  // namespace

MetricSampling::MetricSampling(Engine& engine, SystemProbe probe,
                               const asio::any_io_executor& executor)
    : state_(std::make_shared<State>(engine, std::move(probe), executor)) {
  asio::co_spawn(state_->timer.get_executor(), sample(state_), asio::detached);
}

cloud::Async<void> MetricSampling::stop() {
  co_await asio::co_spawn(state_->timer.get_executor(), end(state_), asio::use_awaitable);
}

}  // namespace doorbuster::engine
