#include "cloud/distribution.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace doorbuster::cloud {

int Distribution::bucket_of(double value) {
  if (!(value > 0)) return kLowest;
  const double bucket = std::ceil(std::log2(value) * kBucketsPerDoubling);
  return static_cast<int>(
      std::clamp<double>(bucket, static_cast<double>(kLowest), static_cast<double>(kHighest)));
}

double Distribution::upper_bound(int bucket) {
  if (bucket >= kHighest) return std::numeric_limits<double>::infinity();
  return std::exp2(static_cast<double>(bucket) / kBucketsPerDoubling);
}

void Distribution::add(double value, double count) {
  if (count <= 0) return;
  add_summary(count, value * count, value, value);
  buckets_[bucket_of(value)] += count;
}

void Distribution::add_summary(double count, double sum, double min, double max) {
  if (count <= 0) return;
  min_ = count_ > 0 ? std::min(min_, min) : min;
  max_ = count_ > 0 ? std::max(max_, max) : max;
  count_ += count;
  sum_ += sum;
}

void Distribution::merge(const Distribution& other) {
  add_summary(other.count_, other.sum_, other.min_, other.max_);
  for (const auto& [bucket, count] : other.buckets_) buckets_[bucket] += count;
}

bool Distribution::has_percentiles() const {
  double in_buckets = 0;
  for (const auto& [bucket, count] : buckets_) in_buckets += count;
  return in_buckets >= count_;
}

// Within a bucket values are taken to lie evenly.
double Distribution::percentile(double percent) const {
  const double rank = count_ * std::clamp(percent, 0.0, 100.0) / 100;
  double before = 0;
  for (const auto& [bucket, count] : buckets_) {
    if (before + count >= rank) {
      const double low = std::max(min_, bucket == kLowest ? min_ : upper_bound(bucket - 1));
      const double high = std::min(max_, upper_bound(bucket));
      return low + (high - low) * (rank - before) / count;
    }
    before += count;
  }
  return max_;
}

Distribution Distribution::restore(double count, double sum, double min, double max,
                                   Buckets buckets) {
  Distribution restored;
  restored.count_ = count;
  restored.sum_ = sum;
  restored.min_ = min;
  restored.max_ = max;
  restored.buckets_ = std::move(buckets);
  return restored;
}

}  // namespace doorbuster::cloud
