// Amazon SQS: its shapes and operations. Names are those of the JSON protocol, `xml` those of
// Query, version 2012-11-05.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
#include "cloud/sqs.h"

#include "wire/common_shapes.h"
#include "wire/operations.h"

namespace doorbuster::wire {

STRUCTURE(cloud::MessageAttributeValue, FIELD(DataType, .required = true), FIELD(StringValue),
          FIELD_AS(BinaryValue, blob_shape));

STRUCTURE(cloud::BatchResultErrorEntry, FIELD(Id, .always = true), FIELD(SenderFault),
          FIELD(Code, .always = true), FIELD(Message));

#define ATTRIBUTES(member) \
  FIELD(member, .xml = "Attribute", .flat = true, .key = "Name", .value = "Value")
#define MESSAGE_ATTRIBUTES(member, Name) \
  FIELD(member, .xml = (Name), .flat = true, .key = "Name", .value = "Value")
#define TAGS(member) FIELD(member, .xml = "Tag", .flat = true, .key = "Key", .value = "Value")
#define ITEMS(member, Name) FIELD(member, .xml = (Name), .flat = true)
#define ALL_ITEMS(member, Name) FIELD(member, .always = true, .xml = (Name), .flat = true)

STRUCTURE(cloud::CreateQueueRequest, FIELD(QueueName, .required = true), ATTRIBUTES(Attributes),
          TAGS(tags));
STRUCTURE(cloud::CreateQueueResult, FIELD(QueueUrl));
STRUCTURE(cloud::DeleteQueueRequest, FIELD(QueueUrl, .required = true));
STRUCTURE(cloud::GetQueueUrlRequest, FIELD(QueueName, .required = true),
          FIELD(QueueOwnerAWSAccountId));
STRUCTURE(cloud::GetQueueUrlResult, FIELD(QueueUrl));
STRUCTURE(cloud::ListQueuesRequest, FIELD(QueueNamePrefix), FIELD(MaxResults), FIELD(NextToken));
STRUCTURE(cloud::ListQueuesResult, ITEMS(QueueUrls, "QueueUrl"), FIELD(NextToken));
STRUCTURE(cloud::ListDeadLetterSourceQueuesRequest, FIELD(QueueUrl, .required = true),
          FIELD(MaxResults), FIELD(NextToken));
STRUCTURE(cloud::ListDeadLetterSourceQueuesResult, ALL_ITEMS(queueUrls, "QueueUrl"),
          FIELD(NextToken));

STRUCTURE(cloud::GetQueueAttributesRequest, FIELD(QueueUrl, .required = true),
          ITEMS(AttributeNames, "AttributeName"));
STRUCTURE(cloud::GetQueueAttributesResult, ATTRIBUTES(Attributes));
STRUCTURE(cloud::SetQueueAttributesRequest, FIELD(QueueUrl, .required = true),
          ATTRIBUTES(Attributes));
STRUCTURE(cloud::TagQueueRequest, FIELD(QueueUrl, .required = true), TAGS(Tags));
STRUCTURE(cloud::UntagQueueRequest, FIELD(QueueUrl, .required = true), ITEMS(TagKeys, "TagKey"));
STRUCTURE(cloud::ListQueueTagsRequest, FIELD(QueueUrl, .required = true));
STRUCTURE(cloud::ListQueueTagsResult, TAGS(Tags));
STRUCTURE(cloud::AddPermissionRequest, FIELD(QueueUrl, .required = true),
          FIELD(Label, .required = true), ITEMS(AWSAccountIds, "AWSAccountId"),
          ITEMS(Actions, "ActionName"));
STRUCTURE(cloud::RemovePermissionRequest, FIELD(QueueUrl, .required = true),
          FIELD(Label, .required = true));

STRUCTURE(cloud::SendMessageRequest, FIELD(QueueUrl, .required = true),
          FIELD(MessageBody, .required = true), FIELD(DelaySeconds),
          MESSAGE_ATTRIBUTES(MessageAttributes, "MessageAttribute"),
          MESSAGE_ATTRIBUTES(MessageSystemAttributes, "MessageSystemAttribute"),
          FIELD(MessageDeduplicationId), FIELD(MessageGroupId));
STRUCTURE(cloud::SendMessageResult, FIELD(MD5OfMessageBody), FIELD(MD5OfMessageAttributes),
          FIELD(MD5OfMessageSystemAttributes), FIELD(MessageId), FIELD(SequenceNumber));
STRUCTURE(cloud::SendMessageBatchRequestEntry, FIELD(Id, .required = true),
          FIELD(MessageBody, .required = true), FIELD(DelaySeconds),
          MESSAGE_ATTRIBUTES(MessageAttributes, "MessageAttribute"),
          MESSAGE_ATTRIBUTES(MessageSystemAttributes, "MessageSystemAttribute"),
          FIELD(MessageDeduplicationId), FIELD(MessageGroupId));
STRUCTURE(cloud::SendMessageBatchRequest, FIELD(QueueUrl, .required = true),
          ITEMS(Entries, "SendMessageBatchRequestEntry"));
STRUCTURE(cloud::SendMessageBatchResultEntry, FIELD(Id), FIELD(MessageId), FIELD(MD5OfMessageBody),
          FIELD(MD5OfMessageAttributes), FIELD(MD5OfMessageSystemAttributes),
          FIELD(SequenceNumber));
STRUCTURE(cloud::SendMessageBatchResult, ALL_ITEMS(Successful, "SendMessageBatchResultEntry"),
          ALL_ITEMS(Failed, "BatchResultErrorEntry"));

STRUCTURE(cloud::ReceiveMessageRequest, FIELD(QueueUrl, .required = true),
          FIELD(MaxNumberOfMessages), FIELD(VisibilityTimeout), FIELD(WaitTimeSeconds),
          ITEMS(AttributeNames, "AttributeName"),
          ITEMS(MessageSystemAttributeNames, "MessageSystemAttributeName"),
          ITEMS(MessageAttributeNames, "MessageAttributeName"), FIELD(ReceiveRequestAttemptId));
STRUCTURE(cloud::Message, FIELD(MessageId), FIELD(ReceiptHandle), FIELD(MD5OfBody),
          FIELD(Body, .always = true), ATTRIBUTES(Attributes), FIELD(MD5OfMessageAttributes),
          MESSAGE_ATTRIBUTES(MessageAttributes, "MessageAttribute"));
STRUCTURE(cloud::ReceiveMessageResult, ITEMS(Messages, "Message"));

STRUCTURE(cloud::DeleteMessageRequest, FIELD(QueueUrl, .required = true),
          FIELD(ReceiptHandle, .required = true));
STRUCTURE(cloud::DeleteMessageBatchRequestEntry, FIELD(Id, .required = true),
          FIELD(ReceiptHandle, .required = true));
STRUCTURE(cloud::DeleteMessageBatchRequest, FIELD(QueueUrl, .required = true),
          ITEMS(Entries, "DeleteMessageBatchRequestEntry"));
STRUCTURE(cloud::BatchResultEntry, FIELD(Id));
STRUCTURE(cloud::DeleteMessageBatchResult, ALL_ITEMS(Successful, "DeleteMessageBatchResultEntry"),
          ALL_ITEMS(Failed, "BatchResultErrorEntry"));
STRUCTURE(cloud::ChangeMessageVisibilityRequest, FIELD(QueueUrl, .required = true),
          FIELD(ReceiptHandle, .required = true), FIELD(VisibilityTimeout, .required = true));
STRUCTURE(cloud::ChangeMessageVisibilityBatchRequestEntry, FIELD(Id, .required = true),
          FIELD(ReceiptHandle, .required = true), FIELD(VisibilityTimeout));
STRUCTURE(cloud::ChangeMessageVisibilityBatchRequest, FIELD(QueueUrl, .required = true),
          ITEMS(Entries, "ChangeMessageVisibilityBatchRequestEntry"));
STRUCTURE(cloud::ChangeMessageVisibilityBatchResult,
          ALL_ITEMS(Successful, "ChangeMessageVisibilityBatchResultEntry"),
          ALL_ITEMS(Failed, "BatchResultErrorEntry"));
STRUCTURE(cloud::PurgeQueueRequest, FIELD(QueueUrl, .required = true));

STRUCTURE(cloud::StartMessageMoveTaskRequest, FIELD(SourceArn, .required = true),
          FIELD(DestinationArn), FIELD(MaxNumberOfMessagesPerSecond));
STRUCTURE(cloud::StartMessageMoveTaskResult, FIELD(TaskHandle));
STRUCTURE(cloud::ListMessageMoveTasksRequest, FIELD(SourceArn, .required = true),
          FIELD(MaxResults));
STRUCTURE(cloud::ListMessageMoveTasksResultEntry, FIELD(TaskHandle), FIELD(Status),
          FIELD(SourceArn), FIELD(DestinationArn), FIELD(MaxNumberOfMessagesPerSecond),
          FIELD(ApproximateNumberOfMessagesMoved), FIELD(ApproximateNumberOfMessagesToMove),
          FIELD(FailureReason), FIELD_AS(StartedTimestamp, timestamp_ms_shape));
STRUCTURE(cloud::ListMessageMoveTasksResult, ITEMS(Results, "ListMessageMoveTasksResultEntry"));
STRUCTURE(cloud::CancelMessageMoveTaskRequest, FIELD(TaskHandle, .required = true));
STRUCTURE(cloud::CancelMessageMoveTaskResult, FIELD(ApproximateNumberOfMessagesMoved));

namespace {

using cloud::Sqs;

#define ROW(Name) Bound<&Sqs::Name>::row(#Name)
// The ones that are called most come first.
constexpr Operation operations[] = {
    ROW(SendMessage),
    ROW(SendMessageBatch),
    ROW(ReceiveMessage),
    ROW(DeleteMessage),
    ROW(DeleteMessageBatch),
    ROW(ChangeMessageVisibility),
    ROW(ChangeMessageVisibilityBatch),
    ROW(CreateQueue),
    ROW(DeleteQueue),
    ROW(GetQueueUrl),
    ROW(ListQueues),
    ROW(ListDeadLetterSourceQueues),
    ROW(GetQueueAttributes),
    ROW(SetQueueAttributes),
    ROW(TagQueue),
    ROW(UntagQueue),
    ROW(ListQueueTags),
    ROW(AddPermission),
    ROW(RemovePermission),
    ROW(PurgeQueue),
    ROW(StartMessageMoveTask),
    ROW(ListMessageMoveTasks),
    ROW(CancelMessageMoveTask),
};

constexpr Wording wording{
    .missing =
        [](std::string_view member) {
          return cloud::Error("MissingParameter", "The request must contain the parameter " +
                                                      std::string(member) + ".");
        },
    .malformed =
        [](std::string_view what) {
          return cloud::Error("InvalidParameterValue", std::string(what));
        },
};

}  // namespace

constinit const Service sqs_service{
    .name = "sqs",
    .target = "AmazonSQS",
    .space = "com.amazonaws.sqs",
    .version = "2012-11-05",
    .namespace_ = "http://queue.amazonaws.com/doc/2012-11-05/",
    .wording = &wording,
    .operations = operations,
};

}  // namespace doorbuster::wire
