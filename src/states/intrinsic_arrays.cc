#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <unordered_set>

#include "states/compare.h"
#include "states/intrinsic_arguments.h"
#include "states/json_text.h"

namespace doorbuster::states::intrinsic {

namespace json = boost::json;

namespace {

constexpr std::size_t kRangeMax = 1'000;  // AWS's limit

std::int64_t integer_within(Arguments arguments, std::size_t index, std::int64_t least,
                            const char* what) {
  const std::int64_t n = integer_argument(arguments, index);
  if (n < least) throw std::invalid_argument(what);
  return n;
}

// The same for equal values: numbers by their value, members in the order of their names.
std::string identity(const json::value& value) {
  if (value.is_number()) {
    std::string text;
    const double number = value.to_number<double>();
    if (value.is_double() && number == std::floor(number) && std::abs(number) < 1e15) {
      append_number(text, json::value(static_cast<std::int64_t>(number)));
    } else {
      append_number(text, value);
    }
    return text;
  }
  if (value.is_array()) {
    std::string text = "[";
    for (const json::value& item : value.get_array()) text += identity(item) + ",";
    return text + "]";
  }
  if (value.is_object()) {
    std::vector<std::string> members;
    for (const auto& [key, member] : value.get_object()) {
      members.push_back(to_text(json::string(key)) + ":" + identity(member));
    }
    std::sort(members.begin(), members.end());
    std::string text = "{";
    for (const std::string& member : members) text += member + ",";
    return text + "}";
  }
  return to_text(value);
}

}  // namespace

json::value array(Arguments arguments, Environment&) {
  return json::array(arguments.begin(), arguments.end());
}

json::value array_contains(Arguments arguments, Environment&) {
  expect_count(arguments, 2, 2);
  const json::array& all = array_argument(arguments, 0);
  return std::any_of(all.begin(), all.end(), [&arguments](const json::value& item) {
    return equal_values(item, arguments[1]);
  });
}

json::value array_get_item(Arguments arguments, Environment&) {
  expect_count(arguments, 2, 2);
  const json::array& all = array_argument(arguments, 0);
  const auto index = static_cast<std::uint64_t>(
      integer_within(arguments, 1, 0, "the index must not be negative."));
  if (index >= all.size()) throw std::invalid_argument("the index is beyond the array's end.");
  return all[index];
}

json::value array_length(Arguments arguments, Environment&) {
  expect_count(arguments, 1, 1);
  return static_cast<std::int64_t>(array_argument(arguments, 0).size());
}

json::value array_partition(Arguments arguments, Environment&) {
  expect_count(arguments, 2, 2);
  const json::array& all = array_argument(arguments, 0);
  const auto size = static_cast<std::uint64_t>(
      integer_within(arguments, 1, 1, "the size of a part must be a positive integer."));
  json::array parts;
  for (const json::value& item : all) {
    if (parts.empty() || parts.back().get_array().size() == size) parts.emplace_back(json::array());
    parts.back().get_array().push_back(item);
  }
  return parts;
}

json::value array_range(Arguments arguments, Environment&) {
  expect_count(arguments, 3, 3);
  const std::int64_t first = integer_argument(arguments, 0);
  const std::int64_t last = integer_argument(arguments, 1);
  const std::int64_t step = integer_argument(arguments, 2);
  // So that no sum below can overflow.
  constexpr std::int64_t kBound = std::numeric_limits<std::int64_t>::max() / 4;
  if (step == 0) throw std::invalid_argument("the step must not be zero.");
  for (const std::int64_t n : {first, last, step}) {
    if (n > kBound || n < -kBound) throw std::invalid_argument("a number is too large.");
  }
  json::array numbers;
  for (std::int64_t n = first; step > 0 ? n <= last : n >= last; n += step) {
    if (numbers.size() == kRangeMax) {
      throw std::invalid_argument("the range has more than 1000 elements.");
    }
    numbers.emplace_back(n);
  }
  return numbers;
}

json::value array_unique(Arguments arguments, Environment&) {
  expect_count(arguments, 1, 1);
  std::unordered_set<std::string> seen;
  json::array unique;
  for (const json::value& item : array_argument(arguments, 0)) {
    if (seen.insert(identity(item)).second) unique.push_back(item);
  }
  return unique;
}

}  // namespace doorbuster::states::intrinsic
