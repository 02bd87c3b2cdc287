#include "engine/publication.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>

#include "documents/utf8.h"
#include "engine/attribute_rules.h"
#include "engine/message.h"
#include "engine/sns_error.h"

namespace doorbuster::engine {
namespace {

constexpr std::size_t kMessageMax = 262'144;  // bytes
constexpr std::size_t kSubjectMax = 100;      // characters
constexpr std::size_t kIdMax = 128;           // characters of group and deduplication ids

cloud::Error invalid_attribute(const std::string& why) {
  return {"ParameterValueInvalid", why};
}

void check_attributes(const cloud::MessageAttributeMap& attributes) {
  for (const auto& [name, value] : attributes) {
    check_attribute(name, value, invalid_attribute);
    if (documents::is_utf8(value.StringValue)) continue;
    throw invalid_attribute("The value of the message attribute '" + name +
                            "' is not text in UTF-8.");
  }
}

// ASCII without line breaks or other control characters, and it must not begin with a space.
void check_subject(const std::string& subject) {
  const bool plain =
      std::all_of(subject.begin(), subject.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (subject.size() > kSubjectMax || !plain || subject.starts_with(' ')) {
    throw invalid_parameter("Subject");
  }
}

void check_id(const char* name, const std::string& id) {
  const bool ok = id.size() <= kIdMax && std::all_of(id.begin(), id.end(), [](unsigned char c) {
                    return std::isalnum(c) || std::ispunct(c);
                  });
  if (ok) return;
  throw invalid_parameter(std::string(name) + " Reason: " + name +
                          " can only include alphanumeric and punctuation characters. 1 to 128 in "
                          "length.");
}

// Each protocol gets its own text, or everybody's. What is no text is ignored.
void split_by_protocol(Publication& publication) {
  boost::json::error_code bad;
  const auto json = boost::json::parse(publication.message, bad);
  if (bad) {
    throw invalid_parameter("Message Structure - JSON message body failed to parse");
  }
  const auto text = [&json](std::string_view name) -> std::optional<std::string> {
    const auto* object = json.if_object();
    const auto* found = object ? object->if_contains(name) : nullptr;
    if (!found || !found->is_string()) return std::nullopt;
    return std::string(found->get_string());
  };
  const auto everybody = text("default");
  if (!everybody) {
    throw invalid_parameter("Message Structure - No default entry in JSON message body");
  }
  publication.message = text("sqs").value_or(*everybody);
  for (std::size_t i = 0; i < kProtocols; ++i) {
    publication.texts[i] = text(kProtocolNames[i]).value_or(*everybody);
  }
}

}  // namespace

Publication to_publication(cloud::PublishRequest request) {
  check_subject(request.Subject);
  if (request.Message.empty()) throw invalid_parameter("Empty message");
  if (!documents::is_utf8(request.Message)) {
    throw invalid_parameter("Message Reason: it is not text in UTF-8");
  }
  check_attributes(request.MessageAttributes);
  if (request.Message.size() + size(request.MessageAttributes) > kMessageMax) {
    throw invalid_parameter("Message too long");
  }
  check_id("MessageGroupId", request.MessageGroupId);
  check_id("MessageDeduplicationId", request.MessageDeduplicationId);
  Publication publication{std::move(request.Message), std::move(request.Subject),
                          std::move(request.MessageAttributes), std::move(request.MessageGroupId),
                          std::move(request.MessageDeduplicationId)};
  if (request.MessageStructure == "json") {
    split_by_protocol(publication);
  } else if (!request.MessageStructure.empty()) {
    throw invalid_parameter("MessageStructure");
  }
  return publication;
}

void check_for_fifo(const Publication& publication, bool content_based_deduplication) {
  if (publication.group.empty()) {
    throw invalid_parameter("The MessageGroupId parameter is required for FIFO topics");
  }
  if (publication.deduplication.empty() && !content_based_deduplication) {
    throw invalid_parameter(
        "The topic should either have ContentBasedDeduplication enabled or "
        "MessageDeduplicationId provided explicitly");
  }
}

void check_for_standard(const Publication& publication) {
  if (publication.deduplication.empty()) return;
  throw invalid_parameter(
      "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that "
      "is not valid for this topic type");
}

}  // namespace doorbuster::engine
