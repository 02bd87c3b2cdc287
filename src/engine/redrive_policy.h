// Where a queue's failed messages go, and which queues may send theirs to a dead-letter queue.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace doorbuster::engine {

struct RedrivePolicy {
  std::string dead_letter_target_arn;
  int max_receive_count = 0;

  // Throws cloud::Error, InvalidAttributeValue or InvalidParameterValue.
  static RedrivePolicy parse(const std::string& text);
};

// Asked when a queue takes another as its dead-letter queue; what it has taken before stays.
struct RedriveAllowPolicy {
  enum class Permission { allow_all, deny_all, by_queue };

  Permission permission = Permission::allow_all;
  std::vector<std::string> source_queue_arns;  // by_queue only, at most 10

  // Throws cloud::Error, InvalidAttributeValue or InvalidParameterValue.
  static RedriveAllowPolicy parse(const std::string& text);

  bool allows(std::string_view source_arn) const;
};

}  // namespace doorbuster::engine
