// How values are distributed: counts in buckets that grow exponentially, so that what was kept of
// many minutes can be put together and still gives the percentiles of all its values.
#pragma once

#include <cstdint>
#include <map>

namespace doorbuster::cloud {

// Values and their count, sum, minimum and maximum, which are exact. Two numbers of the same bucket
// differ by less than 9.1 percent, so a percentile is off by that much at the most. Not
// synchronised.
class Distribution {
 public:
  // Buckets that a factor of two is divided into.
  static constexpr int kBucketsPerDoubling = 8;

  // By their number n: values greater than 2^((n-1)/8), up to 2^(n/8). Those up to 2^-32, also 0
  // and negative ones, are in the first, kLowest, those greater than 2^64 in the last, kHighest.
  using Buckets = std::map<int, double>;
  static constexpr int kLowest = -32 * kBucketsPerDoubling;
  static constexpr int kHighest = 64 * kBucketsPerDoubling + 1;
  static int bucket_of(double value);
  // The greatest value of a bucket; infinite for the last.
  static double upper_bound(int bucket);

  // `count` times the value, which is finite.
  void add(double value, double count = 1);
  // Of what others have counted, without the values: there are no percentiles then.
  void add_summary(double count, double sum, double min, double max);
  void merge(const Distribution& other);

  double count() const { return count_; }
  double sum() const { return sum_; }
  // Of none, 0.
  double average() const { return count_ > 0 ? sum_ / count_ : 0; }
  double min() const { return min_; }
  double max() const { return max_; }
  const Buckets& buckets() const { return buckets_; }

  // The value that `percent` of a hundred values do not exceed, from 0 to 100. Of none, 0.
  double percentile(double percent) const;
  // Whether all values are in buckets.
  bool has_percentiles() const;

  // As it was kept.
  static Distribution restore(double count, double sum, double min, double max, Buckets buckets);

  friend bool operator==(const Distribution&, const Distribution&) = default;

 private:
  double count_ = 0;
  double sum_ = 0;
  double min_ = 0;
  double max_ = 0;
  Buckets buckets_;
};

}  // namespace doorbuster::cloud
