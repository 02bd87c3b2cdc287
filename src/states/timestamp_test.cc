#include "states/timestamp.h"

#include <gtest/gtest.h>

#include <string_view>

namespace doorbuster::states {
namespace {

std::string normal(std::string_view text) {
  const auto time = parse_timestamp(text);
  return time ? format_timestamp(time->milliseconds()) : "none";
}

TEST(Timestamp, ReadsTheProfileOfRfc3339) {
  EXPECT_EQ(normal("2016-03-14T01:59:00Z"), "2016-03-14T01:59:00.000Z");
  EXPECT_EQ(normal("2016-03-14T01:59:00.5Z"), "2016-03-14T01:59:00.500Z");
  EXPECT_EQ(normal("2016-03-14T01:59:00.123456789012Z"), "2016-03-14T01:59:00.124Z");
  EXPECT_EQ(normal("2016-03-14T01:59:00+02:30"), "2016-03-13T23:29:00.000Z");
  EXPECT_EQ(normal("2016-02-29T23:00:00-01:00"), "2016-03-01T00:00:00.000Z");
}

TEST(Timestamp, RefusesTheRest) {
  for (const auto text :
       {"", "2016-03-14", "2016-03-14T01:59:00", "2016-03-14t01:59:00Z", "2016-03-14T01:59:00z",
        "2016-03-14 01:59:00Z", "2016-13-14T01:59:00Z", "2015-02-29T01:59:00Z",
        "2016-03-14T24:00:00Z", "2016-03-14T01:60:00Z", "2016-03-14T01:59:60Z",
        "2016-03-14T01:59:00.Z", "2016-03-14T01:59:00+2:00", "2016-03-14T01:59:00+24:00",
        "2016-03-14T01:59:00Zx", "05-12-2016T21:29:29Z"}) {
    EXPECT_FALSE(parse_timestamp(text)) << text;
  }
}

}  // namespace
}  // namespace doorbuster::states
