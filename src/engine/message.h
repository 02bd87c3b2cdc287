// A message as the engine keeps it.
#pragma once

#include <string>
#include <string_view>

#include "cloud/sqs.h"
#include "engine/random.h"
#include "engine/text.h"

namespace doorbuster::engine {

struct StoredMessage {
  Uuid id{};
  cloud::Time sent{};
  std::string body;
  cloud::MessageAttributeMap attributes;
  std::string trace_header;  // AWSTraceHeader, the one system attribute a sender may set
  std::string group;         // FIFO only, as the next two
  std::string deduplication;
  std::string sequence;            // SequenceNumber, 20 digits
  std::string dead_letter_source;  // ARN of the queue it failed on

  // What it weighs against a queue's MaximumMessageSize: body, and attributes' names, types,
  // values.
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
  std::size_t size() const;

  std::string encode() const;
  static StoredMessage decode(std::string_view bytes);
};

std::size_t size(const cloud::MessageAttributeMap& attributes);

// The digest by which a client checks that its attributes arrived; empty where there are none.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
std::string md5_of_attributes(const cloud::MessageAttributeMap& attributes);

}  // namespace doorbuster::engine
