#include "aws/retry.h"

#include <gtest/gtest.h>

namespace doorbuster::aws {
namespace {

using std::chrono::milliseconds;

TEST(Retry, TheWaitIsAnyTimeUpToABoundThatDoubles) {
  EXPECT_EQ(backoff(1, false, 0), milliseconds(0));
  EXPECT_EQ(backoff(1, false, 0.5), milliseconds(50));
  EXPECT_EQ(backoff(1, false, 1), milliseconds(100));
  EXPECT_EQ(backoff(2, false, 1), milliseconds(200));
  EXPECT_EQ(backoff(3, false, 1), milliseconds(400));
}

TEST(Retry, WhoeverAsksToBeAskedLessIsGivenMoreTime) {
  EXPECT_EQ(backoff(1, true, 1), milliseconds(1'000));
  EXPECT_EQ(backoff(2, true, 0.5), milliseconds(1'000));
}

TEST(Retry, TheWaitHasAnEnd) {
  EXPECT_EQ(backoff(30, true, 1), milliseconds(20'000));
}

TEST(Retry, WhatMayPass) {
  EXPECT_TRUE(is_passing(500, "InternalError"));
  EXPECT_TRUE(is_passing(503, "SlowDown"));
  EXPECT_TRUE(is_passing(400, "Throttling"));
  EXPECT_TRUE(is_passing(400, "RequestTimeout"));
  EXPECT_FALSE(is_passing(400, "InvalidParameterValue"));
  EXPECT_FALSE(is_passing(404, "NoSuchKey"));
  EXPECT_FALSE(is_passing(501, "NotImplemented"));
}

}  // namespace
}  // namespace doorbuster::aws
