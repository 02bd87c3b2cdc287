// Amazon SNS: its shapes and operations.
// https://docs.aws.amazon.com/sns/latest/api/API_Operations.html
#include "cloud/sns.h"

#include "wire/common_shapes.h"
#include "wire/operations.h"
#include "wire/validation.h"

namespace doorbuster::wire {

STRUCTURE(cloud::Tag, FIELD(Key, .required = true), FIELD(Value, .required = true));

#define MESSAGE_ATTRIBUTES FIELD(MessageAttributes, .key = "Name", .value = "Value")

STRUCTURE(cloud::CreateTopicRequest, FIELD(Name, .required = true), FIELD(Attributes), FIELD(Tags));
STRUCTURE(cloud::CreateTopicResult, FIELD(TopicArn));
STRUCTURE(cloud::DeleteTopicRequest, FIELD(TopicArn, .required = true));
STRUCTURE(cloud::ListTopicsRequest, FIELD(NextToken));

namespace {

// <Topics><member><TopicArn>…
constexpr Field topic_fields[] = {
    {.name = "TopicArn", .shape = &Reflect<std::string>::shape, .address = itself}};
constexpr Shape topic_shape{.kind = Kind::structure, .fields = topic_fields};
constexpr Shape topics_shape = list_of(Reflect<std::vector<std::string>>::shape, topic_shape);

}  // namespace

STRUCTURE(cloud::ListTopicsResult,
          FIELD_AS(TopicArns, topics_shape, .always = true, .xml = "Topics", .document = "Topics"),
          FIELD(NextToken));
STRUCTURE(cloud::GetTopicAttributesRequest, FIELD(TopicArn, .required = true));
STRUCTURE(cloud::GetTopicAttributesResult, FIELD(Attributes, .always = true));
STRUCTURE(cloud::SetTopicAttributesRequest, FIELD(TopicArn, .required = true),
          FIELD(AttributeName, .required = true), FIELD(AttributeValue));

STRUCTURE(cloud::SubscribeRequest, FIELD(TopicArn, .required = true),
          FIELD(Protocol, .required = true), FIELD(Endpoint), FIELD(Attributes),
          FIELD(ReturnSubscriptionArn));
STRUCTURE(cloud::SubscribeResult, FIELD(SubscriptionArn));
STRUCTURE(cloud::ConfirmSubscriptionRequest, FIELD(TopicArn, .required = true),
          FIELD(Token, .required = true), FIELD(AuthenticateOnUnsubscribe));
STRUCTURE(cloud::ConfirmSubscriptionResult, FIELD(SubscriptionArn));
STRUCTURE(cloud::UnsubscribeRequest, FIELD(SubscriptionArn, .required = true));
STRUCTURE(cloud::GetSubscriptionAttributesRequest, FIELD(SubscriptionArn, .required = true));
STRUCTURE(cloud::GetSubscriptionAttributesResult, FIELD(Attributes, .always = true));
STRUCTURE(cloud::SetSubscriptionAttributesRequest, FIELD(SubscriptionArn, .required = true),
          FIELD(AttributeName, .required = true), FIELD(AttributeValue));
STRUCTURE(cloud::Subscription, FIELD(SubscriptionArn), FIELD(Owner), FIELD(Protocol),
          FIELD(Endpoint), FIELD(TopicArn));
STRUCTURE(cloud::ListSubscriptionsRequest, FIELD(NextToken));
STRUCTURE(cloud::ListSubscriptionsResult, FIELD(Subscriptions, .always = true), FIELD(NextToken));
STRUCTURE(cloud::ListSubscriptionsByTopicRequest, FIELD(TopicArn, .required = true),
          FIELD(NextToken));
STRUCTURE(cloud::ListSubscriptionsByTopicResult, FIELD(Subscriptions, .always = true),
          FIELD(NextToken));

STRUCTURE(cloud::TagResourceRequest, FIELD(ResourceArn, .required = true), FIELD(Tags));
STRUCTURE(cloud::UntagResourceRequest, FIELD(ResourceArn, .required = true), FIELD(TagKeys));
STRUCTURE(cloud::ListTagsForResourceRequest, FIELD(ResourceArn, .required = true));
STRUCTURE(cloud::ListTagsForResourceResult, FIELD(Tags, .always = true));
STRUCTURE(cloud::AddTopicPermissionRequest, FIELD(TopicArn, .required = true),
          FIELD(Label, .required = true), FIELD(AWSAccountId), FIELD(ActionName));
STRUCTURE(cloud::RemoveTopicPermissionRequest, FIELD(TopicArn, .required = true),
          FIELD(Label, .required = true));

STRUCTURE(cloud::PublishRequest, FIELD(TopicArn), FIELD(TargetArn), FIELD(PhoneNumber),
          FIELD(Message, .required = true), FIELD(Subject), FIELD(MessageStructure),
          MESSAGE_ATTRIBUTES, FIELD(MessageDeduplicationId), FIELD(MessageGroupId));
STRUCTURE(cloud::PublishResult, FIELD(MessageId), FIELD(SequenceNumber));
STRUCTURE(cloud::PublishBatchRequestEntry, FIELD(Id, .required = true),
          FIELD(Message, .required = true), FIELD(Subject), FIELD(MessageStructure),
          MESSAGE_ATTRIBUTES, FIELD(MessageDeduplicationId), FIELD(MessageGroupId));
STRUCTURE(cloud::PublishBatchRequest, FIELD(TopicArn, .required = true),
          FIELD(PublishBatchRequestEntries));
STRUCTURE(cloud::PublishBatchResultEntry, FIELD(Id), FIELD(MessageId), FIELD(SequenceNumber));
STRUCTURE(cloud::PublishBatchResult, FIELD(Successful, .always = true),
          FIELD(Failed, .always = true));

namespace {

#define ROW(Name) Bound<&cloud::Sns::Name>::row(#Name)
constexpr Operation operations[] = {
    ROW(Publish),
    ROW(PublishBatch),
    ROW(CreateTopic),
    ROW(DeleteTopic),
    ROW(ListTopics),
    ROW(GetTopicAttributes),
    ROW(SetTopicAttributes),
    ROW(Subscribe),
    ROW(ConfirmSubscription),
    ROW(Unsubscribe),
    ROW(GetSubscriptionAttributes),
    ROW(SetSubscriptionAttributes),
    ROW(ListSubscriptions),
    ROW(ListSubscriptionsByTopic),
    ROW(TagResource),
    ROW(UntagResource),
    ROW(ListTagsForResource),
    ROW(AddPermission),
    ROW(RemovePermission),
};

}  // namespace

constinit const Service sns_service{
    .name = "sns",
    .version = "2010-03-31",
    .namespace_ = "http://sns.amazonaws.com/doc/2010-03-31/",
    .wording = &validation_wording,
    .operations = operations,
};

}  // namespace doorbuster::wire
