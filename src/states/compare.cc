#include "states/compare.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

namespace doorbuster::states {

namespace json = boost::json;

namespace {

bool equal_arrays(const json::array& a, const json::array& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), equal_values);
}

bool equal_objects(const json::object& a, const json::object& b) {
  return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&b](const auto& member) {
           const json::value* other = b.if_contains(member.key());
           return other != nullptr && equal_values(member.value(), *other);
         });
}

}  // namespace

std::partial_ordering compare_numbers(const json::value& a, const json::value& b) {
  if (a.is_double() || b.is_double()) return a.to_number<double>() <=> b.to_number<double>();
  if (a.is_uint64() && b.is_uint64()) return a.get_uint64() <=> b.get_uint64();
  // Boost.JSON keeps as unsigned only what is beyond the signed numbers.
  if (a.is_uint64()) return std::partial_ordering::greater;
  if (b.is_uint64()) return std::partial_ordering::less;
  return a.get_int64() <=> b.get_int64();
}

bool equal_values(const json::value& a, const json::value& b) {
  if (a.is_number() && b.is_number()) return std::is_eq(compare_numbers(a, b));
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case json::kind::array:
      return equal_arrays(a.get_array(), b.get_array());
    case json::kind::object:
      return equal_objects(a.get_object(), b.get_object());
    default:
      return a == b;
  }
}

}  // namespace doorbuster::states
