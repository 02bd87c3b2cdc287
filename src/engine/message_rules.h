// What a message must be before a queue or topic takes it.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
#pragma once

#include <string_view>

#include "cloud/sqs.h"
#include "engine/message.h"

namespace doorbuster::engine {

// Throw cloud::Error: MissingParameter, InvalidMessageContents, InvalidParameterValue.
void check_body(std::string_view body);
void check_attribute_count(const cloud::MessageAttributeMap& attributes);
void check_size(const StoredMessage& message, int bytes_max);

// The message of a request that has passed the checks above and those of its ids and delay.
StoredMessage checked_message(cloud::SendMessageRequest request);

// A message as a receiver sees it; system attributes and message attributes are those asked for by
// name ("All", "NAME", "PREFIX.*").
struct Delivery;
cloud::Message to_message(Delivery delivery, const cloud::ReceiveMessageRequest& request);

}  // namespace doorbuster::engine
