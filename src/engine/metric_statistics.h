// What CloudWatch makes of the values of a period.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
#pragma once

#include <optional>
#include <string_view>

#include "cloud/distribution.h"

namespace doorbuster::engine {

class Statistic {
 public:
  // "Sum", "Average", "Minimum", "Maximum", "SampleCount", "p0" to "p100", also with a fraction.
  // Nothing if it is none of these.
  static std::optional<Statistic> parse(std::string_view name);

  bool is_percentile() const { return kind_ == Kind::percentile; }
  // Nothing if there are no values, or it can't be had of them.
  std::optional<double> of(const cloud::Distribution& values) const;

 private:
  enum class Kind : unsigned char { sum, average, minimum, maximum, sample_count, percentile };
  explicit Statistic(Kind kind, double percent = 0) : kind_(kind), percent_(percent) {}

  Kind kind_;
  double percent_;
};

}  // namespace doorbuster::engine
