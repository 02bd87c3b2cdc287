// The fields of a piece of an execution, as a JSON array that no document is made of: they are
// written with each step.
#pragma once

#include <boost/json/value.hpp>
#include <concepts>
#include <optional>
#include <string>

#include "states/execution.h"
#include "states/json_text.h"

namespace doorbuster::states {

inline void append_field(std::string& out, const std::string& text) {
  out += to_stored(boost::json::value(text));
}
inline void append_field(std::string& out, bool flag) {
  out += flag ? "true" : "false";
}
template <std::integral Number>
void append_field(std::string& out, Number number) {
  append_number(out, boost::json::value(number));
}
template <std::integral Number>
void append_field(std::string& out, const std::optional<Number>& number) {
  if (number) return append_field(out, *number);
  out += "null";
}

// Milliseconds since 1970.
inline void append_field(std::string& out, const std::optional<Time>& time) {
  if (time) return append_field(out, time->time_since_epoch().count());
  out += "null";
}
// Throws if it is no such field.
inline std::optional<Time> read_time(const boost::json::value& field) {
  if (field.is_null()) return std::nullopt;
  return Time(std::chrono::milliseconds(field.as_int64()));
}

// An array of numbers is one field.
template <typename Numbers>
requires std::integral<typename Numbers::value_type>
void append_field(std::string& out, const Numbers& numbers) {
  out += '[';
  for (const auto number : numbers) {
    if (out.back() != '[') out += ',';
    append_field(out, number);
  }
  out += ']';
}

template <typename... Fields>
std::string stored_fields(const Fields&... fields) {
  std::string out;
  ((out += out.empty() ? '[' : ',', append_field(out, fields)), ...);
  return out += ']';
}

}  // namespace doorbuster::states
