#include "console/last_minute.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace doorbuster::console {
namespace {

namespace json = boost::json;

cloud::Time second(int n) {
  return cloud::Time(std::chrono::seconds(1'000 + n));
}

json::object sent(int n) {
  return {{"sent", n}};
}

std::string before(const LastMinute& minute, int n, const json::object& metrics) {
  return json::serialize(minute.before(second(n), metrics));
}

TEST(LastMinuteTest, KnowsNothingBeforeItHasLooked) {
  LastMinute minute;
  EXPECT_EQ(before(minute, 0, sent(1)), "{}");
  minute.take(second(0), sent(1));
  EXPECT_EQ(before(minute, 0, sent(1)), "{}");
}

TEST(LastMinuteTest, SaysHowItStood) {
  LastMinute minute;
  for (int n = 0; n <= 200; ++n) minute.take(second(n), sent(n));
  const auto told = minute.before(second(200), sent(200));
  const auto& times = told.at("at").as_array();
  const auto& values = told.at("metrics").at("sent").as_array();
  ASSERT_EQ(times.size(), 14U);
  ASSERT_EQ(values.size(), 14U);
  EXPECT_EQ(times.front(), 1'130'000);
  EXPECT_EQ(values.front(), 130.0);
  EXPECT_EQ(times.back(), 1'195'000);
  EXPECT_EQ(values.back(), 195.0);
}

TEST(LastMinuteTest, GoesBackToTheBeginningOfAYoungProgram) {
  LastMinute minute;
  for (int n = 0; n <= 12; ++n) minute.take(second(n), sent(n));
  EXPECT_EQ(before(minute, 12, sent(12)),
            R"({"at":[1000000,1002000,1007000],"metrics":{"sent":[0E0,2E0,7E0]}})");
}

TEST(LastMinuteTest, LeavesOutWhatHasNotChanged) {
  LastMinute minute;
  const json::object resting{{"rests", 7}};
  minute.take(second(0), resting);
  minute.take(second(5), {{"rests", 7}, {"new", 1}});
  const json::object now{{"rests", 7}, {"new", 2}};
  EXPECT_EQ(before(minute, 6, now), R"({"at":[1000000],"metrics":{"new":[0E0]}})");
}

TEST(LastMinuteTest, LooksOnceASecond) {
  LastMinute minute;
  minute.take(second(0), sent(1));
  minute.take(second(0) + std::chrono::milliseconds(500), sent(2));
  EXPECT_EQ(before(minute, 5, sent(3)), R"({"at":[1000000],"metrics":{"sent":[1E0]}})");
}

TEST(LastMinuteTest, ForgetsWhatIsNoMore) {
  LastMinute minute;
  minute.take(second(0), {{"sent", 1}, {"gone", 1}});
  minute.take(second(1), sent(1));
  minute.take(second(2), {{"sent", 1}, {"gone", 5}});
  EXPECT_EQ(before(minute, 4, {{"gone", 5}}), R"({"at":[1000000],"metrics":{"gone":[0E0]}})");
}

}  // namespace
}  // namespace doorbuster::console
