// What is published to a topic.
// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "cloud/sns.h"

namespace doorbuster::engine {

enum class Protocol : unsigned char { sqs, http, https, lambda, email, email_json };
inline constexpr std::size_t kProtocols = 6;

// As Subscribe and a message's structure name them.
inline constexpr std::array<std::string_view, kProtocols> kProtocolNames = {
    "sqs", "http", "https", "lambda", "email", "email-json"};

// A FIFO topic wants a group, and an id for deduplication unless it takes the digest of the
// content.
struct Publication {
  std::string message;
  std::string subject;
  cloud::MessageAttributeMap attributes;
  std::string group;
  std::string deduplication;
  // By protocol, where MessageStructure is json: what differs from what queues get.
  std::array<std::optional<std::string>, kProtocols> texts = {};

  const std::string& text(Protocol protocol) const {
    const auto& own = texts[static_cast<std::size_t>(protocol)];
    return own ? *own : message;
  }
};

// Checks all that can be checked without the topic. Throws cloud::Error InvalidParameter or
// ParameterValueInvalid.
Publication to_publication(cloud::PublishRequest request);

// Throw cloud::Error InvalidParameter.
void check_for_fifo(const Publication& publication, bool content_based_deduplication);
void check_for_standard(const Publication& publication);

}  // namespace doorbuster::engine
