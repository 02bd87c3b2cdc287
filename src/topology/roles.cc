#include "topology/roles.h"

#include <boost/json.hpp>

#include "topology/checkout.h"
#include "topology/pieces.h"

namespace doorbuster::topology {
namespace {

using cloud::Async;
namespace json = boost::json;

constexpr const char* kPolicyName = "Checkout";

struct Statement {
  std::vector<std::string> actions;
  std::vector<std::string> resources;
};

json::object policy_document(json::array statements) {
  return {{"Version", "2012-10-17"}, {"Statement", std::move(statements)}};
}

std::string trust(const char* service) {
  json::array statements{json::object{
      {"Effect", "Allow"}, {"Principal", {{"Service", service}}}, {"Action", "sts:AssumeRole"}}};
  return json::serialize(policy_document(std::move(statements)));
}

std::string allow(const std::vector<Statement>& statements) {
  json::array allowed;
  for (const Statement& statement : statements) {
    allowed.push_back(json::object{{"Effect", "Allow"},
                                   {"Action", json::value_from(statement.actions)},
                                   {"Resource", json::value_from(statement.resources)}});
  }
  return json::serialize(policy_document(std::move(allowed)));
}

std::string role_of(std::string name) {
  return name.append("Role");
}

Role of_function(const char* name, const cloud::Scope& scope, std::vector<Statement> statements) {
  statements.push_back({{"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"},
                        {scope.arn("logs", std::string("log-group:/aws/lambda/") + name + ":*")}});
  return {role_of(name), name, trust("lambda.amazonaws.com"), allow(statements)};
}

Role of_state_machine(const cloud::Scope& scope, const std::string& bucket) {
  std::vector<std::string> functions;
  for (const char* name : {kValidateOrder, kProcessPayment, kSendNotification}) {
    functions.push_back(scope.arn("lambda", std::string("function:") + name));
  }
  const std::string invoices = "arn:aws:s3:::" + bucket + '/' + std::string(kInvoicePrefix) + '*';
  const Statement call{{"lambda:InvokeFunction"}, functions};
  const Statement put{{"s3:PutObject"}, {invoices}};
  return {role_of(kStateMachine), kStateMachine, trust("states.amazonaws.com"), allow({call, put})};
}

// Page by page, always the first.
Async<void> delete_policies(cloud::Iam& iam, std::string role) {
  cloud::ListRolePoliciesRequest list;
  list.RoleName = role;
  for (;;) {
    const auto page = co_await iam.ListRolePolicies(list);
    if (page.PolicyNames.empty()) co_return;
    for (const auto& policy : page.PolicyNames) {
      cloud::DeleteRolePolicyRequest remove;
      remove.RoleName = role;
      remove.PolicyName = policy;
      co_await iam.DeleteRolePolicy(remove);
    }
  }
}

// Those that somebody has attached: a role that has any can't be deleted.
Async<void> detach_policies(cloud::Iam& iam, std::string role) {
  cloud::ListAttachedRolePoliciesRequest list;
  list.RoleName = role;
  for (;;) {
    const auto page = co_await iam.ListAttachedRolePolicies(list);
    if (page.AttachedPolicies.empty()) co_return;
    for (const auto& policy : page.AttachedPolicies) {
      cloud::DetachRolePolicyRequest detach;
      detach.RoleName = role;
      detach.PolicyArn = policy.PolicyArn;
      co_await iam.DetachRolePolicy(detach);
    }
  }
}

}  // namespace

std::vector<Role> declared_roles(const cloud::Scope& scope, const std::string& bucket) {
  const Statement read_orders{
      {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueUrl",
       "sqs:GetQueueAttributes"},
      {scope.arn("sqs", kOrdersQueue)}};
  const Statement start{{"states:StartExecution"}, {state_machine_arn(scope)}};
  const Statement compare{{"states:DescribeExecution"}, {execution_arn(scope, "*")}};
  const Statement publish{{"sns:Publish"}, {notifications_arn(scope)}};
  return {of_function(kValidateOrder, scope, {}), of_function(kProcessPayment, scope, {}),
          of_function(kSendNotification, scope, {publish}), of_state_machine(scope, bucket),
          of_function(kStartOrderWorkflow, scope, {read_orders, start, compare})};
}

Async<std::optional<std::string>> find_role(cloud::Iam& iam, std::string name) {
  cloud::GetRoleRequest request;
  request.RoleName = name;
  try {
    co_return (co_await iam.GetRole(request)).Role.Arn;
  } catch (const cloud::Error& error) {
    if (!says_gone(error)) throw;
  }
  co_return std::nullopt;
}

Async<std::string> have_role(cloud::Iam& iam, Role role) {
  auto arn = co_await find_role(iam, role.name);
  if (!arn) {
    cloud::CreateRoleRequest create;
    create.RoleName = role.name;
    create.AssumeRolePolicyDocument = role.trust;
    create.Description = "Lets Doorbuster's " + role.used_by + " do its work.";
    arn = (co_await iam.CreateRole(create)).Role.Arn;
  }
  cloud::PutRolePolicyRequest put;
  put.RoleName = role.name;
  put.PolicyName = kPolicyName;
  put.PolicyDocument = role.policy;
  co_await iam.PutRolePolicy(put);
  co_return *arn;
}

Async<void> remove_role(cloud::Iam& iam, std::string name) {
  co_await delete_policies(iam, name);
  co_await detach_policies(iam, name);
  cloud::DeleteRoleRequest request;
  request.RoleName = name;
  co_await iam.DeleteRole(request);
}

}  // namespace doorbuster::topology
