// What is measured in this process outside the writer: by the functions that run in it, and of the
// process itself.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/metric_recorder.h"
#include "engine/metrics.h"

namespace doorbuster::engine {

// In the namespace Doorbuster of one account, without dimensions. May be used from any thread.
class RecordedMetrics final : public cloud::MetricRecorder {
 public:
  explicit RecordedMetrics(cloud::Scope owner) : owner_(std::move(owner)) {}

  void add(std::string_view name, double value, std::string_view unit) override;
  // A gauge, as it is now.
  void set(std::string_view name, double value, std::string_view unit);

  // As Metrics has them: since the process began, and since this was last called.
  std::vector<cloud::MetricTotal> totals(const cloud::Scope& owner) const;
  std::vector<MinuteValues> take();

 private:
  struct Recorded {
    cloud::MetricKind kind = cloud::MetricKind::counter;
    std::string unit;
    double total = 0;            // or the last value
    double taken = 0;            // of a counter's total
    cloud::Distribution values;  // of a gauge
  };
  Recorded& recorded(std::string_view name, cloud::MetricKind kind, std::string_view unit);

  const cloud::Scope owner_;
  mutable std::mutex mutex_;                               // guards what follows
  std::map<std::string, Recorded, std::less<>> recorded_;  // by name
};

}  // namespace doorbuster::engine
