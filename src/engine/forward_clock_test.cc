#include "engine/forward_clock.h"

#include <gtest/gtest.h>

namespace doorbuster::engine {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class ForwardClockTest : public testing::Test {
 protected:
  void pass(std::chrono::nanoseconds time) {
    system += time;
    steady += time;
  }
  // Since the test began.
  milliseconds told() { return clock.now() - cloud::Time(hours(1'000)); }

  std::chrono::system_clock::time_point system{hours(1'000)};
  std::chrono::steady_clock::time_point steady{hours(7)};
  const ForwardClock clock{[this] { return system; }, [this] { return steady; }};
};

TEST_F(ForwardClockTest, ItTellsTheSystemsTime) {
  EXPECT_EQ(told(), milliseconds(0));
  pass(seconds(5));
  EXPECT_EQ(told(), seconds(5));
  system += hours(3);  // somebody has set it
  EXPECT_EQ(told(), hours(3) + seconds(5));
}

TEST_F(ForwardClockTest, SetBackItGoesOnAtHalfTheSpeedUntilItIsCaughtUpWith) {
  pass(hours(2));
  EXPECT_EQ(told(), hours(2));
  system -= hours(1);
  EXPECT_EQ(told(), hours(2));
  pass(seconds(10));
  EXPECT_EQ(told(), hours(2) + seconds(5));
  pass(minutes(59));
  EXPECT_EQ(told(), hours(2) + seconds(5 + 59 * 30));
  pass(hours(1));
  pass(seconds(50));
  EXPECT_EQ(told(), hours(3)) << "as the system again";
  pass(seconds(1));
  EXPECT_EQ(told(), hours(3) + seconds(1));
}

TEST_F(ForwardClockTest, ItGoesOnHoweverOftenItIsAsked) {
  system -= hours(1);
  for (int i = 0; i < 10'000; ++i) {
    pass(microseconds(100));
    told();
  }
  EXPECT_EQ(told(), milliseconds(500));
}

}  // namespace
}  // namespace doorbuster::engine
