// The attributes of a queue: their names, limits and defaults.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cloud/sqs.h"
#include "engine/policy.h"
#include "engine/redrive_policy.h"

namespace doorbuster::engine {

// Durations in seconds, sizes in bytes.
struct QueueAttributes {
  bool fifo = false;
  int delay_s = 0;
  int message_size_max = 1'048'576;
  int retention_s = 345'600;
  int receive_wait_s = 0;
  int visibility_timeout_s = 30;
  bool content_based_deduplication = false;
  bool deduplicate_by_group = false;  // DeduplicationScope messageGroup
  bool limit_by_group = false;        // FifoThroughputLimit perMessageGroupId
  std::optional<RedrivePolicy> redrive;
  RedriveAllowPolicy redrive_allow;
  Policy policy;

  // As they were set, to be answered as they were set.
  cloud::AttributeMap text;

  // Takes over what `changes` sets; an empty value takes Policy, RedrivePolicy or
  // RedriveAllowPolicy away. Throws cloud::Error (InvalidAttributeName, InvalidAttributeValue,
  // InvalidParameterValue) and then has changed nothing.
  void set(const cloud::AttributeMap& changes);

  // Takes over what set() once took, which may have asked less than it does now: what it would
  // refuse today of the attributes that had no effect then is left out.
  void restore(const cloud::AttributeMap& kept);

  // Every attribute that a client may set, defaults included.
  cloud::AttributeMap all() const;
};

// Whether a queue, standard or FIFO, can have an attribute of that name.
bool is_queue_attribute(std::string_view name);

}  // namespace doorbuster::engine
