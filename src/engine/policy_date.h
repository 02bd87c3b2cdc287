// The dates and numbers that a policy's conditions compare.
#pragma once

#include <optional>
#include <string_view>

namespace doorbuster::engine {

// A decimal number and nothing else.
std::optional<double> parse_number(std::string_view text);

// Seconds since 1970, from one of the W3C's forms of ISO 8601 (YYYY, YYYY-MM, YYYY-MM-DD, with a
// time after T) or from just such a number. Four digits are a year.
// https://www.w3.org/TR/NOTE-datetime
std::optional<double> parse_date(std::string_view text);

}  // namespace doorbuster::engine
