// The conditions of a Choice state.
// https://states-language.net/spec.html#choice-state
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "states/json_path.h"
#include "states/scope.h"
#include "states/timestamp.h"

namespace doorbuster::states {

// What a comparison is about, and how it compares.
struct ChoiceOperator {
  enum class Type : unsigned char { string, number, boolean, timestamp, pattern, presence, kind };
  enum class Order : unsigned char { equal, less, less_equal, greater, greater_equal };
  enum class Kind : unsigned char { null, string, number, boolean, timestamp };

  std::string_view name;  // "NumericLessThanEqualsPath"
  Type type = Type::string;
  Order order = Order::equal;
  Kind kind = Kind::null;  // what IsNull and its like ask for
  bool from_path = false;  // whether the operand is a path
};

// All there are.
std::span<const ChoiceOperator> choice_operators();

// Immutable.
struct ChoiceCondition {
  enum class What : unsigned char { all, any, negation, comparison };

  What what = What::comparison;
  std::vector<ChoiceCondition> conditions;  // of And, Or and Not

  // Of a comparison.
  const ChoiceOperator* compare = nullptr;
  std::optional<JsonPath> variable;
  boost::json::value operand;  // unless it is a path
  std::optional<JsonPath> operand_path;

  // Throws Failure if a path leads nowhere.
  bool holds(const Scope& scope) const;
};

// What is wrong with an operand that is not of the type that the operator compares.
std::optional<std::string> wrong_operand(const ChoiceOperator& compare,
                                         const boost::json::value& operand);

// Whether the text fits a pattern, in which * stands for any text and \* for a star.
bool string_matches(std::string_view text, std::string_view pattern);

}  // namespace doorbuster::states
