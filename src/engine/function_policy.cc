#include "engine/function_policy.h"

#include <algorithm>
#include <boost/json.hpp>

#include "engine/function_rules.h"
#include "engine/policy.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

constexpr std::size_t kIdMax = 100;

json::value principal_of(const std::string& principal) {
  if (principal == "*") return "*";
  if (principal.ends_with(".amazonaws.com")) return json::object{{"Service", principal}};
  const bool account =
      principal.size() == 12 &&
      std::all_of(principal.begin(), principal.end(), [](char c) { return c >= '0' && c <= '9'; });
  return json::object{{"AWS", account ? "arn:aws:iam::" + principal + ":root" : principal}};
}

void check_id(const std::string& id) {
  const bool good =
      !id.empty() && id.size() <= kIdMax && std::all_of(id.begin(), id.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '-' || c == '_';
      });
  if (good) return;
  throw violation(id, "statementId",
                  "Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)");
}

void check_action(const std::string& action) {
  if (action == "lambda:*" || action == "*" || action.starts_with("lambda:")) return;
  throw violation(
      action, "action",
      "Member must satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])");
}

}  // namespace

std::string statement_of(const cloud::AddFunctionPermissionRequest& request,
                         const std::string& function_arn) {
  check_id(request.StatementId);
  check_action(request.Action);
  json::object equals;
  if (!request.SourceAccount.empty()) equals["AWS:SourceAccount"] = request.SourceAccount;
  if (!request.PrincipalOrgID.empty()) equals["aws:PrincipalOrgID"] = request.PrincipalOrgID;
  if (!request.EventSourceToken.empty()) {
    equals["lambda:EventSourceToken"] = request.EventSourceToken;
  }
  json::object condition;
  if (!equals.empty()) condition["StringEquals"] = std::move(equals);
  if (!request.SourceArn.empty()) {
    condition["ArnLike"] = json::object{{"AWS:SourceArn", request.SourceArn}};
  }
  json::object statement{{"Sid", request.StatementId},
                         {"Effect", "Allow"},
                         {"Principal", principal_of(request.Principal)},
                         {"Action", request.Action},
                         {"Resource", function_arn}};
  if (!condition.empty()) statement["Condition"] = std::move(condition);
  return json::serialize(statement);
}

std::string with_statement(const std::string& policy, const std::string& statement,
                           const std::string& id) {
  constexpr int kConflict = 409;
  json::object whole =
      policy.empty()
          ? json::object{{"Version", "2012-10-17"}, {"Id", "default"}, {"Statement", json::array()}}
          : json::parse(policy).as_object();
  auto& statements = whole.at("Statement").as_array();
  for (const auto& one : statements) {
    if (one.at("Sid").as_string() != id) continue;
    throw cloud::Error("ResourceConflictException",
                       "The statement id (" + id +
                           ") provided already exists. Please provide a new statement id, or "
                           "remove the existing statement.",
                       kConflict);
  }
  statements.push_back(json::parse(statement));
  std::string text = json::serialize(whole);
  if (text.size() > kPolicyBytesMax) {
    throw cloud::Error("PolicyLengthExceededException",
                       "The final policy size (" + std::to_string(text.size()) +
                           ") is bigger than the limit (" + std::to_string(kPolicyBytesMax) + ").");
  }
  try {
    Policy::parse(text);
  } catch (const PolicyError& e) {
    throw invalid_value(
        "The provided principal was invalid. Please check the principal and try "
        "again. (" +
        std::string(e.what()) + ')');
  }
  return text;
}

}  // namespace doorbuster::engine
