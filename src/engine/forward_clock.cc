#include "engine/forward_clock.h"

#include <algorithm>

namespace doorbuster::engine {

ForwardClock::ForwardClock(std::function<System::time_point()> system,
                           std::function<Steady::time_point()> steady)
    : system_(std::move(system)), steady_(std::move(steady)), told_(system_()), at_(steady_()) {}

cloud::Time ForwardClock::now() const {
  const std::lock_guard lock(mutex_);
  const auto at = steady_();
  told_ = std::max(system_(), told_ + std::chrono::duration_cast<System::duration>(at - at_) / 2);
  at_ = at;
  return std::chrono::floor<cloud::Time::duration>(told_);
}

}  // namespace doorbuster::engine
