// One subscription to a topic: who gets what, and whether it is confirmed.
// https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cloud/caller.h"
#include "cloud/sns.h"
#include "engine/delivery_policy.h"
#include "engine/filter_policy.h"
#include "engine/publication.h"
#include "engine/topic.h"

namespace doorbuster::engine {

// Until its endpoint has shown that it wants the messages it gets none but the one that asks.
struct Confirmation {
  bool pending = false;
  std::string token;
  cloud::Time expires{};
  bool authenticated = true;
  bool authenticate_on_unsubscribe = false;
};

struct Subscription {
  std::string arn;  // the topic's, a colon and an id
  std::string topic_arn;
  std::string owner;      // an account
  std::string principal;  // who made it
  Protocol protocol = Protocol::sqs;
  std::string endpoint;
  Confirmation confirmation;
  cloud::AttributeMap text;  // the attributes as they were set

  bool raw = false;
  FilterScope scope = FilterScope::kMessageAttributes;
  FilterPolicy filter;
  DeliveryPolicy delivery;
  std::string dead_letter_arn;

  bool is_http() const { return protocol == Protocol::http || protocol == Protocol::https; }
  bool is_mail() const { return protocol == Protocol::email || protocol == Protocol::email_json; }
  // What its topic has for it waits in a queue of its own until it is posted.
  bool is_posted() const { return is_http() || is_mail(); }
  // When a message that could not be posted is tried again.
  RetryPolicy retry_policy(const Topic& topic) const;

  // Of the caller, without an ARN. Throws InvalidParameter, as does set().
  static Subscription make(const cloud::Caller& caller, const Topic& topic,
                           const cloud::SubscribeRequest& request);

  // Takes over what `changes` sets; an empty value takes it away.
  void set(const cloud::AttributeMap& changes);

  // What GetSubscriptionAttributes answers.
  cloud::AttributeMap attributes(const Topic& topic) const;
  cloud::Subscription listed() const;

  std::string encode() const;
  static Subscription decode(std::string_view json);
};

// Whether the endpoint must say that it wants the subscription: of those that can be subscribed,
// all must but functions and the caller's own queues.
bool wants_confirmation(const cloud::Caller& caller, const std::string& protocol,
                        const std::string& endpoint);

}  // namespace doorbuster::engine
