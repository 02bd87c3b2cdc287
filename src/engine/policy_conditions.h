// The Condition element of a policy's statement: what else must be true of a request.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
#pragma once

#include <boost/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/ip_range.h"
#include "engine/policy.h"

namespace doorbuster::engine {

// One operator on one key, with the values that it compares with. Immutable once it is parsed.
struct Condition {
  enum class Kind {
    kString,
    kStringIgnoringCase,
    kStringLike,
    kNumeric,
    kDate,
    kBool,
    kBinary,
    kIp,
    kArn,
    kNull,
  };
  enum class Order { kEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

  struct Operator {
    std::string_view name;
    Kind kind = Kind::kString;
    bool negated = false;
    Order order = Order::kEqual;
  };

  // How the values of a key that has several are taken together.
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
  enum class Quantifier { kNone, kForAllValues, kForAnyValue };

  using Operand = std::variant<std::string, double, IpRange>;

  std::string name;  // as written, for explanations
  Operator op;
  Quantifier quantifier = Quantifier::kNone;
  bool if_exists = false;
  std::string key;
  std::vector<Operand> operands;
};

// `value` is the whole element. A text with a policy variable is refused if `has_variables`, that
// is, if the policy's version gives "${" a meaning. Throws PolicyError.
std::vector<Condition> parse_conditions(const boost::json::value& value, bool has_variables);

// A key that the request does not carry fails an operator but satisfies a negated one, ...IfExists
// and ForAllValues. Without a quantifier, several values are taken as if one of them had to match
// or, negated, none.
bool holds(const Condition& condition, std::span<const ContextValue> context);

// Why holds() is false, as the part of a sentence after "its condition".
std::string describe_failure(const Condition& condition, std::span<const ContextValue> context);

}  // namespace doorbuster::engine
