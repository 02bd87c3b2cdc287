// What looks at the process every second, and has the engine write down each minute.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "engine/engine.h"

namespace doorbuster::engine {

// What the machine says of this process and of what it keeps.
struct SystemMeasures {
  std::optional<double> cpu_percent;  // of the machine, busy since it was last asked
  std::uint64_t memory_bytes = 0;     // of this process, resident
  std::uint64_t database_bytes = 0;   // on disk
  std::uint64_t written_bytes = 0;    // to disk, since the process began
};
using SystemProbe = std::function<SystemMeasures()>;

// Minutes are those of the engine's clock: where it jumps, what was counted since the last minute
// is written down as of the one that has ended by it, beside what may be there of it already.
// Belongs to one coroutine at a time.
class MetricSampler {
 public:
  MetricSampler(Engine& engine, SystemProbe probe);

  // Once a second. Throws what the engine's calls do.
  cloud::Async<void> tick();
  // Writes down what there is of the minute that is not over.
  cloud::Async<void> flush();

 private:
  Engine& engine_;
  const SystemProbe probe_;
  std::uint64_t written_ = 0;  // bytes, when last asked
  cloud::Time minute_;
};

// Samples every second from construction on, on the executor, whose context must outlive it, as
// must the engine.
class MetricSampling {
 public:
  MetricSampling(Engine& engine, SystemProbe probe, const boost::asio::any_io_executor& executor);

  // Ends the sampling, and writes down the minute as far as it has come. Once, before the engine is
  // stopped. Of an engine that has failed nothing is written.
  cloud::Async<void> stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace doorbuster::engine
