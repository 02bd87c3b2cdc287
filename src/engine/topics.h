// All topics and their subscriptions: what Amazon SNS does, on the writer's thread.
//
// Operations throw cloud::Error with SNS's codes and then have changed nothing. Publishing reaches
// every queue in the turn that publishes: no crash can keep one delivery and lose another.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cloud/arn.h"
#include "cloud/sns.h"
#include "engine/filter_policy.h"
#include "engine/queues.h"

namespace doorbuster::engine {

// What is published. A FIFO topic wants a group, and an id for deduplication unless it takes the
// digest of the content.
struct Publication {
  std::string message;
  std::string subject;
  cloud::MessageAttributeMap attributes;
  std::string group;
  std::string deduplication;
};

// A service that acts on behalf of a resource: S3 for a bucket.
struct ServiceCaller {
  std::string_view service;  // "s3.amazonaws.com"
  std::string_view source_arn;
  std::string_view account;
};

class Topics {
 public:
  Topics(Queues& queues, std::string endpoint) : queues_(queues), endpoint_(std::move(endpoint)) {}

  void open(const Store& store);

  std::string create(Turn& turn, const cloud::Scope& scope,
                     const cloud::CreateTopicRequest& request);
  void destroy(Turn& turn, const std::string& arn);
  void set_attribute(Turn& turn, const cloud::SetTopicAttributesRequest& request);
  cloud::AttributeMap attributes(const std::string& arn) const;
  std::vector<std::string> list(const cloud::Scope& scope, std::string_view after) const;

  std::string subscribe(Turn& turn, const cloud::Scope& scope,
                        const cloud::SubscribeRequest& request);
  void unsubscribe(Turn& turn, const std::string& subscription_arn);
  void set_subscription_attribute(Turn& turn,
                                  const cloud::SetSubscriptionAttributesRequest& request);
  cloud::AttributeMap subscription_attributes(const std::string& subscription_arn) const;
  std::vector<cloud::Subscription> subscriptions(const std::string& topic_arn,
                                                 std::string_view after) const;

  // By the topic's owner. Returns the MessageId.
  std::string publish(Turn& turn, const std::string& topic_arn, const Publication& publication);

  // Whether the topic exists and its policy lets the service publish; if not, `why` says so.
  bool allows(const std::string& topic_arn, const ServiceCaller& caller, std::string* why) const;
  // By a service. Publishes nothing, and counts and logs it, if the topic does not allow it.
  void publish_for(Turn& turn, const ServiceCaller& caller, const std::string& topic_arn,
                   const Publication& publication);

 private:
  struct Topic {
    std::string arn;
    std::string name;
    bool fifo = false;
    bool content_based_deduplication = false;
    cloud::AttributeMap attributes;
    Policy policy;

    void set(const std::string& attribute, const std::string& value);
  };
  struct Subscription {
    std::string arn;
    std::string topic_arn;
    std::string owner;
    std::string protocol;
    std::string endpoint;
    cloud::AttributeMap attributes;
    bool raw = false;
    FilterScope scope = FilterScope::kMessageAttributes;
    FilterPolicy filter;

    void set(const cloud::AttributeMap& changes);
  };

  Topic& topic(const std::string& arn);
  const Topic& topic(const std::string& arn) const;
  Subscription& subscription(const std::string& arn);
  void write(Turn& turn, const Topic& topic) const;
  void write(Turn& turn, const Subscription& subscription) const;
  std::string fan_out(Turn& turn, const Topic& topic, const Publication& publication);
  void deliver(Turn& turn, const Topic& topic, const Subscription& subscription,
               const Publication& publication, const std::string& envelope);

  Queues& queues_;
  std::string endpoint_;
  std::map<std::string, Topic, std::less<>> topics_;  // by ARN
  std::map<std::string, Subscription, std::less<>>
      subscriptions_;  // by ARN, which begins with the topic's
};

}  // namespace doorbuster::engine
