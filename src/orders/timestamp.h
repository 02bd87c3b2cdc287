// Points in time as text.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace doorbuster::orders {

// Whether the time falls in the years 0001 to 9999: those that the text form has room for.
bool has_text_form(std::chrono::sys_seconds time);

// "2010-12-01T08:26:00". Needs has_text_form(time).
std::string format_timestamp(std::chrono::sys_seconds time);

// Reads "2010-12-01T08:26:00", or with a space for the "T"; a "Z" may follow. Nothing for any other
// text and for dates that don't exist.
std::optional<std::chrono::sys_seconds> parse_timestamp(std::string_view text);

using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

// "2026-11-27T00:00:03.123Z", in UTC. Needs has_text_form(time).
std::string format_instant(Instant time);

// Reads that, with up to nine decimals or none; what is finer than a millisecond is cut off.
// Nothing for any other text.
std::optional<Instant> parse_instant(std::string_view text);

}  // namespace doorbuster::orders
