#include "engine/queue_permissions.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "cloud/error.h"
#include "engine/permissions.h"

namespace doorbuster::engine {
namespace {

constexpr std::size_t kLabelMax = 80;
constexpr std::size_t kActionsMax = 7;

// Those that another account can be given.
constexpr std::array<std::string_view, 8> kActions = {
    "*",          "ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl",
    "PurgeQueue", "ReceiveMessage",          "SendMessage"};

cloud::Error invalid(const std::string& value, const char* parameter, const char* reason) {
  return {"InvalidParameterValue",
          "Value " + value + " for parameter " + parameter + " is invalid. Reason: " + reason};
}

cloud::Error missing(const char* parameter) {
  return {"MissingParameter",
          std::string("The request must contain the parameter ") + parameter + "."};
}

void check_label(const std::string& label) {
  if (label.empty()) throw missing("Label");
  const bool letters = std::all_of(label.begin(), label.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_';
  });
  if (letters && label.size() <= kLabelMax) return;
  throw invalid(label.substr(0, kLabelMax), "Label",
                "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in "
                "length.");
}

void check_account(const std::string& account) {
  const bool digits =
      account.size() == 12 && std::all_of(account.begin(), account.end(),
                                          [](unsigned char c) { return std::isdigit(c) != 0; });
  if (!digits) throw invalid(account, "PrincipalId", "Unable to verify.");
}

void check_action(const std::string& action) {
  if (std::find(kActions.begin(), kActions.end(), action) != kActions.end()) return;
  throw invalid("SQS:" + action, "ActionName",
                "Please refer to the appropriate WSDL for a list of valid actions.");
}

std::string text_of_policy(const Queue& queue) {
  const auto it = queue.attributes.text.find("Policy");
  return it == queue.attributes.text.end() ? "" : it->second;
}

}  // namespace

std::string with_permission(const Queue& queue, const cloud::AddPermissionRequest& request) {
  check_label(request.Label);
  if (request.AWSAccountIds.empty()) throw missing("AWSAccountIds");
  if (request.Actions.empty()) throw missing("Actions");
  if (request.Actions.size() > kActionsMax) {
    throw cloud::Error("OverLimit", std::to_string(request.Actions.size()) +
                                        " Actions were found, maximum allowed is 7.");
  }
  for (const auto& account : request.AWSAccountIds) check_account(account);
  for (const auto& action : request.Actions) check_action(action);
  Permission permission;
  permission.label = request.Label;
  permission.accounts = request.AWSAccountIds;
  permission.actions = request.Actions;
  permission.resource = queue.identity.arn;
  permission.service = "SQS";
  if (auto policy = add_permission(text_of_policy(queue), permission)) return *std::move(policy);
  throw invalid(request.Label, "Label", "Already exists.");
}

std::string without_permission(const Queue& queue, const std::string& label) {
  check_label(label);
  if (auto policy = remove_permission(text_of_policy(queue), label)) return *std::move(policy);
  throw invalid(label, "Label", "can't find label on existing policy.");
}

}  // namespace doorbuster::engine
