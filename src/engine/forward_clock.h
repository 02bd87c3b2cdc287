// The system's clock, for those to whom time must go on.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>

#include "cloud/async.h"

namespace doorbuster::engine {

// Tells the system's time, but never goes back nor stands still: while the system's clock is behind
// what this has told, because somebody has set it back, this goes on at half the speed, until that
// has caught up. So what waits for a time still gets there.
class ForwardClock final : public cloud::Clock {
 public:
  using System = std::chrono::system_clock;
  using Steady = std::chrono::steady_clock;

  explicit ForwardClock(std::function<System::time_point()> system = System::now,
                        std::function<Steady::time_point()> steady = Steady::now);

  cloud::Time now() const override;

 private:
  const std::function<System::time_point()> system_;
  const std::function<Steady::time_point()> steady_;

  mutable std::mutex mutex_;  // guards what follows
  mutable System::time_point told_;
  mutable Steady::time_point at_;  // when that was told
};

}  // namespace doorbuster::engine
