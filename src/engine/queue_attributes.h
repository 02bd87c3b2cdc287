// The attributes of a queue: their names, limits and defaults.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
#pragma once

#include <optional>
#include <string>

#include "cloud/sqs.h"
#include "engine/policy.h"

namespace doorbuster::engine {

struct RedrivePolicy {
  std::string dead_letter_target_arn;
  int max_receive_count = 0;
};

// Durations in seconds, sizes in bytes.
struct QueueAttributes {
  bool fifo = false;
  int delay_s = 0;
  int message_size_max = 262'144;
  int retention_s = 345'600;
  int receive_wait_s = 0;
  int visibility_timeout_s = 30;
  bool content_based_deduplication = false;
  bool deduplicate_by_group = false;  // DeduplicationScope messageGroup
  std::optional<RedrivePolicy> redrive;
  Policy policy;

  // As they were set, to be answered as they were set.
  cloud::AttributeMap text;

  // Takes over what `changes` sets; an empty value takes Policy, RedrivePolicy or
  // RedriveAllowPolicy away. Throws cloud::Error (InvalidAttributeName, InvalidAttributeValue) and
  // then has changed nothing.
  void set(const cloud::AttributeMap& changes);

  // Every attribute that a client may set, defaults included.
  cloud::AttributeMap all() const;
};

}  // namespace doorbuster::engine
