// A run's luck.
#pragma once

#include <cstdint>

#include "engine/random.h"

namespace doorbuster::simulator {

class Chance : public engine::Random {
 public:
  using Random::Random;

  // 0 to n - 1.
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  // `low` to `high`.
  int between(int low, int high) {
    return low + static_cast<int>(below(static_cast<std::uint64_t>(high - low + 1)));
  }
  bool percent(int share) { return below(100) < static_cast<std::uint64_t>(share); }
};

}  // namespace doorbuster::simulator
