#include "engine/subscription.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cctype>

#include "cloud/arn.h"
#include "engine/json_record.h"
#include "engine/sns_error.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

constexpr std::size_t kEndpointMax = 2'048;
constexpr std::size_t kAddressMax = 254;  // RFC 5321, 4.5.3.1.3, without the brackets
constexpr std::array<std::string_view, 3> kNotOffered = {"sms", "application", "firehose"};

// Of mail, on which an endpoint has no say.
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
constexpr RetryPolicy kMailRetries{.retries = 50,
                                   .min_delay_retries = 2,
                                   .max_delay_retries = 38,
                                   .min_delay_s = 10,
                                   .max_delay_s = 600,
                                   .backoff = RetryPolicy::Backoff::exponential};

std::string_view name_of(Protocol protocol) {
  return kProtocolNames[static_cast<std::size_t>(protocol)];
}

Protocol to_protocol(const std::string& name) {
  const auto* const found = std::find(kProtocolNames.begin(), kProtocolNames.end(), name);
  if (found != kProtocolNames.end()) {
    return static_cast<Protocol>(found - kProtocolNames.begin());
  }
  const bool known = std::find(kNotOffered.begin(), kNotOffered.end(), name) != kNotOffered.end();
  throw invalid_parameter("Amazon SNS does not support this protocol string: " + name +
                          (known ? " (here: sqs, lambda, http, https, email and email-json)" : ""));
}

bool is_fifo(std::string_view name) {
  return name.ends_with(".fifo");
}

void check_queue(const std::string& endpoint, const Topic& topic) {
  const auto arn = cloud::Arn::parse(endpoint);
  if (!arn || arn->service != "sqs" || arn->account.empty()) {
    throw invalid_parameter("SQS endpoint ARN");
  }
  if (is_fifo(endpoint) && !topic.fifo) {
    throw invalid_parameter(
        "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS "
        "topics");
  }
}

void check_function(const std::string& endpoint, const Topic& topic) {
  const auto arn = cloud::Arn::parse(endpoint);
  if (!arn || arn->service != "lambda" || !arn->resource.starts_with("function:")) {
    throw invalid_parameter("Lambda endpoint ARN");
  }
  if (topic.fifo) {
    throw invalid_parameter(
        "Invalid protocol type: lambda: a FIFO topic delivers to SQS queues only");
  }
}

void check_url(const std::string& url, const std::string& protocol, const Topic& topic) {
  if (topic.fifo) {
    throw invalid_parameter("Invalid protocol type: " + protocol +
                            ": a FIFO topic delivers to SQS queues only");
  }
  const std::string prefix = protocol + "://";
  const bool graphic =
      std::all_of(url.begin(), url.end(), [](unsigned char c) { return std::isgraph(c); });
  if (!url.starts_with(prefix)) {
    throw invalid_parameter("Endpoint must match the specified protocol");
  }
  if (url.size() == prefix.size() || url[prefix.size()] == '/' || !graphic ||
      url.size() > kEndpointMax) {
    throw invalid_parameter("Endpoint Reason: Please use a valid URL");
  }
}

// What a mail server could take; whether somebody reads it, the confirmation shows.
void check_address(const std::string& address, const std::string& protocol, const Topic& topic) {
  if (topic.fifo) {
    throw invalid_parameter("Invalid protocol type: " + protocol +
                            ": a FIFO topic delivers to SQS queues only");
  }
  const auto at = address.find('@');
  const auto mailable = [](unsigned char c) {
    return std::isgraph(c) &&
           std::string_view("<>()[],;:\\\"").find(static_cast<char>(c)) == std::string_view::npos;
  };
  const bool plain = std::all_of(address.begin(), address.end(), mailable);
  if (!plain || address.size() > kAddressMax || at == 0 || at == std::string::npos ||
      at + 1 == address.size() || address.find('@', at + 1) != std::string::npos) {
    throw invalid_parameter("Email address");
  }
}

bool to_bool(const std::string& name, const std::string& value) {
  std::string lower = value;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower == "true") return true;
  if (lower == "false") return false;
  throw invalid_parameter(name + ": Invalid value [" + value + "]. Must be true or false.");
}

FilterScope to_scope(const std::string& value) {
  if (value.empty() || value == "MessageAttributes") return FilterScope::kMessageAttributes;
  if (value == "MessageBody") return FilterScope::kMessageBody;
  throw invalid_parameter("FilterPolicyScope: Invalid value [" + value +
                          "]. Please use either MessageBody or MessageAttributes");
}

// https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
std::string to_dead_letter_arn(const std::string& policy, bool fifo) {
  if (policy.empty()) return {};
  json::error_code bad;
  const auto parsed = json::parse(policy, bad);
  const auto* object = bad ? nullptr : parsed.if_object();
  if (!object) throw invalid_parameter("RedrivePolicy: failed to parse JSON.");
  const auto* target = object->if_contains("deadLetterTargetArn");
  std::string text = target && target->is_string() ? std::string(target->get_string()) : "";
  const auto arn = cloud::Arn::parse(text);
  if (!arn || arn->service != "sqs") {
    throw invalid_parameter("RedrivePolicy: deadLetterTargetArn is an invalid arn");
  }
  if (fifo && !is_fifo(text)) {
    throw invalid_parameter(
        "RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.");
  }
  if (!fifo && is_fifo(text)) {
    throw invalid_parameter("RedrivePolicy: must use a standard queue as DLQ for this endpoint.");
  }
  return text;
}

void set_one(Subscription& to, const std::string& name, std::string value) {
  if (name == "RawMessageDelivery") {
    to.raw = to_bool(name, value);
    if (to.raw && (to.protocol == Protocol::lambda || to.is_mail())) {
      throw invalid_parameter("RawMessageDelivery: Delivery protocol [" +
                              std::string(name_of(to.protocol)) +
                              "] does not support raw message delivery.");
    }
    value = to.raw ? "true" : "false";
  } else if (name == "FilterPolicyScope") {
    to.scope = to_scope(value);
  } else if (name == "DeliveryPolicy") {
    if (!to.is_http()) {
      throw invalid_parameter("DeliveryPolicy: only HTTP and HTTPS endpoints have one");
    }
    to.delivery = DeliveryPolicy::parse_of_subscription(value);
  } else if (name == "RedrivePolicy") {
    to.dead_letter_arn = to_dead_letter_arn(value, is_fifo(to.endpoint));
  } else if (name != "FilterPolicy") {
    throw invalid_parameter("AttributeName");
  }
  if (value.empty()) {
    to.text.erase(name);
  } else {
    to.text[name] = std::move(value);
  }
}

}  // namespace

bool wants_confirmation(const cloud::Caller& caller, const std::string& protocol,
                        const std::string& endpoint) {
  if (protocol != "sqs")
    return protocol == "http" || protocol == "https" || protocol.starts_with("email");
  const auto arn = cloud::Arn::parse(endpoint);
  return arn && arn->account != caller.scope.account;
}

Subscription Subscription::make(const cloud::Caller& caller, const Topic& topic,
                                const cloud::SubscribeRequest& request) {
  Subscription made;
  made.topic_arn = topic.arn;
  made.owner = caller.scope.account;
  made.principal = caller.principal();
  made.protocol = to_protocol(request.Protocol);
  made.endpoint = request.Endpoint;
  if (made.is_http()) {
    check_url(request.Endpoint, request.Protocol, topic);
  } else if (made.is_mail()) {
    check_address(request.Endpoint, request.Protocol, topic);
  } else if (made.protocol == Protocol::lambda) {
    check_function(request.Endpoint, topic);
  } else {
    check_queue(request.Endpoint, topic);
  }
  made.confirmation.pending = wants_confirmation(caller, request.Protocol, request.Endpoint);
  in_attributes([&] { made.set(request.Attributes); });
  return made;
}

RetryPolicy Subscription::retry_policy(const Topic& topic) const {
  return is_mail() ? kMailRetries : topic.delivery.with(delivery).retry_policy();
}

void Subscription::set(const cloud::AttributeMap& changes) {
  Subscription next = *this;
  for (const auto& [name, value] : changes) set_one(next, name, value);
  const auto policy = next.text.find("FilterPolicy");
  next.filter = FilterPolicy::parse(policy == next.text.end() ? "" : policy->second, next.scope);
  *this = std::move(next);
}

cloud::AttributeMap Subscription::attributes(const Topic& topic) const {
  cloud::AttributeMap all = text;
  all["SubscriptionArn"] = arn;
  all["TopicArn"] = topic_arn;
  all["Owner"] = owner;
  all["SubscriptionPrincipal"] = principal;
  all["Protocol"] = name_of(protocol);
  all["Endpoint"] = endpoint;
  all["PendingConfirmation"] = confirmation.pending ? "true" : "false";
  if (!confirmation.pending) {
    all["ConfirmationWasAuthenticated"] = confirmation.authenticated ? "true" : "false";
  }
  all.emplace("RawMessageDelivery", "false");
  all.erase("FilterPolicyScope");
  if (all.contains("FilterPolicy")) {
    all["FilterPolicyScope"] =
        scope == FilterScope::kMessageBody ? "MessageBody" : "MessageAttributes";
  }
  if (is_http()) {
    all["EffectiveDeliveryPolicy"] = topic.delivery.with(delivery).effective_of_subscription();
  }
  return all;
}

cloud::Subscription Subscription::listed() const {
  return {confirmation.pending ? "PendingConfirmation" : arn, owner, std::string(name_of(protocol)),
          endpoint, topic_arn};
}

std::string Subscription::encode() const {
  const json::object confirmed{{"pending", confirmation.pending},
                               {"token", confirmation.token},
                               {"expires", to_ms(confirmation.expires)},
                               {"authenticated", confirmation.authenticated},
                               {"unsubscribe", confirmation.authenticate_on_unsubscribe}};
  return json::serialize(json::object{{"arn", arn},
                                      {"topic", topic_arn},
                                      {"owner", owner},
                                      {"principal", principal},
                                      {"protocol", name_of(protocol)},
                                      {"endpoint", endpoint},
                                      {"confirmation", confirmed},
                                      {"attributes", json::value_from(text)}});
}

Subscription Subscription::decode(std::string_view bytes) {
  const auto record = read_json_record(bytes);
  const auto text = [](const json::object& from, const char* name) {
    return std::string(from.at(name).as_string());
  };
  Subscription made;
  made.arn = text(record, "arn");
  made.topic_arn = text(record, "topic");
  made.owner = text(record, "owner");
  made.principal = text(record, "principal");
  made.protocol = to_protocol(text(record, "protocol"));
  made.endpoint = text(record, "endpoint");
  const auto& confirmed = record.at("confirmation").as_object();
  made.confirmation = {confirmed.at("pending").as_bool(), text(confirmed, "token"),
                       from_ms(confirmed.at("expires").to_number<std::int64_t>()),
                       confirmed.at("authenticated").as_bool(),
                       confirmed.at("unsubscribe").as_bool()};
  made.set(json::value_to<cloud::AttributeMap>(record.at("attributes")));
  return made;
}

}  // namespace doorbuster::engine
