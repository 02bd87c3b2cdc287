#include <algorithm>
#include <boost/json.hpp>

#include "states/compare.h"
#include "states/path_step.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

using Operator = PathFilter::Operator;

// nullptr if a path finds nothing, or more than one place.
const json::value* value_of(const PathFilter::Operand& operand, const json::value& element,
                            const json::value& root) {
  if (!operand.path) return &operand.constant;
  const auto found = select(*operand.path, operand.from_root ? root : element, root);
  return found.size() == 1 ? found.front() : nullptr;
}

std::partial_ordering order(const json::value& a, const json::value& b) {
  if (a.is_number() && b.is_number()) return compare_numbers(a, b);
  if (a.is_string() && b.is_string()) return a.get_string().compare(b.get_string()) <=> 0;
  return std::partial_ordering::unordered;
}

bool is_in(const json::value& value, const json::value& list) {
  if (!list.is_array()) return false;
  return std::any_of(list.get_array().begin(), list.get_array().end(),
                     [&value](const json::value& item) { return equal_values(value, item); });
}

bool compare(Operator what, const json::value& left, const json::value& right) {
  switch (what) {
    case Operator::equal:
      return equal_values(left, right);
    case Operator::unequal:
      return !equal_values(left, right);
    case Operator::less:
      return std::is_lt(order(left, right));
    case Operator::less_equal:
      return std::is_lteq(order(left, right));
    case Operator::greater:
      return std::is_gt(order(left, right));
    case Operator::greater_equal:
      return std::is_gteq(order(left, right));
    case Operator::in:
      return is_in(left, right);
    default:
      return !is_in(left, right);
  }
}

}  // namespace

bool PathFilter::holds(const json::value& element, const json::value& root) const {
  const auto holds_here = [&](const PathFilter& condition) {
    return condition.holds(element, root);
  };
  switch (what) {
    case Operator::both:
      return std::all_of(conditions.begin(), conditions.end(), holds_here);
    case Operator::either:
      return std::any_of(conditions.begin(), conditions.end(), holds_here);
    case Operator::negation:
      return !holds_here(conditions.front());
    case Operator::exists:
      return !select(*left.path, left.from_root ? root : element, root).empty();
    default: {
      const json::value* a = value_of(left, element, root);
      const json::value* b = value_of(right, element, root);
      return a != nullptr && b != nullptr && compare(what, *a, *b);
    }
  }
}

}  // namespace doorbuster::states
