#include "states/choice_rule.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <compare>

#include "states/compare.h"
#include "states/failure.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

using Type = ChoiceOperator::Type;
using Order = ChoiceOperator::Order;
using Kind = ChoiceOperator::Kind;

constexpr std::array kOperators = std::to_array<ChoiceOperator>({
    {.name = "StringEquals", .type = Type::string},
    {.name = "StringEqualsPath", .type = Type::string, .from_path = true},
    {.name = "StringLessThan", .type = Type::string, .order = Order::less},
    {.name = "StringLessThanPath", .type = Type::string, .order = Order::less, .from_path = true},
    {.name = "StringGreaterThan", .type = Type::string, .order = Order::greater},
    {.name = "StringGreaterThanPath",
     .type = Type::string,
     .order = Order::greater,
     .from_path = true},
    {.name = "StringLessThanEquals", .type = Type::string, .order = Order::less_equal},
    {.name = "StringLessThanEqualsPath",
     .type = Type::string,
     .order = Order::less_equal,
     .from_path = true},
    {.name = "StringGreaterThanEquals", .type = Type::string, .order = Order::greater_equal},
    {.name = "StringGreaterThanEqualsPath",
     .type = Type::string,
     .order = Order::greater_equal,
     .from_path = true},
    {.name = "StringMatches", .type = Type::pattern},
    {.name = "NumericEquals", .type = Type::number},
    {.name = "NumericEqualsPath", .type = Type::number, .from_path = true},
    {.name = "NumericLessThan", .type = Type::number, .order = Order::less},
    {.name = "NumericLessThanPath", .type = Type::number, .order = Order::less, .from_path = true},
    {.name = "NumericGreaterThan", .type = Type::number, .order = Order::greater},
    {.name = "NumericGreaterThanPath",
     .type = Type::number,
     .order = Order::greater,
     .from_path = true},
    {.name = "NumericLessThanEquals", .type = Type::number, .order = Order::less_equal},
    {.name = "NumericLessThanEqualsPath",
     .type = Type::number,
     .order = Order::less_equal,
     .from_path = true},
    {.name = "NumericGreaterThanEquals", .type = Type::number, .order = Order::greater_equal},
    {.name = "NumericGreaterThanEqualsPath",
     .type = Type::number,
     .order = Order::greater_equal,
     .from_path = true},
    {.name = "BooleanEquals", .type = Type::boolean},
    {.name = "BooleanEqualsPath", .type = Type::boolean, .from_path = true},
    {.name = "TimestampEquals", .type = Type::timestamp},
    {.name = "TimestampEqualsPath", .type = Type::timestamp, .from_path = true},
    {.name = "TimestampLessThan", .type = Type::timestamp, .order = Order::less},
    {.name = "TimestampLessThanPath",
     .type = Type::timestamp,
     .order = Order::less,
     .from_path = true},
    {.name = "TimestampGreaterThan", .type = Type::timestamp, .order = Order::greater},
    {.name = "TimestampGreaterThanPath",
     .type = Type::timestamp,
     .order = Order::greater,
     .from_path = true},
    {.name = "TimestampLessThanEquals", .type = Type::timestamp, .order = Order::less_equal},
    {.name = "TimestampLessThanEqualsPath",
     .type = Type::timestamp,
     .order = Order::less_equal,
     .from_path = true},
    {.name = "TimestampGreaterThanEquals", .type = Type::timestamp, .order = Order::greater_equal},
    {.name = "TimestampGreaterThanEqualsPath",
     .type = Type::timestamp,
     .order = Order::greater_equal,
     .from_path = true},
    {.name = "IsPresent", .type = Type::presence},
    {.name = "IsNull", .type = Type::kind, .kind = Kind::null},
    {.name = "IsString", .type = Type::kind, .kind = Kind::string},
    {.name = "IsNumeric", .type = Type::kind, .kind = Kind::number},
    {.name = "IsBoolean", .type = Type::kind, .kind = Kind::boolean},
    {.name = "IsTimestamp", .type = Type::kind, .kind = Kind::timestamp},
});

std::optional<Timestamp> timestamp_of(const json::value& value) {
  if (!value.is_string()) return std::nullopt;
  return parse_timestamp(value.get_string());
}

bool is_kind(const json::value& value, Kind kind) {
  switch (kind) {
    case Kind::null:
      return value.is_null();
    case Kind::string:
      return value.is_string();
    case Kind::number:
      return value.is_number();
    case Kind::boolean:
      return value.is_bool();
    default:
      return timestamp_of(value).has_value();
  }
}

bool in_order(std::partial_ordering found, Order wanted) {
  switch (wanted) {
    case Order::equal:
      return std::is_eq(found);
    case Order::less:
      return std::is_lt(found);
    case Order::less_equal:
      return std::is_lteq(found);
    case Order::greater:
      return std::is_gt(found);
    default:
      return std::is_gteq(found);
  }
}

// Unordered unless both are of the type.
std::partial_ordering order(Type type, const json::value& a, const json::value& b) {
  if (type == Type::number && a.is_number() && b.is_number()) return compare_numbers(a, b);
  if (type == Type::string && a.is_string() && b.is_string()) {
    return a.get_string().compare(b.get_string()) <=> 0;
  }
  if (type == Type::boolean && a.is_bool() && b.is_bool()) {
    return a.get_bool() == b.get_bool() ? std::partial_ordering::equivalent
                                        : std::partial_ordering::unordered;
  }
  if (type != Type::timestamp) return std::partial_ordering::unordered;
  const auto at = timestamp_of(a);
  const auto other = timestamp_of(b);
  return at && other ? std::partial_ordering(*at <=> *other) : std::partial_ordering::unordered;
}

json::value value_at(const JsonPath& path, const Scope& scope) {
  auto value = path.evaluate(root_of(path, scope));
  if (!value) {
    throw runtime_failure("Invalid path '" + path.text() +
                          "': The choice state's condition path references an invalid value.");
  }
  return *std::move(value);
}

bool is_present(const JsonPath& path, const Scope& scope) {
  if (path.root() == JsonPath::Root::variable &&
      scope.environment.variable(path.variable()) == nullptr) {
    return false;
  }
  const auto value = path.evaluate(root_of(path, scope));
  // Of a path that can find many places, nothing found is an empty array.
  return value && (path.is_reference() || !value->is_array() || !value->get_array().empty());
}

bool comparison_holds(const ChoiceCondition& condition, const Scope& scope) {
  const ChoiceOperator& compare = *condition.compare;
  if (compare.type == Type::presence) {
    return is_present(*condition.variable, scope) == condition.operand.get_bool();
  }
  const json::value left = value_at(*condition.variable, scope);
  if (compare.type == Type::kind) {
    return is_kind(left, compare.kind) == condition.operand.get_bool();
  }
  if (compare.type == Type::pattern) {
    return left.is_string() && string_matches(left.get_string(), condition.operand.get_string());
  }
  if (!condition.operand_path) {
    return in_order(order(compare.type, left, condition.operand), compare.order);
  }
  const json::value right = value_at(*condition.operand_path, scope);
  return in_order(order(compare.type, left, right), compare.order);
}

// One character of a pattern, or any text.
struct Piece {
  char literal = '\0';
  bool star = false;
};

std::vector<Piece> pieces(std::string_view pattern) {
  std::vector<Piece> all;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool escapes = pattern[i] == '\\' && i + 1 < pattern.size();
    if (escapes) ++i;
    all.push_back({.literal = pattern[i], .star = !escapes && pattern[i] == '*'});
  }
  return all;
}

}  // namespace

std::span<const ChoiceOperator> choice_operators() {
  return kOperators;
}

bool ChoiceCondition::holds(const Scope& scope) const {
  const auto holds_here = [&scope](const ChoiceCondition& condition) {
    return condition.holds(scope);
  };
  switch (what) {
    case What::all:
      return std::all_of(conditions.begin(), conditions.end(), holds_here);
    case What::any:
      return std::any_of(conditions.begin(), conditions.end(), holds_here);
    case What::negation:
      return !holds_here(conditions.front());
    default:
      return comparison_holds(*this, scope);
  }
}

std::optional<std::string> wrong_operand(const ChoiceOperator& compare,
                                         const json::value& operand) {
  if (compare.from_path) {
    if (operand.is_string()) return std::nullopt;
    return "Expected value of type String";
  }
  switch (compare.type) {
    case Type::string:
    case Type::pattern:
      if (operand.is_string()) return std::nullopt;
      return "Expected value of type String";
    case Type::number:
      if (operand.is_number()) return std::nullopt;
      return "Expected value of type Number";
    case Type::timestamp:
      if (timestamp_of(operand)) return std::nullopt;
      return "Expected value of type Timestamp";
    default:
      if (operand.is_bool()) return std::nullopt;
      return "Expected value of type Boolean";
  }
}

bool string_matches(std::string_view text, std::string_view pattern) {
  const std::vector<Piece> wanted = pieces(pattern);
  std::size_t at = 0;
  std::size_t i = 0;
  // Where the last star was, and the text it has taken so far ends: it takes more when what comes
  // after it does not fit.
  std::optional<std::size_t> star;
  std::size_t taken = 0;
  while (i < text.size()) {
    if (at < wanted.size() && wanted[at].star) {
      star = at++;
      taken = i;
    } else if (at < wanted.size() && wanted[at].literal == text[i]) {
      ++at;
      ++i;
    } else if (star) {
      at = *star + 1;
      i = ++taken;
    } else {
      return false;
    }
  }
  while (at < wanted.size() && wanted[at].star) ++at;
  return at == wanted.size();
}

}  // namespace doorbuster::states
