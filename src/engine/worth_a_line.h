#pragma once

#include <bit>
#include <cstdint>

namespace doorbuster::engine {

// A failure that repeats with every message is worth a line now and then, not one a message:
// whether this one is, which is the `count`th.
inline bool worth_a_line(std::uint64_t count) {
  return std::has_single_bit(count);
}

}  // namespace doorbuster::engine
