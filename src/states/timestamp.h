// Points in time as the States Language writes them: ISO 8601 by the profile of RFC 3339, with a
// capital T between date and time and, where there is no numeric offset, a capital Z.
// https://states-language.net/spec.html#timestamps
#pragma once

#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace doorbuster::states {

struct Timestamp {
  std::chrono::sys_seconds seconds{};
  int nanoseconds = 0;

  auto operator<=>(const Timestamp&) const = default;
  std::chrono::sys_time<std::chrono::milliseconds> milliseconds() const;  // rounded up
};

// Nothing for any other text, and for dates that don't exist.
std::optional<Timestamp> parse_timestamp(std::string_view text);

// "2016-03-14T01:59:00.000Z"
std::string format_timestamp(std::chrono::sys_time<std::chrono::milliseconds> time);

}  // namespace doorbuster::states
