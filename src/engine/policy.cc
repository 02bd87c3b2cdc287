#include "engine/policy.h"

#include <algorithm>
#include <boost/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "engine/policy_conditions.h"
#include "engine/policy_json.h"
#include "engine/policy_principals.h"
#include "engine/policy_text.h"

namespace doorbuster::engine {

namespace json = boost::json;

namespace {

// --- Statements ---

enum class Effect { kAllow, kDeny };

// Action or Resource, or its negation: NotAction and so on.
struct Element {
  std::vector<std::string> patterns;
  bool negated = false;

  bool contains(std::string_view text, bool (*matches)(std::string_view, std::string_view)) const {
    return negated != std::ranges::any_of(patterns, [&](const std::string& pattern) {
             return matches(pattern, text);
           });
  }
};

struct Statement {
  std::string name;  // "Sid 'x'" or "statement 2"
  Effect effect = Effect::kAllow;
  bool not_principals = false;
  PrincipalSet principals;
  Element actions;
  Element resources;
  std::vector<Condition> conditions;
};

// Which part of a statement keeps it from applying, from the farthest miss to the nearest.
enum class Miss { kAction, kResource, kPrincipal, kCondition, kNone };

const Condition* failing_condition(const Statement& statement, const Request& request) {
  for (const Condition& condition : statement.conditions) {
    if (!holds(condition, request.context)) return &condition;
  }
  return nullptr;
}

Miss apply(const Statement& statement, const Request& request) {
  if (!statement.actions.contains(request.action, glob_ignoring_case)) return Miss::kAction;
  if (!statement.resources.contains(request.resource, glob)) return Miss::kResource;
  if (statement.principals.contains(request.principal) == statement.not_principals) {
    return Miss::kPrincipal;
  }
  return failing_condition(statement, request) ? Miss::kCondition : Miss::kNone;
}

// --- Parsing ---

// Compiles one statement; every error names it.
class StatementParser {
 public:
  StatementParser(std::size_t number, bool has_variables) : has_variables_(has_variables) {
    statement_.name = "statement " + std::to_string(number);
  }

  Statement parse(const json::value& value) {
    try {
      if (!value.is_object()) fail("is not an object");
      object_ = &value.get_object();
      parse_sid();
      check_fields();
      parse_effect();
      parse_principals();
      parse_actions();
      parse_resources();
      if (const json::value* conditions = object_->if_contains("Condition")) {
        statement_.conditions = parse_conditions(*conditions, has_variables_);
      }
    } catch (const PolicyError& e) {
      throw PolicyError(statement_.name + ": " + e.what());
    }
    return std::move(statement_);
  }

 private:
  [[noreturn]] static void fail(const std::string& reason) { throw PolicyError(reason); }

  void parse_sid() {
    const json::value* sid = object_->if_contains("Sid");
    if (!sid) return;
    if (!sid->is_string()) fail("Sid is not a string");
    if (sid->get_string().empty()) return;
    statement_.name = "Sid '" + std::string(sid->get_string()) + "'";
  }

  void check_fields() const {
    constexpr std::string_view kFields[] = {"Sid",          "Effect",      "Principal",
                                            "NotPrincipal", "Action",      "NotAction",
                                            "Resource",     "NotResource", "Condition"};
    for (const auto& field : *object_) {
      if (std::find(std::begin(kFields), std::end(kFields), field.key()) == std::end(kFields)) {
        fail("unknown field '" + std::string(field.key()) + "'");
      }
    }
  }

  void parse_effect() {
    const json::value* effect = object_->if_contains("Effect");
    if (!effect) fail("Effect is missing");
    if (effect->is_string() && effect->get_string() == "Allow") {
      statement_.effect = Effect::kAllow;
    } else if (effect->is_string() && effect->get_string() == "Deny") {
      statement_.effect = Effect::kDeny;
    } else {
      fail("Effect must be Allow or Deny");
    }
  }

  // The value of `name` or of "Not" `name`, of which there must be exactly one.
  const json::value& one_of(const std::string& name, bool& negated) const {
    const json::value* plain = object_->if_contains(name);
    const json::value* opposite = object_->if_contains("Not" + name);
    if (!plain && !opposite) fail(name + " is missing");
    if (plain && opposite) fail(name + " and Not" + name + " exclude each other");
    negated = opposite != nullptr;
    return negated ? *opposite : *plain;
  }

  void parse_actions() {
    const json::value& value = one_of("Action", statement_.actions.negated);
    for (std::string& action : strings(value, "Action")) {
      const std::size_t colon = action.find(':');
      const bool well_formed = colon != std::string::npos && colon > 0 && colon + 1 < action.size();
      if (action != "*" && !well_formed) {
        fail("Action '" + action + "' is neither SERVICE:ACTION nor *");
      }
      statement_.actions.patterns.push_back(std::move(action));
    }
  }

  void parse_resources() {
    const json::value& value = one_of("Resource", statement_.resources.negated);
    for (std::string& resource : strings(value, "Resource")) {
      if (resource != "*" && !resource.starts_with("arn:")) {
        fail("Resource '" + resource + "' is neither an ARN nor *");
      }
      if (has_variables_) refuse_variable(resource, "Resource");
      statement_.resources.patterns.push_back(std::move(resource));
    }
  }

  void parse_principals() {
    const json::value& value = one_of("Principal", statement_.not_principals);
    if (statement_.not_principals && statement_.effect == Effect::kAllow) {
      fail("NotPrincipal can be used with Deny only");
    }
    statement_.principals = PrincipalSet::parse(value);
  }

  const bool has_variables_;
  const json::object* object_ = nullptr;
  Statement statement_;
};

// Version 2012-10-17 knows policy variables; 2008-10-17, which is also what no Version means, takes
// "${" literally.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
bool parse_version(const json::object& policy) {
  const json::value* version = policy.if_contains("Version");
  if (!version) return false;
  if (version->is_string() && version->get_string() == "2012-10-17") return true;
  if (version->is_string() && version->get_string() == "2008-10-17") return false;
  throw PolicyError("Version must be 2012-10-17 or 2008-10-17");
}

void check_top_level(const json::object& policy) {
  for (const auto& field : policy) {
    if (field.key() != "Version" && field.key() != "Id" && field.key() != "Statement") {
      throw PolicyError("unknown field '" + std::string(field.key()) + "'");
    }
  }
  const json::value* id = policy.if_contains("Id");
  if (id && !id->is_string()) throw PolicyError("Id is not a string");
}

std::vector<Statement> parse_statements(const json::object& policy) {
  const bool has_variables = parse_version(policy);
  const json::value* value = policy.if_contains("Statement");
  if (!value) throw PolicyError("Statement is missing");
  const json::array single{*value};
  const json::array& items = value->is_array() ? value->get_array() : single;
  if (items.empty()) throw PolicyError("Statement is empty");
  std::vector<Statement> statements;
  std::set<std::string> names;
  for (const json::value& item : items) {
    statements.push_back(StatementParser(statements.size() + 1, has_variables).parse(item));
    if (!names.insert(statements.back().name).second) {
      throw PolicyError(statements.back().name + " is used twice");
    }
  }
  return statements;
}

// --- Explaining ---

std::string describe(const Principal& principal) {
  return principal.kind == Principal::Kind::kAnonymous ? "an anonymous caller"
                                                       : std::string(principal.id);
}

std::string describe(const Request& request) {
  return std::string(request.action) + " on " + std::string(request.resource) + " by " +
         describe(request.principal);
}

std::string describe_miss(Miss miss, const Statement& statement, const Request& request) {
  switch (miss) {
    case Miss::kAction:
      return statement.name + " is about other actions";
    case Miss::kResource:
      return statement.name + " is about other resources";
    case Miss::kPrincipal:
      return statement.name + " is about other principals";
    case Miss::kCondition:
      return statement.name + " matches but its condition " +
             describe_failure(*failing_condition(statement, request), request.context);
    case Miss::kNone:
      break;
  }
  return statement.name + " applies";
}

}  // namespace

// --- Policy ---

struct Policy::Compiled {
  std::vector<Statement> statements;
};

Policy Policy::parse(std::string_view text, std::size_t bytes_max) {
  Policy policy;
  if (text.empty()) return policy;
  if (text.size() > bytes_max) {
    throw PolicyError("the policy has " + std::to_string(text.size()) + " bytes; at most " +
                      std::to_string(bytes_max) + " are allowed");
  }
  boost::system::error_code error;
  const json::value value = json::parse(text, error);
  if (error) throw PolicyError("the policy is not valid JSON: " + error.message());
  if (!value.is_object()) throw PolicyError("the policy is not a JSON object");
  check_top_level(value.get_object());
  policy.compiled_ =
      std::make_shared<const Compiled>(Compiled{parse_statements(value.get_object())});
  return policy;
}

Decision Policy::evaluate(const Request& request) const {
  if (!compiled_) return Decision::kNotMentioned;
  Decision decision = Decision::kNotMentioned;
  for (const Statement& statement : compiled_->statements) {
    // Once something allows the request, only a denial can still change the outcome.
    if (decision == Decision::kAllowed && statement.effect == Effect::kAllow) continue;
    if (apply(statement, request) != Miss::kNone) continue;
    if (statement.effect == Effect::kDeny) return Decision::kDenied;
    decision = Decision::kAllowed;
  }
  return decision;
}

std::string Policy::explain(const Request& request) const {
  if (!compiled_) return "there is no policy that allows " + describe(request);
  const Statement* nearest = nullptr;
  Miss nearest_miss = Miss::kAction;
  for (const Statement& statement : compiled_->statements) {
    const Miss miss = apply(statement, request);
    if (statement.effect == Effect::kDeny) {
      if (miss == Miss::kNone) return statement.name + " denies " + describe(request);
    } else if (!nearest || miss > nearest_miss) {
      nearest = &statement;
      nearest_miss = miss;
    }
  }
  if (!nearest) return "no statement allows " + describe(request);
  if (nearest_miss == Miss::kNone) return nearest->name + " allows " + describe(request);
  return "no statement allows " + describe(request) + ": " +
         describe_miss(nearest_miss, *nearest, request);
}

}  // namespace doorbuster::engine
