// When each frame has to be woken, in order.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "states/execution.h"
#include "states/frame.h"

namespace doorbuster::states {

class Timers {
 public:
  // One for each frame at the most; none takes it away.
  void set(FrameId frame, std::optional<Time> time) {
    const auto known = of_.find(frame);
    if (known != of_.end()) {
      in_order_.erase({known->second, frame});
      of_.erase(known);
    }
    if (!time) return;
    in_order_.emplace(*time, frame);
    of_.emplace(frame, *time);
  }

  std::optional<Time> next() const {
    if (in_order_.empty()) return std::nullopt;
    return in_order_.begin()->first;
  }
  // Whose that is; there must be one.
  FrameId first() const { return in_order_.begin()->second; }

 private:
  std::set<std::pair<Time, FrameId>> in_order_;
  std::map<FrameId, Time> of_;
};

}  // namespace doorbuster::states
