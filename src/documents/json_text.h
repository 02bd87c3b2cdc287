// JSON as text: no blanks, numbers in the shortest form that is read back the same ("19.99", where
// Boost.JSON writes "1.999E1").
//
// Every document of a user's that is written again goes through here. All functions are pure.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace doorbuster::documents {

// Deeper JSON is refused, so that no data can exhaust the stack.
inline constexpr std::size_t kDepthMax = 500;

struct TooDeep : std::length_error {
  TooDeep() : std::length_error("The data is nested too deeply.") {}
};

// Needs is_finite(value). Throws TooDeep if the value is nested more deeply than that.
std::string to_text(const boost::json::value& value, std::size_t depth_max = kDepthMax);

// Whether JSON can say all its numbers. Boost.JSON reads 1e400 as infinity and 0e400 as NaN, which
// could be written but never be read again. `value` must not be nested beyond kDepthMax.
bool is_finite(const boost::json::value& value);

// Nothing if the text is no JSON, has a number that no double can hold, or is nested more deeply
// than that.
std::optional<boost::json::value> from_text(std::string_view text,
                                            std::size_t depth_max = kDepthMax);

// Of a text that is no JSON because it begins with a word: what AWS says of that, and where the
// word ends.
struct UnknownToken {
  std::string message;
  std::size_t end = 0;
};
std::optional<UnknownToken> unknown_token(std::string_view text);

// "3.14", "42", "1e-07": as JSON and as States.Format write a number.
void append_number(std::string& out, const boost::json::value& number);

}  // namespace doorbuster::documents
