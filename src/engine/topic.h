// One topic: whose it is, and what its attributes and tags say.
// https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/arn.h"
#include "cloud/sns.h"
#include "engine/delivery_policy.h"
#include "engine/metrics.h"
#include "engine/policy.h"

namespace doorbuster::engine {

// https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
struct TopicMetrics {
  TopicMetrics(Metrics& metrics, const Measured& topic);

  std::shared_ptr<Counter> published;
  std::shared_ptr<Counter> delivered;
  std::shared_ptr<Counter> filtered_out;
  std::shared_ptr<Counter> failed;
  std::shared_ptr<Counter> redriven;
  std::shared_ptr<Counter> not_redriven;
};

struct Topic {
  std::string arn;
  std::string name;
  std::string owner;  // an account
  std::string region;
  std::uint32_t id = 0;  // FIFO only: of what is kept of its messages
  std::uint64_t deleted_subscriptions = 0;
  std::map<std::string, std::string> tags;
  cloud::AttributeMap text;  // the attributes as they were set

  bool fifo = false;
  bool content_based_deduplication = false;
  bool deduplicate_by_group = false;  // FifoThroughputScope MessageGroup
  int signature_version = 1;
  DeliveryPolicy delivery;
  Policy policy;                          // none: AWS's default, which lets the owner do everything
  std::shared_ptr<TopicMetrics> metrics;  // of those that are there

  // A new topic of that name. Throws InvalidParameter, as do the others.
  static Topic make(const cloud::Scope& scope, const cloud::CreateTopicRequest& request);

  void set(const std::string& attribute, const std::string& value);
  void tag(const std::vector<cloud::Tag>& more);  // TagLimitExceeded

  // The policy as it was set, or AWS's default.
  std::string policy_text() const;
  // What GetTopicAttributes answers, but for the numbers of subscriptions.
  cloud::AttributeMap attributes() const;

  std::string encode() const;
  static Topic decode(std::string_view json);
};

}  // namespace doorbuster::engine
