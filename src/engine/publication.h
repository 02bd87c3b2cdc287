// What is published to a topic.
// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
#pragma once

#include <optional>
#include <string>

#include "cloud/sns.h"

namespace doorbuster::engine {

enum class Protocol : unsigned char { sqs, http, https, lambda };
inline constexpr std::size_t kProtocols = 4;

// A FIFO topic wants a group, and an id for deduplication unless it takes the digest of the
// content.
struct Publication {
  std::string message;
  std::string subject;
  cloud::MessageAttributeMap attributes;
  std::string group;
  std::string deduplication;
  // Where MessageStructure is json and they differ from what queues get.
  std::optional<std::string> http = {};
  std::optional<std::string> https = {};
  std::optional<std::string> lambda = {};

  const std::string& text(Protocol protocol) const {
    if (protocol == Protocol::http && http) return *http;
    if (protocol == Protocol::https && https) return *https;
    if (protocol == Protocol::lambda && lambda) return *lambda;
    return message;
  }
};

// Checks all that can be checked without the topic. Throws cloud::Error InvalidParameter or
// ParameterValueInvalid.
Publication to_publication(cloud::PublishRequest request);

// Throw cloud::Error InvalidParameter.
void check_for_fifo(const Publication& publication, bool content_based_deduplication);
void check_for_standard(const Publication& publication);

}  // namespace doorbuster::engine
