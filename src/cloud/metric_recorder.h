// Where the business steps count what they have done.
#pragma once

#include <string_view>

namespace doorbuster::cloud {

// Counts into the namespace Doorbuster, without a dimension. May be called from any thread, costs
// no more than a lock, and never fails: what can't be recorded isn't.
class MetricRecorder {
 public:
  virtual ~MetricRecorder() = default;

  // Adds to the counter of that name. `unit` is CloudWatch's: "Count", "Bytes", "None" ...
  virtual void add(std::string_view name, double value, std::string_view unit) = 0;
};

// Where nobody records.
class NoMetrics final : public MetricRecorder {
 public:
  void add(std::string_view /*name*/, double /*value*/, std::string_view /*unit*/) override {}
};

}  // namespace doorbuster::cloud
