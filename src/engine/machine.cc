#include "engine/machine.h"

namespace doorbuster::engine {

void Machine::record_minute(Turn& turn, cloud::Time minute,
                            const std::vector<MinuteValues>& recorded) {
  measure(turn.store, turn.now);
  metric_history.expire(turn, minute);
  bool all = !metrics.take_overflow();
  for (const auto& values : metrics.take()) all &= metric_history.add(turn, minute, values);
  for (const auto& values : recorded) all &= metric_history.add(turn, minute, values);
  if (all || std::exchange(metrics_left_out, true)) return;
  turn.log("there are more than " + std::to_string(kMetricsMax) +
           " metrics: what is beyond is not counted");
}

}  // namespace doorbuster::engine
