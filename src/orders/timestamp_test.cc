#include "orders/timestamp.h"

#include <gtest/gtest.h>

namespace doorbuster::orders {
namespace {

using std::chrono::sys_days;
using std::chrono::sys_seconds;
using namespace std::chrono_literals;

TEST(Timestamp, IsReadInItsThreeForms) {
  const sys_seconds expected = sys_days(2010y / 12 / 1) + 8h + 26min + 7s;
  EXPECT_EQ(parse_timestamp("2010-12-01T08:26:07"), expected);
  EXPECT_EQ(parse_timestamp("2010-12-01 08:26:07"), expected);
  EXPECT_EQ(parse_timestamp("2010-12-01T08:26:07Z"), expected);
}

TEST(Timestamp, MustBeARealDateAndTime) {
  EXPECT_TRUE(parse_timestamp("2024-02-29T23:59:59"));
  for (const char* text :
       {"2023-02-29T00:00:00", "2023-13-01T00:00:00", "2023-00-01T00:00:00", "2023-01-00T00:00:00",
        "2023-04-31T00:00:00", "2023-01-01T24:00:00", "2023-01-01T00:60:00", "2023-01-01T00:00:60",
        "0000-01-01T00:00:00", "1900-02-29T00:00:00"}) {
    EXPECT_EQ(parse_timestamp(text), std::nullopt) << text;
  }
}

TEST(Timestamp, HasNoOtherForm) {
  for (const char* text : {"", "Z", "2010-12-01", "2010-12-01T08:26", "2010-12-01T08:26:00.5",
                           "2010-12-01T08:26:00+01", "2010-12-01t08:26:00", "2010/12/01T08:26:00",
                           "12/1/2010 8:26", "2010-12-01T08:26:0a", "2010-12-01T08:26:00ZZ",
                           " 2010-12-01T08:26:00", "-010-12-01T08:26:00"}) {
    EXPECT_EQ(parse_timestamp(text), std::nullopt) << text;
  }
}

TEST(Timestamp, IsWrittenWithLeadingZeros) {
  EXPECT_EQ(format_timestamp(sys_days(2010y / 12 / 1) + 8h + 26min + 7s), "2010-12-01T08:26:07");
  EXPECT_EQ(format_timestamp(sys_days(1y / 1 / 1)), "0001-01-01T00:00:00");
  EXPECT_EQ(format_timestamp(sys_days(1969y / 12 / 31) + 23h), "1969-12-31T23:00:00");
  EXPECT_EQ(format_timestamp(sys_days(9999y / 12 / 31) + 86399s), "9999-12-31T23:59:59");
}

TEST(Timestamp, HasRoomForTheYears1To9999) {
  EXPECT_TRUE(has_text_form(sys_days(1y / 1 / 1)));
  EXPECT_FALSE(has_text_form(sys_days(1y / 1 / 1) - 1s));
  EXPECT_TRUE(has_text_form(sys_days(9999y / 12 / 31) + 86399s));
  EXPECT_FALSE(has_text_form(sys_days(10000y / 1 / 1)));
  EXPECT_FALSE(has_text_form(sys_seconds::max()));
  EXPECT_FALSE(has_text_form(sys_seconds::min()));
}

TEST(Instant, IsWrittenAndReadToTheMillisecond) {
  const Instant time = sys_days(2026y / 11 / 27) + 3s + 45ms;
  EXPECT_EQ(format_instant(time), "2026-11-27T00:00:03.045Z");
  EXPECT_EQ(parse_instant("2026-11-27T00:00:03.045Z"), time);
  EXPECT_EQ(parse_instant("2026-11-27T00:00:03.0459999Z"), time);
  EXPECT_EQ(parse_instant("2026-11-27T00:00:03.1Z"), sys_days(2026y / 11 / 27) + 3s + 100ms);
  EXPECT_EQ(parse_instant("2026-11-27T00:00:03Z"), sys_days(2026y / 11 / 27) + 3s);
  EXPECT_EQ(format_instant(sys_days(1969y / 12 / 31) + 23h + 1ms), "1969-12-31T23:00:00.001Z");
}

TEST(Instant, HasNoOtherForm) {
  for (const char* text :
       {"", "Z", "2026-11-27T00:00:03", "2026-11-27T00:00:03.Z", "2026-11-27T00:00:03.1234567890Z",
        "2026-11-27T00:00:03.1xZ", "2026-11-27T00:00:03ZZ", "2026-11-27T00:00:61.000Z"}) {
    EXPECT_EQ(parse_instant(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace doorbuster::orders
