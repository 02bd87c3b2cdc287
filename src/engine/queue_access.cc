#include "engine/queue_access.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "cloud/error.h"
#include "engine/access.h"

namespace doorbuster::engine {
namespace {

constexpr int kForbidden = 403;

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-customer-managed-policy-examples.html#grant-cross-account-permissions-to-role-and-user-name
constexpr std::array<std::string_view, 9> kOwnersOnly = {"sqs:AddPermission",
                                                         "sqs:CancelMessageMoveTask",
                                                         "sqs:DeleteQueue",
                                                         "sqs:ListMessageMoveTasks",
                                                         "sqs:RemovePermission",
                                                         "sqs:SetQueueAttributes",
                                                         "sqs:StartMessageMoveTask",
                                                         "sqs:TagQueue",
                                                         "sqs:UntagQueue"};

// "ACCOUNT" of "arn:aws:sqs:REGION:ACCOUNT:NAME".
std::string_view account_of(std::string_view arn) {
  arn = arn.substr(0, arn.rfind(':'));
  return arn.substr(arn.rfind(':') + 1);
}

[[noreturn]] void deny(const cloud::Caller& caller, std::string_view action,
                       std::string_view resource, const char* because_of, const char* allows) {
  std::string lower(action);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::string message = "User: " + (caller.anonymous ? "anonymous" : caller.principal()) +
                        " is not authorized to perform: " + lower;
  if (!resource.empty()) message += " on resource: " + std::string(resource);
  message += because_of;
  if (*allows) message += allows + lower + " action";
  throw cloud::Error("AccessDenied", message, kForbidden);
}

}  // namespace

void check_access(const cloud::Caller& caller, const Queue& queue, std::string_view action) {
  const std::string& arn = queue.identity.arn;
  const std::string_view owner = account_of(arn);
  const bool own = !caller.anonymous && caller.scope.account == owner;
  const bool may =
      own || std::find(kOwnersOnly.begin(), kOwnersOnly.end(), action) == kOwnersOnly.end();
  if (may && permitted(caller, owner, queue.attributes.policy, action, arn)) return;
  // The owner lacks no permission unless it is taken away.
  if (own) deny(caller, action, arn, " with an explicit deny in a resource-based policy", "");
  deny(caller, action, arn, " because no resource-based policy allows", " the ");
}

void check_access(const cloud::Caller& caller, std::string_view action) {
  if (caller.anonymous) deny(caller, action, "", " because it is not signed", "");
}

}  // namespace doorbuster::engine
