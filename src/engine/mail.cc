#include "engine/mail.h"

#include <boost/json.hpp>
#include <utility>

#include "engine/notification.h"

namespace doorbuster::engine {
namespace {

constexpr const char* kConfirmationSubject = "AWS Notification - Subscription Confirmation";
constexpr const char* kNotificationSubject = "AWS Notification Message";

bool is_notification(const boost::json::object& message) {
  return message.at("Type").as_string() == kNotification;
}

std::string member(const boost::json::object& message, const char* name) {
  return std::string(message.at(name).as_string());
}

std::string subject_of(const boost::json::object& message) {
  if (!is_notification(message)) return kConfirmationSubject;
  return message.contains("Subject") ? member(message, "Subject") : kNotificationSubject;
}

std::string text_of(const boost::json::object& message) {
  if (!is_notification(message)) {
    return "This address is to get what is published to the topic\n" + member(message, "TopicArn") +
           "\n\nIf you want that, visit this page:\n" + member(message, "SubscribeURL") +
           "\n\nIf not, do nothing.\n";
  }
  return member(message, "Message") + "\n\n--\nTo get no more from the topic\n" +
         member(message, "TopicArn") + "\nvisit this page:\n" + member(message, "UnsubscribeURL") +
         '\n';
}

}  // namespace

Mail to_mail(const std::string& envelope, std::string to) {
  const auto parsed = boost::json::parse(envelope);
  const auto& message = parsed.as_object();
  return {std::move(to), subject_of(message), text_of(message)};
}

Mail to_json_mail(const std::string& envelope, std::string signed_envelope, std::string to) {
  const auto parsed = boost::json::parse(envelope);
  return {std::move(to), subject_of(parsed.as_object()), std::move(signed_envelope) + '\n'};
}

}  // namespace doorbuster::engine
