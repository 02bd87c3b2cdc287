// How often, and how far apart, a message is tried to be delivered to an HTTP endpoint.
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
#pragma once

#include <optional>
#include <string>

namespace doorbuster::engine {

// In four phases: at once, at the shortest delay, by the backoff function, at the longest.
struct RetryPolicy {
  enum class Backoff { linear, arithmetic, geometric, exponential };

  int retries = 3;  // of all phases
  int no_delay_retries = 0;
  int min_delay_retries = 0;
  int max_delay_retries = 0;
  int min_delay_s = 20;
  int max_delay_s = 20;
  Backoff backoff = Backoff::linear;

  // How long to wait after so many failures, from 1 on. Nothing: that was the last attempt.
  std::optional<int> delay_s(int failures) const;
};

// What a topic or a subscription says of it; what it leaves open is the topic's, or AWS's default.
struct DeliveryPolicy {
  std::optional<RetryPolicy> retry;
  std::optional<std::string> content_type;
  std::optional<int> receives_per_second_max;  // kept and answered, not enforced
  bool disable_subscription_overrides = false;

  // The attribute DeliveryPolicy; an empty text leaves all open. Throw cloud::Error
  // InvalidParameter.
  static DeliveryPolicy parse_of_topic(const std::string& json);
  static DeliveryPolicy parse_of_subscription(const std::string& json);

  // What holds for a subscription of the topic whose policy this is.
  DeliveryPolicy with(const DeliveryPolicy& subscription) const;

  RetryPolicy retry_policy() const { return retry.value_or(RetryPolicy()); }
  std::string header_content_type() const;

  // The attribute EffectiveDeliveryPolicy.
  std::string effective_of_topic() const;
  std::string effective_of_subscription() const;
};

}  // namespace doorbuster::engine
