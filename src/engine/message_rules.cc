#include "engine/message_rules.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "cloud/error.h"
#include "engine/attribute_rules.h"
#include "engine/queue.h"

namespace doorbuster::engine {
namespace {

constexpr std::size_t kAttributesMax = 10;
constexpr std::size_t kIdMax = 128;  // characters of group and deduplication ids
constexpr int kDelayMax_s = 900;
constexpr std::string_view kTraceHeader = "AWSTraceHeader";

cloud::Error invalid_value(const std::string& why) {
  return {"InvalidParameterValue", why};
}

// The length of the character that `text` begins with, if it is one that XML 1.0 can carry, else 0:
// #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.
std::size_t character(std::string_view text) {
  const auto byte = [text](std::size_t i) -> std::uint32_t {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return lead >= 0x20 || lead == '\t' || lead == '\n' || lead == '\r' ? 1 : 0;
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  std::uint32_t code = lead & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  const bool valid =
      code >= kSmallest[size] && code <= 0x10ffff && !surrogate && code != 0xfffe && code != 0xffff;
  return valid ? size : 0;
}

bool is_plain(char c) {
  return c >= 0x20 && c < 0x7f;
}

// How many characters from the beginning are plain. Most texts are it to their end, so it goes by
// blocks, without a branch for each character: the compiler makes a few instructions of one.
std::size_t plain_prefix(std::string_view text) {
  constexpr std::size_t kBlock = 32;
  std::size_t size = 0;
  for (; text.size() - size >= kBlock; size += kBlock) {
    unsigned char others = 0;
    for (std::size_t i = 0; i < kBlock; ++i) {
      const auto c = static_cast<signed char>(text[size + i]);
      others |= static_cast<unsigned char>(c < 0x20) | static_cast<unsigned char>(c == 0x7f);
    }
    if (others != 0) break;
  }
  while (size < text.size() && is_plain(text[size])) ++size;
  return size;
}

bool all_characters_valid(std::string_view text) {
  for (;;) {
    text.remove_prefix(plain_prefix(text));
    if (text.empty()) return true;
    const std::size_t size = character(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
}

void check_id(const char* name, const std::string& id) {
  const bool ok = id.size() <= kIdMax && std::all_of(id.begin(), id.end(), [](unsigned char c) {
                    return c > 0x20 && c < 0x7f;
                  });
  if (ok) return;
  throw invalid_value("Value " + id.substr(0, kIdMax) + " for parameter " + name +
                      " is invalid. Reason: " + name +
                      " can only include alphanumeric and punctuation characters. 1 to 128 in "
                      "length.");
}

bool reserved(std::string_view name) {
  constexpr std::array<std::string_view, 2> kReserved = {"aws.", "amazon."};
  return std::any_of(kReserved.begin(), kReserved.end(), [name](std::string_view prefix) {
    return name.size() >= prefix.size() &&
           std::equal(prefix.begin(), prefix.end(), name.begin(),
                      [](char a, unsigned char b) { return a == std::tolower(b); });
  });
}

void check_attributes(const cloud::MessageAttributeMap& attributes) {
  check_attribute_count(attributes);
  for (const auto& [name, value] : attributes) {
    check_attribute(name, value, invalid_value);
    if (reserved(name)) {
      throw invalid_value("The message attribute name '" + name +
                          "' can not start with AWS. or Amazon., which are reserved.");
    }
    if (!all_characters_valid(value.StringValue)) {
      throw invalid_value("The message attribute '" + name + "' has an invalid character.");
    }
  }
}

std::string checked_trace_header(const std::string& name,
                                 const cloud::MessageAttributeValue& value) {
  if (name != kTraceHeader || value.DataType != "String") {
    throw invalid_value("Message system attribute name '" + name + "' is invalid.");
  }
  if (value.StringValue.empty() || !all_characters_valid(value.StringValue)) {
    throw invalid_value("The message system attribute '" + name +
                        "' must contain text that is not empty.");
  }
  return value.StringValue;
}

bool asked_for(const std::vector<std::string>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(), [name](std::string_view asked) {
    if (asked == "All" || asked == ".*" || asked == name) return true;
    if (!asked.ends_with(".*")) return false;
    asked.remove_suffix(2);
    return name.starts_with(asked);
  });
}

}  // namespace

void check_body(std::string_view body) {
  if (body.empty()) {
    throw cloud::Error("MissingParameter", "The request must contain the parameter MessageBody.");
  }
  if (!all_characters_valid(body)) {
    throw cloud::Error("InvalidMessageContents",
                       "Invalid binary character was found in the message body, the set of allowed "
                       "characters is #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | "
                       "#x10000 to #x10FFFF");
  }
}

void check_attribute_count(const cloud::MessageAttributeMap& attributes) {
  if (attributes.size() <= kAttributesMax) return;
  throw invalid_value("Number of message attributes [" + std::to_string(attributes.size()) +
                      "] exceeds the allowed maximum [10].");
}

void check_size(const StoredMessage& message, int bytes_max) {
  if (message.size() <= static_cast<std::size_t>(bytes_max)) return;
  throw invalid_value("One or more parameters are invalid. Reason: Message must be shorter than " +
                      std::to_string(bytes_max) + " bytes.");
}

StoredMessage checked_message(cloud::SendMessageRequest request) {
  check_body(request.MessageBody);
  check_attributes(request.MessageAttributes);
  check_id("MessageGroupId", request.MessageGroupId);
  check_id("MessageDeduplicationId", request.MessageDeduplicationId);
  if (request.DelaySeconds && (*request.DelaySeconds < 0 || *request.DelaySeconds > kDelayMax_s)) {
    throw invalid_value("Value " + std::to_string(*request.DelaySeconds) +
                        " for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 "
                        "and <= 900.");
  }
  StoredMessage message;
  for (const auto& [name, value] : request.MessageSystemAttributes) {
    message.trace_header = checked_trace_header(name, value);
  }
  message.body = std::move(request.MessageBody);
  message.attributes = std::move(request.MessageAttributes);
  message.group = std::move(request.MessageGroupId);
  message.deduplication = std::move(request.MessageDeduplicationId);
  return message;
}

cloud::Message to_message(Delivery delivery, const cloud::ReceiveMessageRequest& request) {
  StoredMessage& stored = delivery.message;
  cloud::Message message;
  message.MessageId = str(stored.id);
  message.ReceiptHandle = delivery.handle.str();
  message.MD5OfBody = hex(md5(stored.body));
  message.Body = std::move(stored.body);
  const auto system = [&](const char* name, std::string value) {
    if (!value.empty() && (asked_for(request.MessageSystemAttributeNames, name) ||
                           asked_for(request.AttributeNames, name))) {
      message.Attributes[name] = std::move(value);
    }
  };
  system("SenderId", "000000000000");
  system("SentTimestamp", std::to_string(to_ms(stored.sent)));
  system("ApproximateReceiveCount", std::to_string(delivery.receive_count));
  system("ApproximateFirstReceiveTimestamp", std::to_string(to_ms(delivery.first_received)));
  system("SequenceNumber", stored.sequence);
  system("MessageDeduplicationId", stored.deduplication);
  system("MessageGroupId", stored.group);
  system("AWSTraceHeader", stored.trace_header);
  system("DeadLetterQueueSourceArn", stored.dead_letter_source);
  for (auto& [name, value] : stored.attributes) {
    if (asked_for(request.MessageAttributeNames, name)) {
      message.MessageAttributes[name] = std::move(value);
    }
  }
  message.MD5OfMessageAttributes = md5_of_attributes(message.MessageAttributes);
  return message;
}

}  // namespace doorbuster::engine
