// AddPermission and RemovePermission, which SQS and SNS have alike: statements put into a
// resource's policy, and taken out of it, by their labels.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html
// https://docs.aws.amazon.com/sns/latest/api/API_AddPermission.html
//
// Pure functions on the policy's JSON text, callable from any thread. A text that is no policy
// throws PolicyError; an empty one is no policy.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorbuster::engine {

struct Permission {
  std::string label;                  // the statement's Sid
  std::vector<std::string> accounts;  // 12 digits each, or "*" for everybody
  std::vector<std::string> actions;   // without the service: "SendMessage", "*"
  std::string resource;               // an ARN
  std::string service;                // as it stands before the actions: "SQS", "SNS"
};

// The policy with a statement more. Nothing if it has one of that label already: SQS answers
// InvalidParameterValue, SNS InvalidParameter.
std::optional<std::string> add_permission(std::string_view policy, const Permission& permission);

// The policy without the statement; empty if it was the last. Nothing if there is none of that
// label.
std::optional<std::string> remove_permission(std::string_view policy, std::string_view label);

}  // namespace doorbuster::engine
