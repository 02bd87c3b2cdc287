// Amazon SNS.
// https://docs.aws.amazon.com/sns/latest/api/API_Operations.html
#pragma once

#include <string>
#include <vector>

#include "cloud/sqs.h"

namespace doorbuster::cloud {

struct CreateTopicRequest {
  std::string Name;
  AttributeMap Attributes;
};
struct CreateTopicResult {
  std::string TopicArn;
};

struct DeleteTopicRequest {
  std::string TopicArn;
};

struct ListTopicsRequest {
  std::string NextToken;
};
struct ListTopicsResult {
  std::vector<std::string> TopicArns;
  std::string NextToken;
};

struct GetTopicAttributesRequest {
  std::string TopicArn;
};
struct GetTopicAttributesResult {
  AttributeMap Attributes;
};

struct SetTopicAttributesRequest {
  std::string TopicArn;
  std::string AttributeName;
  std::string AttributeValue;
};

struct SubscribeRequest {
  std::string TopicArn;
  std::string Protocol;
  std::string Endpoint;
  AttributeMap Attributes;
};
struct SubscribeResult {
  std::string SubscriptionArn;
};

struct UnsubscribeRequest {
  std::string SubscriptionArn;
};

struct GetSubscriptionAttributesRequest {
  std::string SubscriptionArn;
};
struct GetSubscriptionAttributesResult {
  AttributeMap Attributes;
};

struct SetSubscriptionAttributesRequest {
  std::string SubscriptionArn;
  std::string AttributeName;
  std::string AttributeValue;
};

struct Subscription {
  std::string SubscriptionArn;
  std::string Owner;
  std::string Protocol;
  std::string Endpoint;
  std::string TopicArn;
};
struct ListSubscriptionsByTopicRequest {
  std::string TopicArn;
  std::string NextToken;
};
struct ListSubscriptionsByTopicResult {
  std::vector<Subscription> Subscriptions;
  std::string NextToken;
};

struct PublishRequest {
  std::string TopicArn;
  std::string Message;
  std::string Subject;
  std::string MessageStructure;
  MessageAttributeMap MessageAttributes;
  std::string MessageDeduplicationId;
  std::string MessageGroupId;
};
struct PublishResult {
  std::string MessageId;
  std::string SequenceNumber;
};

// An entry's TopicArn is the batch's; what it carries itself is ignored.
struct PublishBatchRequestEntry : PublishRequest {
  std::string Id;
};
struct PublishBatchRequest {
  std::string TopicArn;
  std::vector<PublishBatchRequestEntry> PublishBatchRequestEntries;
};
struct PublishBatchResultEntry : PublishResult {
  std::string Id;
};
struct PublishBatchResult {
  std::vector<PublishBatchResultEntry> Successful;
  std::vector<BatchResultErrorEntry> Failed;
};

// May be called from any thread. The service outlives the operations that are under way.
class Sns {
 public:
  virtual ~Sns() = default;

  virtual Async<CreateTopicResult> CreateTopic(CreateTopicRequest request) = 0;
  virtual Async<void> DeleteTopic(DeleteTopicRequest request) = 0;
  virtual Async<ListTopicsResult> ListTopics(ListTopicsRequest request) = 0;
  virtual Async<GetTopicAttributesResult> GetTopicAttributes(GetTopicAttributesRequest request) = 0;
  virtual Async<void> SetTopicAttributes(SetTopicAttributesRequest request) = 0;
  virtual Async<SubscribeResult> Subscribe(SubscribeRequest request) = 0;
  virtual Async<void> Unsubscribe(UnsubscribeRequest request) = 0;
  virtual Async<GetSubscriptionAttributesResult> GetSubscriptionAttributes(
      GetSubscriptionAttributesRequest request) = 0;
  virtual Async<void> SetSubscriptionAttributes(SetSubscriptionAttributesRequest request) = 0;
  virtual Async<ListSubscriptionsByTopicResult> ListSubscriptionsByTopic(
      ListSubscriptionsByTopicRequest request) = 0;
  virtual Async<PublishResult> Publish(PublishRequest request) = 0;
  virtual Async<PublishBatchResult> PublishBatch(PublishBatchRequest request) = 0;
};

}  // namespace doorbuster::cloud
