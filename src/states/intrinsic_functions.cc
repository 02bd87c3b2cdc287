// The table of the intrinsic functions, and those of JSON, numbers and chance.
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <limits>
#include <utility>

#include "states/intrinsic_arguments.h"
#include "states/json_text.h"
#include "states/uuid.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

[[noreturn]] void fail_type(std::size_t index, const char* type) {
  throw std::invalid_argument("argument " + std::to_string(index + 1) + " must be " + type + ".");
}

std::int64_t int32_argument(Arguments arguments, std::size_t index) {
  const std::int64_t n = integer_argument(arguments, index);
  if (n < std::numeric_limits<std::int32_t>::min() ||
      n > std::numeric_limits<std::int32_t>::max()) {
    fail_type(index, "between -2147483648 and 2147483647");
  }
  return n;
}

json::value string_to_json(Arguments arguments, Environment&) {
  expect_count(arguments, 1, 1);
  const std::string_view text = string_argument(arguments, 0);
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return nullptr;
  auto value = from_text(text);
  if (!value) throw std::invalid_argument("the string is not valid JSON.");
  return *std::move(value);
}

json::value json_to_string(Arguments arguments, Environment&) {
  expect_count(arguments, 1, 1);
  return json::string(to_text(arguments[0]));
}

json::value json_merge(Arguments arguments, Environment&) {
  expect_count(arguments, 3, 3);
  json::object merged = object_argument(arguments, 0);
  const json::object& other = object_argument(arguments, 1);
  if (!arguments[2].is_bool()) fail_type(2, "a boolean");
  if (arguments[2].get_bool()) throw std::invalid_argument("deep merging is not supported.");
  for (const auto& [key, member] : other) merged[key] = member;
  return merged;
}

json::value math_add(Arguments arguments, Environment&) {
  expect_count(arguments, 2, 2);
  return int32_argument(arguments, 0) + int32_argument(arguments, 1);
}

// The same seed gives the same number (SplitMix64).
std::uint64_t mixed(std::uint64_t seed) {
  seed += 0x9e3779b97f4a7c15;
  seed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9;
  seed = (seed ^ (seed >> 27)) * 0x94d049bb133111eb;
  return seed ^ (seed >> 31);
}

// From the first number on and below the second.
json::value math_random(Arguments arguments, Environment& environment) {
  expect_count(arguments, 2, 3);
  const std::int64_t from = int32_argument(arguments, 0);
  const std::int64_t end = int32_argument(arguments, 1);
  if (from >= end) throw std::invalid_argument("the start must be below the end.");
  const std::uint64_t chance =
      arguments.size() == 3 ? mixed(static_cast<std::uint64_t>(integer_argument(arguments, 2)))
                            : environment.random();
  return from + static_cast<std::int64_t>(chance % static_cast<std::uint64_t>(end - from));
}

json::value uuid(Arguments arguments, Environment& environment) {
  expect_count(arguments, 0, 0);
  const std::uint64_t high = environment.random();
  return json::string(format_uuid(high, environment.random()));
}

constexpr std::array<std::pair<std::string_view, IntrinsicFunction>, 18> kFunctions = {{
    {"States.Array", intrinsic::array},
    {"States.ArrayContains", intrinsic::array_contains},
    {"States.ArrayGetItem", intrinsic::array_get_item},
    {"States.ArrayLength", intrinsic::array_length},
    {"States.ArrayPartition", intrinsic::array_partition},
    {"States.ArrayRange", intrinsic::array_range},
    {"States.ArrayUnique", intrinsic::array_unique},
    {"States.Base64Decode", intrinsic::base64_decode},
    {"States.Base64Encode", intrinsic::base64_encode},
    {"States.Format", intrinsic::format},
    {"States.Hash", intrinsic::hash},
    {"States.JsonMerge", json_merge},
    {"States.JsonToString", json_to_string},
    {"States.MathAdd", math_add},
    {"States.MathRandom", math_random},
    {"States.StringSplit", intrinsic::string_split},
    {"States.StringToJson", string_to_json},
    {"States.UUID", uuid},
}};

}  // namespace

IntrinsicFunction find_intrinsic_function(std::string_view name) {
  for (const auto& [known, function] : kFunctions) {
    if (known == name) return function;
  }
  return nullptr;
}

void expect_count(Arguments arguments, std::size_t least, std::size_t most) {
  if (arguments.size() >= least && arguments.size() <= most) return;
  throw std::invalid_argument("it was called with " + std::to_string(arguments.size()) +
                              " arguments.");
}

std::string_view string_argument(Arguments arguments, std::size_t index) {
  if (!arguments[index].is_string()) fail_type(index, "a string");
  return arguments[index].get_string();
}

const json::array& array_argument(Arguments arguments, std::size_t index) {
  if (!arguments[index].is_array()) fail_type(index, "an array");
  return arguments[index].get_array();
}

const json::object& object_argument(Arguments arguments, std::size_t index) {
  if (!arguments[index].is_object()) fail_type(index, "an object");
  return arguments[index].get_object();
}

std::int64_t integer_argument(Arguments arguments, std::size_t index) {
  const json::value& number = arguments[index];
  if (number.is_int64()) return number.get_int64();
  constexpr double kBound = 9e18;
  if (!number.is_double() || !(std::abs(number.get_double()) < kBound)) {
    fail_type(index, "an integer");
  }
  return static_cast<std::int64_t>(std::floor(number.get_double() + 0.5));
}

}  // namespace doorbuster::states
