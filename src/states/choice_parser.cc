// The fields of a Choice.
#include <boost/json.hpp>
#include <utility>

#include "states/definition_parser.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

constexpr std::size_t kConditionsNestedMax = 64;

}  // namespace

void StateParser::parse_choice() {
  ChoiceState choice;
  fields.require({"Choices"});
  if (const auto name = fields.string("Default")) {
    choice.otherwise = transitions.follow(&state, *name, fields.location("Default"));
  }
  if (const json::array* rules = fields.array("Choices")) {
    if (rules->empty()) {
      fields.diagnostics().schema("Value cannot be empty", fields.location("Choices"));
    }
    for (std::size_t i = 0; i < rules->size(); ++i) {
      const std::string location = fields.location("Choices[" + std::to_string(i) + "]");
      if (!(*rules)[i].is_object()) {
        fields.diagnostics().schema("Expected value of type Object", location);
        continue;
      }
      FieldReader rule((*rules)[i].get_object(), location, fields.diagnostics());
      choice.rules.push_back(parse_rule(rule));
      rule.finish();
    }
  }
  state.what = std::move(choice);
}

ChoiceState::Rule StateParser::parse_rule(FieldReader& rule) {
  ChoiceState::Rule result;
  rule.require({"Next"});
  if (const auto name = rule.string("Next")) {
    result.next = transitions.follow(&state, *name, rule.location("Next"));
  }
  result.assign = rule.payload("Assign");
  result.condition = parse_condition(rule, 0);
  return result;
}

ChoiceCondition StateParser::parse_condition(FieldReader& condition, std::size_t nesting) {
  condition.string("Comment");
  ChoiceCondition result;
  if (nesting > kConditionsNestedMax) {
    condition.diagnostics().error("TOO_DEEPLY_NESTED", "The conditions are too deeply nested",
                                  condition.location());
    return result;
  }
  condition.at_most_one({"And", "Or", "Not", "Variable"});
  if (condition.has("And")) {
    result.what = ChoiceCondition::What::all;
    parse_conditions(condition, "And", result, nesting);
  } else if (condition.has("Or")) {
    result.what = ChoiceCondition::What::any;
    parse_conditions(condition, "Or", result, nesting);
  } else if (const json::object* negated = condition.object("Not")) {
    result.what = ChoiceCondition::What::negation;
    FieldReader inner(*negated, condition.location("Not"), condition.diagnostics());
    result.conditions.push_back(parse_condition(inner, nesting + 1));
    inner.finish();
  } else {
    result = parse_comparison(condition);
  }
  return result;
}

void StateParser::parse_conditions(FieldReader& parent, const char* field, ChoiceCondition& into,
                                   std::size_t nesting) {
  const json::array* sources = parent.array(field);
  if (sources == nullptr) return;
  if (sources->empty()) {
    parent.diagnostics().schema("Value cannot be empty", parent.location(field));
  }
  for (std::size_t i = 0; i < sources->size(); ++i) {
    const std::string location =
        parent.location(std::string(field) + "[" + std::to_string(i) + "]");
    if (!(*sources)[i].is_object()) {
      parent.diagnostics().schema("Expected value of type Object", location);
      continue;
    }
    FieldReader inner((*sources)[i].get_object(), location, parent.diagnostics());
    into.conditions.push_back(parse_condition(inner, nesting + 1));
    inner.finish();
  }
}

ChoiceCondition StateParser::parse_comparison(FieldReader& condition) {
  ChoiceCondition result;
  condition.require({"Variable"});
  result.variable = condition.path("Variable");
  for (const ChoiceOperator& compare : choice_operators()) {
    const std::string field(compare.name);
    const json::value* operand = condition.any(field);
    if (operand == nullptr) continue;
    if (result.compare != nullptr) {
      condition.diagnostics().schema("A condition can have one comparison only",
                                     condition.location());
    }
    result.compare = &compare;
    if (const auto wrong = wrong_operand(compare, *operand)) {
      condition.diagnostics().schema(*wrong, condition.location(field));
    } else if (compare.from_path) {
      result.operand_path = condition.path(field);
    } else {
      result.operand = *operand;
    }
  }
  if (result.compare == nullptr) {
    condition.diagnostics().schema("A condition must have a comparison", condition.location());
  }
  return result;
}

}  // namespace doorbuster::states
