// The JSON that a message travels in.
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
//
// Pure functions, callable from any thread. `endpoint` is what URLs begin with.
#pragma once

#include <string>
#include <string_view>

#include "engine/publication.h"
#include "engine/signing_key.h"

namespace doorbuster::engine {

inline constexpr std::string_view kNotification = "Notification";
inline constexpr std::string_view kSubscriptionConfirmation = "SubscriptionConfirmation";

// Where a gateway serves the certificate, behind the endpoint.
inline constexpr std::string_view kCertificatePath = "/_doorbuster/SimpleNotificationService.pem";

// What tells one message from another. It must not outlive the topic's name.
struct Stamp {
  std::string_view topic_arn;
  std::string id;
  std::string sequence;  // of a FIFO topic's message
  cloud::Time time{};
};

// A notification as all subscriptions of a protocol get it, up to the URL that differs between
// them; unsubscribe_url() completes it.
std::string begin_notification(const Stamp& stamp, const Publication& publication,
                               const std::string& text);
std::string unsubscribe_url(const std::string& endpoint, const std::string& subscription_arn);

// What a function is called with.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
std::string function_event(const Stamp& stamp, const Publication& publication,
                           const std::string& subscription_arn, const std::string& endpoint);

// Asks an endpoint whether it wants what it would get.
std::string subscription_confirmation(const Stamp& stamp, const std::string& endpoint,
                                      const std::string& token);

// One of the above, complete, with its signature. Throws std::exception if it is not one.
std::string sign(const std::string& envelope, const SigningKey& key, int signature_version,
                 const std::string& endpoint);

}  // namespace doorbuster::engine
