#include "engine/metric_statistics.h"

#include <charconv>

namespace doorbuster::engine {

std::optional<Statistic> Statistic::parse(std::string_view name) {
  if (name == "Sum") return Statistic(Kind::sum);
  if (name == "Average") return Statistic(Kind::average);
  if (name == "Minimum") return Statistic(Kind::minimum);
  if (name == "Maximum") return Statistic(Kind::maximum);
  if (name == "SampleCount") return Statistic(Kind::sample_count);
  if (!name.starts_with('p')) return std::nullopt;
  name.remove_prefix(1);
  double percent = 0;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, percent, std::chars_format::fixed);
  const bool ok = error == std::errc() && stop == end && percent >= 0 && percent <= 100;
  return ok ? std::optional(Statistic(Kind::percentile, percent)) : std::nullopt;
}

std::optional<double> Statistic::of(const cloud::Distribution& values) const {
  if (values.count() <= 0) return std::nullopt;
  switch (kind_) {
    case Kind::sum:
      return values.sum();
    case Kind::average:
      return values.average();
    case Kind::minimum:
      return values.min();
    case Kind::maximum:
      return values.max();
    case Kind::sample_count:
      return values.count();
    case Kind::percentile:
      if (values.has_percentiles()) return values.percentile(percent_);
  }
  return std::nullopt;
}

}  // namespace doorbuster::engine
