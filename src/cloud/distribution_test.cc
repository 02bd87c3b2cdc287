#include "cloud/distribution.h"

#include <gtest/gtest.h>

#include <cmath>

namespace doorbuster::cloud {
namespace {

TEST(Distribution, IsEmptyAtFirst) {
  const Distribution none;
  EXPECT_EQ(none.count(), 0);
  EXPECT_EQ(none.average(), 0);
  EXPECT_EQ(none.percentile(99), 0);
}

TEST(Distribution, CountsExactly) {
  Distribution d;
  d.add(3);
  d.add(-1.5);
  d.add(10, 2);
  EXPECT_EQ(d.count(), 4);
  EXPECT_EQ(d.sum(), 21.5);
  EXPECT_EQ(d.average(), 5.375);
  EXPECT_EQ(d.min(), -1.5);
  EXPECT_EQ(d.max(), 10);
}

TEST(Distribution, PutsAPowerOfTwoAtTheEndOfItsBucket) {
  for (const int power : {-20, -1, 0, 1, 10, 40}) {
    const double value = std::exp2(power);
    const int bucket = Distribution::bucket_of(value);
    EXPECT_EQ(bucket, power * Distribution::kBucketsPerDoubling);
    EXPECT_EQ(Distribution::upper_bound(bucket), value);
    EXPECT_EQ(Distribution::bucket_of(value * 1.001), bucket + 1);
  }
  EXPECT_EQ(Distribution::bucket_of(0), Distribution::kLowest);
  EXPECT_EQ(Distribution::bucket_of(-7), Distribution::kLowest);
  EXPECT_EQ(Distribution::bucket_of(1e300), Distribution::kHighest);
}

TEST(Distribution, KnowsPercentilesWithinABucketsWidth) {
  Distribution d;
  for (int i = 1; i <= 10'000; ++i) d.add(i);
  for (const double percent : {1.0, 10.0, 50.0, 90.0, 99.0, 99.9}) {
    const double exact = percent * 100;
    EXPECT_NEAR(d.percentile(percent), exact, exact * 0.091) << percent;
  }
  EXPECT_EQ(d.percentile(0), 1);
  EXPECT_EQ(d.percentile(100), 10'000);
}

TEST(Distribution, HasOneValueAtEveryPercentile) {
  Distribution d;
  d.add(42);
  EXPECT_EQ(d.percentile(0), 42);
  EXPECT_EQ(d.percentile(50), 42);
  EXPECT_EQ(d.percentile(99), 42);
}

TEST(Distribution, MergesAsIfItHadSeenAll) {
  Distribution a;
  Distribution b;
  Distribution all;
  for (int i = 1; i <= 100; ++i) {
    (i % 3 == 0 ? a : b).add(i);
    all.add(i);
  }
  a.merge(b);
  EXPECT_EQ(a, all);
  a.merge(Distribution());
  EXPECT_EQ(a, all);
  Distribution empty;
  empty.merge(all);
  EXPECT_EQ(empty, all);
}

TEST(Distribution, HasNoPercentilesOfASummary) {
  Distribution d;
  d.add(5);
  EXPECT_TRUE(d.has_percentiles());
  d.add_summary(10, 100, 1, 50);
  EXPECT_FALSE(d.has_percentiles());
  EXPECT_EQ(d.count(), 11);
  EXPECT_EQ(d.sum(), 105);
  EXPECT_EQ(d.min(), 1);
  EXPECT_EQ(d.max(), 50);
}

TEST(Distribution, ReturnsAsItWasKept) {
  Distribution d;
  for (const double v : {0.0, 1.0, 17.5, 17.6}) d.add(v);
  EXPECT_EQ(Distribution::restore(d.count(), d.sum(), d.min(), d.max(), d.buckets()), d);
}

}  // namespace
}  // namespace doorbuster::cloud
