#include "engine/metrics.h"

#include "engine/codec.h"

namespace doorbuster::engine {
namespace {

// No name of CloudWatch's may contain it, so it ends each of them.
constexpr char kEnd = '\0';

std::string_view take_name(std::string_view* rest) {
  const auto end = rest->find(kEnd);
  if (end == std::string_view::npos) throw CorruptRecord();
  const std::string_view name = rest->substr(0, end);
  rest->remove_prefix(end + 1);
  return name;
}

cloud::MetricTotal total_of(const Counter& counter) {
  cloud::MetricTotal total;
  total.Kind = cloud::MetricKind::counter;
  total.Value = static_cast<double>(counter.total());
  return total;
}
cloud::MetricTotal total_of(const Gauge& gauge) {
  cloud::MetricTotal total;
  total.Kind = cloud::MetricKind::gauge;
  total.Value = gauge.value();
  return total;
}
cloud::MetricTotal total_of(const Timings& timings) {
  cloud::MetricTotal total;
  total.Kind = cloud::MetricKind::distribution;
  total.Distribution = timings.total();
  return total;
}

cloud::Distribution single(double value) {
  cloud::Distribution values;
  values.add(value);
  return values;
}

}  // namespace

// --- Names ------------------------------------------------------------------------------------

Measured measured(const char* namespace_name, std::string_view text) {
  auto arn = cloud::Arn::parse(text).value();
  return {namespace_name,
          {std::move(arn.account), std::move(arn.region)},
          arn.resource.substr(arn.resource.rfind(':') + 1)};
}

std::string metric_key_prefix(const cloud::Scope& owner) {
  return owner.account + kEnd + owner.region + kEnd;
}

std::string metric_key(const cloud::Scope& owner, const cloud::Metric& metric) {
  std::string key = metric_key_prefix(owner);
  key.append(metric.Namespace) += kEnd;
  key.append(metric.MetricName) += kEnd;
  for (const auto& dimension : metric.Dimensions) {
    key.append(dimension.Name) += kEnd;
    key.append(dimension.Value) += kEnd;
  }
  return key;
}

cloud::Metric metric_of_key(std::string_view key) {
  take_name(&key);  // account
  take_name(&key);  // region
  cloud::Metric metric;
  metric.Namespace = take_name(&key);
  metric.MetricName = take_name(&key);
  while (!key.empty()) {
    auto& dimension = metric.Dimensions.emplace_back();
    dimension.Name = take_name(&key);
    dimension.Value = take_name(&key);
  }
  return metric;
}

// --- Counting ---------------------------------------------------------------------------------

cloud::Distribution Timings::total() const {
  cloud::Distribution total = before_;
  total.merge(minute_);
  return total;
}

cloud::Distribution Timings::take() {
  before_.merge(minute_);
  return std::exchange(minute_, {});
}

template <class T>
std::shared_ptr<T> Metrics::meter(const Measured& what, std::string_view name,
                                  std::string_view unit) {
  const auto metric = cloud::metric_of(what.owner, what.namespace_name, name, what.resource);
  std::string key = metric_key(what.owner, metric);
  if (const auto it = series_.find(key); it != series_.end()) {
    return std::get<std::shared_ptr<T>>(it->second.meter);
  }
  auto made = std::make_shared<T>();
  if (series_.size() >= kMetricsMax) {
    overflow_ = true;
  } else {
    series_.emplace(std::move(key), Series{std::string(unit), made});
  }
  return made;
}

std::shared_ptr<Counter> Metrics::counter(const Measured& what, std::string_view name,
                                          std::string_view unit) {
  return meter<Counter>(what, name, unit);
}
std::shared_ptr<Gauge> Metrics::gauge(const Measured& what, std::string_view name,
                                      std::string_view unit) {
  return meter<Gauge>(what, name, unit);
}
std::shared_ptr<Timings> Metrics::timings(const Measured& what, std::string_view name) {
  return meter<Timings>(what, name, "Milliseconds");
}

std::vector<cloud::MetricTotal> Metrics::totals(const cloud::Scope& owner) const {
  std::vector<cloud::MetricTotal> all;
  const std::string prefix = metric_key_prefix(owner);
  for (auto it = series_.lower_bound(prefix); it != series_.end() && it->first.starts_with(prefix);
       ++it) {
    auto& total = all.emplace_back(
        std::visit([](const auto& meter) { return total_of(*meter); }, it->second.meter));
    total.Metric = metric_of_key(it->first);
    total.Unit = it->second.unit;
  }
  return all;
}

std::vector<MinuteValues> Metrics::take() {
  std::vector<MinuteValues> all;
  for (auto it = series_.begin(); it != series_.end();) {
    auto& [key, series] = *it;
    const bool kept =
        std::visit([](const auto& meter) { return meter.use_count() > 1; }, series.meter);
    cloud::Distribution values;
    if (const auto* counter = std::get_if<std::shared_ptr<Counter>>(&series.meter)) {
      const std::uint64_t total = (*counter)->total();
      const std::uint64_t more = total - std::exchange(series.taken, total);
      if (kept || more > 0) values = single(static_cast<double>(more));
    } else if (const auto* timings = std::get_if<std::shared_ptr<Timings>>(&series.meter)) {
      values = (*timings)->take();
    } else if (kept) {
      values = single(std::get<std::shared_ptr<Gauge>>(series.meter)->take());
    }
    if (values.count() > 0) all.push_back({key, series.unit, std::move(values)});
    it = kept ? std::next(it) : series_.erase(it);
  }
  return all;
}

}  // namespace doorbuster::engine
