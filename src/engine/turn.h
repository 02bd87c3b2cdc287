// One turn of the engine: some commands, one instant, one batch.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "cloud/async.h"
#include "engine/metrics.h"
#include "engine/random.h"
#include "engine/reply.h"
#include "engine/store.h"

namespace doorbuster::engine {

// What the commands of a turn write at the most, about, in bytes; what comes due in it and what the
// children of Maps do may write as much again, each.
inline constexpr std::size_t kTurnBytesMax = 8 << 20;

// What the batch may have when one more message is moved that has come due, or that nobody gets: so
// many of them don't keep the commands waiting.
inline constexpr std::size_t kDueBytesMax = kTurnBytesMax / 2;

// What a command may see of the world and where it leaves what it did. State in memory is changed
// at once; `batch` is what a restart will find of it, and `done` are the replies to release when
// the batch is on disk. A command that throws has changed nothing for whoever gave it; what is
// true in any case, as that a message it came upon was too old, may have been seen to.
struct Turn {
  const cloud::Time now;
  const Store& store;
  Random& random;
  Metrics& metrics;
  const Log& log;
  Batch batch;
  std::vector<std::unique_ptr<Completion>> done;
};

}  // namespace doorbuster::engine
