#include "engine/notification.h"

#include <array>
#include <boost/json.hpp>

#include "engine/text.h"

namespace doorbuster::engine {
namespace {

// What is signed, in this order, as far as the message has it: the names are sorted by byte.
// https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
constexpr std::array<const char*, 6> kOfNotification = {"Message",   "MessageId", "Subject",
                                                        "Timestamp", "TopicArn",  "Type"};
constexpr std::array<const char*, 7> kOfConfirmation = {
    "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"};

template <class Names>
std::string to_sign(const boost::json::object& message, const Names& names) {
  std::string text;
  for (const char* name : names) {
    const auto* value = message.if_contains(name);
    if (!value) continue;
    text.append(name).append("\n").append(std::string_view(value->as_string())).append("\n");
  }
  return text;
}

std::string member(std::string_view name, std::string_view value) {
  return ",\"" + std::string(name) + "\":" + json_string(value);
}

// What queues, endpoints and functions are told alike, without the end of the object.
std::string begin_members(const Stamp& stamp, const Publication& publication,
                          const std::string& text) {
  std::string json = R"({"Type":"Notification","MessageId":")" + stamp.id + '"';
  if (!stamp.sequence.empty()) json += R"(,"SequenceNumber":")" + stamp.sequence + '"';
  json += R"(,"TopicArn":)" + json_string(stamp.topic_arn);
  if (!publication.subject.empty()) json += R"(,"Subject":)" + json_string(publication.subject);
  json += R"(,"Message":)" + json_string(text);
  json += R"(,"Timestamp":")" + iso8601(stamp.time) + '"';
  if (!publication.attributes.empty()) {
    boost::json::object attributes;
    for (const auto& [name, value] : publication.attributes) {
      const bool binary = value.DataType.starts_with("Binary");
      attributes[name] = {{"Type", value.DataType},
                          {"Value", binary ? base64(value.BinaryValue) : value.StringValue}};
    }
    json += R"(,"MessageAttributes":)" + boost::json::serialize(attributes);
  }
  return json;
}

}  // namespace

std::string begin_notification(const Stamp& stamp, const Publication& publication,
                               const std::string& text) {
  return begin_members(stamp, publication, text) + R"(,"UnsubscribeURL":)";
}

std::string unsubscribe_url(const std::string& endpoint, const std::string& subscription_arn) {
  return json_string(endpoint + "/?Action=Unsubscribe&SubscriptionArn=" + subscription_arn) + '}';
}

std::string function_event(const Stamp& stamp, const Publication& publication,
                           const std::string& subscription_arn, const std::string& endpoint) {
  // A few of its members have other names here, and all of them are there.
  std::string sns = begin_members(stamp, publication, publication.text(Protocol::lambda));
  if (publication.subject.empty()) sns += R"(,"Subject":null)";
  if (publication.attributes.empty()) sns += R"(,"MessageAttributes":{})";
  sns += R"(,"SignatureVersion":"1","UnsubscribeUrl":)";
  sns += unsubscribe_url(endpoint, subscription_arn);
  return R"({"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","EventSubscriptionArn":)" +
         json_string(subscription_arn) + R"(,"Sns":)" + sns + "}]}";
}

std::string subscription_confirmation(const Stamp& stamp, const std::string& endpoint,
                                      const std::string& token) {
  const std::string topic(stamp.topic_arn);
  return R"({"Type":"SubscriptionConfirmation","MessageId":")" + stamp.id + '"' +
         member("Token", token) + member("TopicArn", topic) +
         member("Message", "You have chosen to subscribe to the topic " + topic +
                               ".\nTo confirm the subscription, visit the SubscribeURL included "
                               "in this message.") +
         member("SubscribeURL",
                endpoint + "/?Action=ConfirmSubscription&TopicArn=" + topic + "&Token=" + token) +
         member("Timestamp", iso8601(stamp.time)) + '}';
}

std::string sign(const std::string& envelope, const SigningKey& key, int signature_version,
                 const std::string& endpoint) {
  const auto parsed = boost::json::parse(envelope);
  const auto& message = parsed.as_object();
  const bool notification = message.at("Type").as_string() == kNotification;
  const std::string text =
      notification ? to_sign(message, kOfNotification) : to_sign(message, kOfConfirmation);
  return envelope.substr(0, envelope.size() - 1) +
         member("SignatureVersion", std::to_string(signature_version)) +
         member("Signature", key.sign(text, signature_version)) +
         member("SigningCertURL", endpoint + std::string(kCertificatePath)) + '}';
}

}  // namespace doorbuster::engine
