// Amazon SNS.
// https://docs.aws.amazon.com/sns/latest/api/API_Operations.html
#pragma once

#include <string>
#include <vector>

#include "cloud/sqs.h"
#include "cloud/tag.h"

namespace doorbuster::cloud {

struct CreateTopicRequest {
  std::string Name;
  AttributeMap Attributes;
  std::vector<Tag> Tags;
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
  bool ReturnSubscriptionArn = false;
};
struct SubscribeResult {
  std::string SubscriptionArn;
};

struct ConfirmSubscriptionRequest {
  std::string TopicArn;
  std::string Token;
  std::string AuthenticateOnUnsubscribe;
};
struct ConfirmSubscriptionResult {
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
struct ListSubscriptionsRequest {
  std::string NextToken;
};
struct ListSubscriptionsResult {
  std::vector<Subscription> Subscriptions;
  std::string NextToken;
};
struct ListSubscriptionsByTopicRequest {
  std::string TopicArn;
  std::string NextToken;
};
struct ListSubscriptionsByTopicResult {
  std::vector<Subscription> Subscriptions;
  std::string NextToken;
};

struct TagResourceRequest {
  std::string ResourceArn;
  std::vector<Tag> Tags;
};
struct UntagResourceRequest {
  std::string ResourceArn;
  std::vector<std::string> TagKeys;
};
struct ListTagsForResourceRequest {
  std::string ResourceArn;
};
struct ListTagsForResourceResult {
  std::vector<Tag> Tags;
};

struct AddTopicPermissionRequest {
  std::string TopicArn;
  std::string Label;
  std::vector<std::string> AWSAccountId;
  std::vector<std::string> ActionName;
};
struct RemoveTopicPermissionRequest {
  std::string TopicArn;
  std::string Label;
};

// To a topic; TargetArn is another name for it. PhoneNumber is refused.
struct PublishRequest {
  std::string TopicArn;
  std::string TargetArn;
  std::string PhoneNumber;
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

  virtual Async<CreateTopicResult> CreateTopic(CreateTopicRequest) {
    return not_implemented<CreateTopicResult>("CreateTopic");
  }
  virtual Async<void> DeleteTopic(DeleteTopicRequest) {
    return not_implemented<void>("DeleteTopic");
  }
  virtual Async<ListTopicsResult> ListTopics(ListTopicsRequest) {
    return not_implemented<ListTopicsResult>("ListTopics");
  }
  virtual Async<GetTopicAttributesResult> GetTopicAttributes(GetTopicAttributesRequest) {
    return not_implemented<GetTopicAttributesResult>("GetTopicAttributes");
  }
  virtual Async<void> SetTopicAttributes(SetTopicAttributesRequest) {
    return not_implemented<void>("SetTopicAttributes");
  }
  virtual Async<SubscribeResult> Subscribe(SubscribeRequest) {
    return not_implemented<SubscribeResult>("Subscribe");
  }
  virtual Async<ConfirmSubscriptionResult> ConfirmSubscription(ConfirmSubscriptionRequest) {
    return not_implemented<ConfirmSubscriptionResult>("ConfirmSubscription");
  }
  virtual Async<void> Unsubscribe(UnsubscribeRequest) {
    return not_implemented<void>("Unsubscribe");
  }
  virtual Async<GetSubscriptionAttributesResult> GetSubscriptionAttributes(
      GetSubscriptionAttributesRequest) {
    return not_implemented<GetSubscriptionAttributesResult>("GetSubscriptionAttributes");
  }
  virtual Async<void> SetSubscriptionAttributes(SetSubscriptionAttributesRequest) {
    return not_implemented<void>("SetSubscriptionAttributes");
  }
  virtual Async<ListSubscriptionsResult> ListSubscriptions(ListSubscriptionsRequest) {
    return not_implemented<ListSubscriptionsResult>("ListSubscriptions");
  }
  virtual Async<ListSubscriptionsByTopicResult> ListSubscriptionsByTopic(
      ListSubscriptionsByTopicRequest) {
    return not_implemented<ListSubscriptionsByTopicResult>("ListSubscriptionsByTopic");
  }
  virtual Async<void> TagResource(TagResourceRequest) {
    return not_implemented<void>("TagResource");
  }
  virtual Async<void> UntagResource(UntagResourceRequest) {
    return not_implemented<void>("UntagResource");
  }
  virtual Async<ListTagsForResourceResult> ListTagsForResource(ListTagsForResourceRequest) {
    return not_implemented<ListTagsForResourceResult>("ListTagsForResource");
  }
  virtual Async<void> AddPermission(AddTopicPermissionRequest) {
    return not_implemented<void>("AddPermission");
  }
  virtual Async<void> RemovePermission(RemoveTopicPermissionRequest) {
    return not_implemented<void>("RemovePermission");
  }
  virtual Async<PublishResult> Publish(PublishRequest) {
    return not_implemented<PublishResult>("Publish");
  }
  virtual Async<PublishBatchResult> PublishBatch(PublishBatchRequest) {
    return not_implemented<PublishBatchResult>("PublishBatch");
  }
};

}  // namespace doorbuster::cloud
