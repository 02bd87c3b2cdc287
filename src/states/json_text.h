// JSON as AWS writes it: no blanks, numbers as short as they can be ("3.14", not "3.14E0").
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace doorbuster::states {

// Deeper JSON is refused, so that no data can exhaust the stack.
inline constexpr std::size_t kDepthMax = 500;

// Throws Failure if the value is nested deeper than kDepthMax.
std::string to_text(const boost::json::value& value);

// Nothing if the text is no JSON, or nested too deeply.
std::optional<boost::json::value> from_text(std::string_view text);

// "3.14", "42", "1e-07": as JSON and as States.Format write a number.
void append_number(std::string& out, const boost::json::value& number);

}  // namespace doorbuster::states
