#include "engine/policy_conditions.h"

#include <algorithm>

#include "engine/policy_date.h"
#include "engine/policy_json.h"
#include "engine/policy_text.h"

namespace doorbuster::engine {

namespace json = boost::json;

namespace {

using Kind = Condition::Kind;
using Order = Condition::Order;
using Quantifier = Condition::Quantifier;
using Operand = Condition::Operand;
using Operator = Condition::Operator;

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
constexpr Operator kOperators[] = {
    {"StringEquals", Kind::kString},
    {"StringNotEquals", Kind::kString, true},
    {"StringEqualsIgnoreCase", Kind::kStringIgnoringCase},
    {"StringNotEqualsIgnoreCase", Kind::kStringIgnoringCase, true},
    {"StringLike", Kind::kStringLike},
    {"StringNotLike", Kind::kStringLike, true},
    {"NumericEquals", Kind::kNumeric},
    {"NumericNotEquals", Kind::kNumeric, true},
    {"NumericLessThan", Kind::kNumeric, false, Order::kLess},
    {"NumericLessThanEquals", Kind::kNumeric, false, Order::kLessEqual},
    {"NumericGreaterThan", Kind::kNumeric, false, Order::kGreater},
    {"NumericGreaterThanEquals", Kind::kNumeric, false, Order::kGreaterEqual},
    {"DateEquals", Kind::kDate},
    {"DateNotEquals", Kind::kDate, true},
    {"DateLessThan", Kind::kDate, false, Order::kLess},
    {"DateLessThanEquals", Kind::kDate, false, Order::kLessEqual},
    {"DateGreaterThan", Kind::kDate, false, Order::kGreater},
    {"DateGreaterThanEquals", Kind::kDate, false, Order::kGreaterEqual},
    {"Bool", Kind::kBool},
    {"BinaryEquals", Kind::kBinary},
    {"IpAddress", Kind::kIp},
    {"NotIpAddress", Kind::kIp, true},
    {"ArnEquals", Kind::kArn},  // wildcards and all, just as ArnLike
    {"ArnLike", Kind::kArn},
    {"ArnNotEquals", Kind::kArn, true},
    {"ArnNotLike", Kind::kArn, true},
    {"Null", Kind::kNull},
};

// --- Parsing ---

Condition parse_operator(const std::string& name) {
  Condition condition{.name = name, .op = {}, .key = {}, .operands = {}};
  std::string_view rest = name;
  if (const auto prefix = take_part(rest)) {
    if (equal_ignoring_case(*prefix, "ForAllValues")) {
      condition.quantifier = Quantifier::kForAllValues;
    } else if (equal_ignoring_case(*prefix, "ForAnyValue")) {
      condition.quantifier = Quantifier::kForAnyValue;
    } else {
      throw PolicyError("unknown condition operator '" + name + "'");
    }
  }
  constexpr std::string_view kIfExists = "IfExists";
  if (rest.size() > kIfExists.size() &&
      equal_ignoring_case(rest.substr(rest.size() - kIfExists.size()), kIfExists)) {
    condition.if_exists = true;
    rest.remove_suffix(kIfExists.size());
  }
  const auto* op = std::find_if(std::begin(kOperators), std::end(kOperators),
                                [&](const auto& o) { return equal_ignoring_case(o.name, rest); });
  if (op == std::end(kOperators) || (op->kind == Kind::kNull && rest.size() != name.size())) {
    throw PolicyError("unknown condition operator '" + name + "'");
  }
  condition.op = *op;
  return condition;
}

// How an error calls it.
std::string element_name(const Condition& condition) {
  return "Condition " + condition.name + " " + condition.key;
}

Operand parse_operand(const Condition& condition, const json::value& value, bool has_variables) {
  const std::string where = element_name(condition);
  if (value.is_object() || value.is_array() || value.is_null()) {
    throw PolicyError(where + " has a value of the wrong type");
  }
  const std::string text =
      value.is_string() ? std::string(value.get_string()) : json::serialize(value);
  if (has_variables) refuse_variable(text, where);
  switch (condition.op.kind) {
    case Kind::kNumeric:
      if (const auto number = parse_number(text)) return *number;
      break;
    case Kind::kDate:
      if (const auto date = parse_date(text)) return *date;
      break;
    case Kind::kIp:
      if (const auto range = IpRange::parse(text)) return *range;
      break;
    case Kind::kBool:
    case Kind::kNull:
      if (equal_ignoring_case(text, "true") || equal_ignoring_case(text, "false")) return text;
      break;
    default:
      return text;
  }
  throw PolicyError(where + " cannot compare with '" + text + "'");
}

std::vector<Operand> parse_operands(const Condition& condition, const json::value& value,
                                    bool has_variables) {
  std::vector<Operand> operands;
  if (!value.is_array()) {
    operands.push_back(parse_operand(condition, value, has_variables));
    return operands;
  }
  for (const json::value& item : value.get_array()) {
    operands.push_back(parse_operand(condition, item, has_variables));
  }
  if (operands.empty()) throw PolicyError(element_name(condition) + " is empty");
  return operands;
}

// --- Evaluating ---

bool compare(Order order, double value, double operand) {
  switch (order) {
    case Order::kEqual:
      return value == operand;
    case Order::kLess:
      return value < operand;
    case Order::kLessEqual:
      return value <= operand;
    case Order::kGreater:
      return value > operand;
    case Order::kGreaterEqual:
      return value >= operand;
  }
  return false;
}

bool text_matches(Kind kind, std::string_view operand, std::string_view value) {
  switch (kind) {
    case Kind::kStringIgnoringCase:
    case Kind::kBool:
      return equal_ignoring_case(operand, value);
    case Kind::kStringLike:
      return glob(operand, value);
    case Kind::kArn:
      return arn_like(operand, value);
    default:
      return operand == value;
  }
}

// Whether one value of the request satisfies the operator, its negation included.
bool value_satisfies(const Condition& condition, std::string_view value) {
  const Operator& op = condition.op;
  std::optional<double> number;
  if (op.kind == Kind::kNumeric) number = parse_number(value);
  if (op.kind == Kind::kDate) number = parse_date(value);
  const bool any = std::any_of(
      condition.operands.begin(), condition.operands.end(), [&](const Operand& operand) {
        if (const auto* range = std::get_if<IpRange>(&operand)) return range->contains(value);
        if (const auto* limit = std::get_if<double>(&operand)) {
          return number && compare(op.order, *number, *limit);
        }
        return text_matches(op.kind, std::get<std::string>(operand), value);
      });
  return any != op.negated;
}

bool null_holds(const Condition& condition, bool present) {
  return std::any_of(
      condition.operands.begin(), condition.operands.end(), [&](const Operand& operand) {
        const bool must_be_null = equal_ignoring_case(std::get<std::string>(operand), "true");
        return must_be_null != present;
      });
}

}  // namespace

std::vector<Condition> parse_conditions(const json::value& value, bool has_variables) {
  if (!value.is_object()) throw PolicyError("Condition is not an object");
  std::vector<Condition> conditions;
  for (const auto& test : value.get_object()) {
    Condition condition = parse_operator(std::string(test.key()));
    if (!test.value().is_object() || test.value().get_object().empty()) {
      throw PolicyError("Condition " + condition.name + " is not an object of condition keys");
    }
    for (const auto& field : test.value().get_object()) {
      condition.key = std::string(field.key());
      condition.operands = parse_operands(condition, field.value(), has_variables);
      conditions.push_back(condition);
    }
  }
  return conditions;
}

bool holds(const Condition& condition, std::span<const ContextValue> context) {
  bool present = false;
  bool any = false;
  bool all = true;
  for (const auto& [key, value] : context) {
    if (!equal_ignoring_case(key, condition.key)) continue;
    present = true;
    if (condition.op.kind == Kind::kNull) break;
    const bool satisfies = value_satisfies(condition, value);
    any |= satisfies;
    all &= satisfies;
  }
  if (condition.op.kind == Kind::kNull) return null_holds(condition, present);
  if (!present && condition.if_exists) return true;
  switch (condition.quantifier) {
    case Quantifier::kForAllValues:
      return all;
    case Quantifier::kForAnyValue:
      return any;
    case Quantifier::kNone:
      break;
  }
  return condition.op.negated ? all : any;
}

std::string describe_failure(const Condition& condition, std::span<const ContextValue> context) {
  std::string text = condition.name + " " + condition.key + " does not hold";
  const char* separator = " (the request has '";
  for (const auto& [key, value] : context) {
    if (!equal_ignoring_case(key, condition.key)) continue;
    text += separator + std::string(value) + "'";
    separator = ", '";
  }
  return text + (*separator == ',' ? ")" : " (the request does not have the key)");
}

}  // namespace doorbuster::engine
