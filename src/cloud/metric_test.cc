#include "cloud/metric.h"

#include <gtest/gtest.h>

namespace doorbuster::cloud {
namespace {

TEST(Metric, HasTheDimensionOfItsNamespace) {
  const Scope scope;
  const auto sent = metric_of(scope, "AWS/SQS", "NumberOfMessagesSent", "orders-queue");
  EXPECT_EQ(sent, (Metric{"AWS/SQS", "NumberOfMessagesSent", {{"QueueName", "orders-queue"}}}));
  EXPECT_EQ(resource_of(sent), "orders-queue");
  const auto started = metric_of(scope, "AWS/States", "ExecutionsStarted", "M");
  EXPECT_EQ(started.Dimensions.at(0),
            (Dimension{"StateMachineArn", "arn:aws:states:us-east-1:000000000000:stateMachine:M"}));
  EXPECT_EQ(resource_of(started), "M");
}

TEST(Metric, SaysAsWhatSomethingIsStored) {
  const auto size = metric_of({}, "AWS/S3", "BucketSizeBytes", "b");
  EXPECT_EQ(size, (Metric{"AWS/S3",
                          "BucketSizeBytes",
                          {{"BucketName", "b"}, {"StorageType", "StandardStorage"}}}));
  EXPECT_EQ(resource_of(size), "b");
  const auto objects = metric_of({}, "AWS/S3", "NumberOfObjects", "b");
  EXPECT_EQ(objects.Dimensions.at(1), (Dimension{"StorageType", "AllStorageTypes"}));
  EXPECT_EQ(metric_of({}, "AWS/S3", "PutRequests", "b").Dimensions.size(), 1U);
}

TEST(Metric, HasNoneWithoutAResource) {
  const Metric revenue = metric_of({}, "Doorbuster", "Revenue", "");
  EXPECT_TRUE(revenue.Dimensions.empty());
  EXPECT_EQ(resource_of(revenue), "");
  EXPECT_TRUE(metric_of({}, "Mine", "X", "of nobody's").Dimensions.empty());
}

}  // namespace
}  // namespace doorbuster::cloud
