#include "engine/map_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "engine/test_bed.h"

namespace doorbuster::engine {
namespace {

// A bucket of so many objects, by pages of a thousand.
struct LargeBucket final : cloud::S3 {
  explicit LargeBucket(std::size_t objects) : left(objects) {}

  cloud::Async<cloud::ListObjectsV2Result> ListObjectsV2(cloud::ListObjectsV2Request) override {
    constexpr std::size_t kPage = 1'000;
    cloud::ListObjectsV2Result page;
    page.Contents.resize(std::min(left, kPage));
    left -= page.Contents.size();
    page.IsTruncated = left > 0;
    co_return page;
  }

  std::size_t left;
};

std::size_t listed(LargeBucket& bucket) {
  TestBed bed;
  states::TaskOrder order;
  order.resource.action = "listObjectsV2";
  order.input = boost::json::object{{"Bucket", "b"}};
  return bed.run(read_items(bucket, order)).as_array().size();
}

TEST(MapData, ListsAllObjects) {
  LargeBucket bucket(states::kListedMax);
  EXPECT_EQ(listed(bucket), states::kListedMax);
}

// Of more, so many that nobody takes them for all of them.
TEST(MapData, ListsMoreThanTheLimitIfThereAreMore) {
  LargeBucket bucket(10 * states::kListedMax);
  EXPECT_GT(listed(bucket), states::kListedMax);
  EXPECT_GT(bucket.left, 0U);
}

}  // namespace
}  // namespace doorbuster::engine
