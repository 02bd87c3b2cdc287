#include "engine/publication.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>
#include <charconv>
#include <cstdio>

#include "documents/utf8.h"
#include "engine/message.h"
#include "engine/sns_error.h"

namespace doorbuster::engine {
namespace {

constexpr std::size_t kMessageMax = 262'144;  // bytes
constexpr std::size_t kSubjectMax = 100;      // characters
constexpr std::size_t kIdMax = 128;           // characters of group and deduplication ids
constexpr std::size_t kAttributeNameMax = 256;

cloud::Error invalid_attribute(const std::string& why) {
  return {"ParameterValueInvalid", why};
}

bool name_character(unsigned char c) {
  return std::isalnum(c) || c == '-' || c == '_' || c == '.';
}

void check_attribute_name(const std::string& name) {
  if (name.empty() || name.size() > kAttributeNameMax) {
    throw invalid_attribute("Length of message attribute name must be less than 256 bytes.");
  }
  if (name.front() == '.' || name.back() == '.') {
    throw invalid_attribute(std::string("Invalid message attribute name ") +
                            (name.front() == '.' ? "starting" : "ending") +
                            " with character '.' was found.");
  }
  const auto bad = std::find_if_not(name.begin(), name.end(), name_character);
  if (bad != name.end()) {
    char code[8];
    std::snprintf(code, sizeof code, "#x%X",
                  static_cast<unsigned>(static_cast<unsigned char>(*bad)));
    throw invalid_attribute(std::string("Invalid non-alphanumeric character '") + code +
                            "' was found in the message attribute name. Can only include "
                            "alphanumeric characters, hyphens, underscores, or dots.");
  }
  if (name.find("..") != std::string::npos) {
    throw invalid_attribute("Message attribute name can not have successive '.' character.");
  }
}

bool is_number(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end;
}

void check_attribute(const std::string& name, const cloud::MessageAttributeValue& value) {
  check_attribute_name(name);
  const auto dot = value.DataType.find('.');
  const std::string type = value.DataType.substr(0, dot);
  if ((type != "String" && type != "Number" && type != "Binary") ||
      dot + 1 == value.DataType.size() || value.DataType.size() > kAttributeNameMax) {
    throw invalid_attribute("The message attribute '" + name +
                            "' has an invalid message attribute type, the set of supported type "
                            "prefixes is Binary, Number, and String.");
  }
  const bool binary = type == "Binary";
  const auto& wanted = binary ? value.BinaryValue : value.StringValue;
  const auto& other = binary ? value.StringValue : value.BinaryValue;
  if (wanted.empty() && !other.empty()) {
    throw invalid_attribute("The message attribute '" + name + "' with type '" + value.DataType +
                            "' must use field '" + (binary ? "Binary" : "String") + "'.");
  }
  if (wanted.empty()) {
    throw invalid_attribute("The message attribute '" + name +
                            "' must contain non-empty message attribute value for message "
                            "attribute type '" +
                            value.DataType + "'.");
  }
  if (!documents::is_utf8(value.StringValue)) {
    throw invalid_attribute("The value of the message attribute '" + name +
                            "' is not text in UTF-8.");
  }
  if (type == "Number" && !is_number(wanted)) {
    throw invalid_attribute("Could not cast message attribute '" + name + "' value to number.");
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
  for (const auto& [name, value] : request.MessageAttributes) check_attribute(name, value);
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
