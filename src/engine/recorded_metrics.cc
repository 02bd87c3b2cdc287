#include "engine/recorded_metrics.h"

namespace doorbuster::engine {

RecordedMetrics::Recorded& RecordedMetrics::recorded(std::string_view name, cloud::MetricKind kind,
                                                     std::string_view unit) {
  if (const auto it = recorded_.find(name); it != recorded_.end()) return it->second;
  Recorded made;
  made.kind = kind;
  made.unit = unit;
  return recorded_.emplace(name, std::move(made)).first->second;
}

void RecordedMetrics::add(std::string_view name, double value, std::string_view unit) {
  const std::lock_guard lock(mutex_);
  recorded(name, cloud::MetricKind::counter, unit).total += value;
}

void RecordedMetrics::set(std::string_view name, double value, std::string_view unit) {
  const std::lock_guard lock(mutex_);
  Recorded& gauge = recorded(name, cloud::MetricKind::gauge, unit);
  gauge.total = value;
  gauge.values.add(value);
}

std::vector<cloud::MetricTotal> RecordedMetrics::totals(const cloud::Scope& owner) const {
  std::vector<cloud::MetricTotal> all;
  if (owner.account != owner_.account || owner.region != owner_.region) return all;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, recorded] : recorded_) {
    auto& total = all.emplace_back();
    total.Metric = cloud::metric_of(owner_, cloud::kOwnMetrics, name, "");
    total.Unit = recorded.unit;
    total.Kind = recorded.kind;
    total.Value = recorded.total;
  }
  return all;
}

std::vector<MinuteValues> RecordedMetrics::take() {
  std::vector<MinuteValues> all;
  const std::lock_guard lock(mutex_);
  for (auto& [name, recorded] : recorded_) {
    cloud::Distribution values = std::exchange(recorded.values, {});
    if (recorded.kind == cloud::MetricKind::counter) {
      values.add(recorded.total - std::exchange(recorded.taken, recorded.total));
    }
    if (values.count() == 0) continue;
    const auto metric = cloud::metric_of(owner_, cloud::kOwnMetrics, name, "");
    all.push_back({metric_key(owner_, metric), recorded.unit, std::move(values)});
  }
  return all;
}

}  // namespace doorbuster::engine
