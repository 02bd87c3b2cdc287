// Amazon SQS.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
//
// Fields carry AWS's names and units (seconds, unless the name says otherwise). An absent optional
// means that the request did not carry the field.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cloud/async.h"
#include "cloud/error.h"

namespace doorbuster::cloud {

// DataType is String, Number or Binary, with an optional ".label"; the value is in StringValue for
// the first two, in BinaryValue (raw bytes) for the last. Shared with SNS.
struct MessageAttributeValue {
  std::string DataType;
  std::string StringValue;
  std::string BinaryValue;

  friend bool operator==(const MessageAttributeValue&, const MessageAttributeValue&) = default;
};
using MessageAttributeMap = std::map<std::string, MessageAttributeValue>;
using AttributeMap = std::map<std::string, std::string>;
using TagMap = std::map<std::string, std::string>;

struct CreateQueueRequest {
  std::string QueueName;
  AttributeMap Attributes;
  TagMap tags;
};
struct CreateQueueResult {
  std::string QueueUrl;
};

struct DeleteQueueRequest {
  std::string QueueUrl;
};

struct GetQueueUrlRequest {
  std::string QueueName;
  std::string QueueOwnerAWSAccountId;  // the caller's if empty
};
struct GetQueueUrlResult {
  std::string QueueUrl;
};

struct ListQueuesRequest {
  std::string QueueNamePrefix;
  std::optional<int> MaxResults;
  std::string NextToken;
};
struct ListQueuesResult {
  std::vector<std::string> QueueUrls;
  std::string NextToken;
};

struct ListDeadLetterSourceQueuesRequest {
  std::string QueueUrl;
  std::optional<int> MaxResults;
  std::string NextToken;
};
struct ListDeadLetterSourceQueuesResult {
  std::vector<std::string> queueUrls;
  std::string NextToken;
};

struct GetQueueAttributesRequest {
  std::string QueueUrl;
  std::vector<std::string> AttributeNames;
};
struct GetQueueAttributesResult {
  AttributeMap Attributes;
};

struct SetQueueAttributesRequest {
  std::string QueueUrl;
  AttributeMap Attributes;
};

struct TagQueueRequest {
  std::string QueueUrl;
  TagMap Tags;
};
struct UntagQueueRequest {
  std::string QueueUrl;
  std::vector<std::string> TagKeys;
};
struct ListQueueTagsRequest {
  std::string QueueUrl;
};
struct ListQueueTagsResult {
  TagMap Tags;
};

struct AddPermissionRequest {
  std::string QueueUrl;
  std::string Label;
  std::vector<std::string> AWSAccountIds;
  std::vector<std::string> Actions;
};
struct RemovePermissionRequest {
  std::string QueueUrl;
  std::string Label;
};

struct SendMessageRequest {
  std::string QueueUrl;
  std::string MessageBody;
  std::optional<int> DelaySeconds;
  MessageAttributeMap MessageAttributes;
  MessageAttributeMap MessageSystemAttributes;
  std::string MessageDeduplicationId;
  std::string MessageGroupId;
};
struct SendMessageResult {
  std::string MD5OfMessageBody;
  std::string MD5OfMessageAttributes;
  std::string MD5OfMessageSystemAttributes;
  std::string MessageId;
  std::string SequenceNumber;
};

// An entry of a batch that failed; the others are not affected by it. Shared with SNS.
struct BatchResultErrorEntry {
  std::string Id;
  bool SenderFault = true;
  std::string Code;
  std::string Message;
};

// An entry's QueueUrl is the batch's; what it carries itself is ignored.
struct SendMessageBatchRequestEntry : SendMessageRequest {
  std::string Id;
};
struct SendMessageBatchRequest {
  std::string QueueUrl;
  std::vector<SendMessageBatchRequestEntry> Entries;
};
struct SendMessageBatchResultEntry : SendMessageResult {
  std::string Id;
};
struct SendMessageBatchResult {
  std::vector<SendMessageBatchResultEntry> Successful;
  std::vector<BatchResultErrorEntry> Failed;
};

struct ReceiveMessageRequest {
  std::string QueueUrl;
  int MaxNumberOfMessages = 1;
  std::optional<int> VisibilityTimeout;
  std::optional<int> WaitTimeSeconds;
  std::vector<std::string> AttributeNames;  // the older name of the next
  std::vector<std::string> MessageSystemAttributeNames;
  std::vector<std::string> MessageAttributeNames;
  std::string ReceiveRequestAttemptId;
};
struct Message {
  std::string MessageId;
  std::string ReceiptHandle;
  std::string MD5OfBody;
  std::string Body;
  AttributeMap Attributes;
  std::string MD5OfMessageAttributes;
  MessageAttributeMap MessageAttributes;
};
struct ReceiveMessageResult {
  std::vector<Message> Messages;
};

struct DeleteMessageRequest {
  std::string QueueUrl;
  std::string ReceiptHandle;
};

struct DeleteMessageBatchRequestEntry {
  std::string Id;
  std::string ReceiptHandle;
};
struct DeleteMessageBatchRequest {
  std::string QueueUrl;
  std::vector<DeleteMessageBatchRequestEntry> Entries;
};
struct BatchResultEntry {
  std::string Id;
};
struct DeleteMessageBatchResult {
  std::vector<BatchResultEntry> Successful;
  std::vector<BatchResultErrorEntry> Failed;
};

struct ChangeMessageVisibilityRequest {
  std::string QueueUrl;
  std::string ReceiptHandle;
  int VisibilityTimeout = 0;
};

struct ChangeMessageVisibilityBatchRequestEntry {
  std::string Id;
  std::string ReceiptHandle;
  int VisibilityTimeout = 0;
};
struct ChangeMessageVisibilityBatchRequest {
  std::string QueueUrl;
  std::vector<ChangeMessageVisibilityBatchRequestEntry> Entries;
};
struct ChangeMessageVisibilityBatchResult {
  std::vector<BatchResultEntry> Successful;
  std::vector<BatchResultErrorEntry> Failed;
};

struct PurgeQueueRequest {
  std::string QueueUrl;
};

struct StartMessageMoveTaskRequest {
  std::string SourceArn;
  std::string DestinationArn;
  std::optional<int> MaxNumberOfMessagesPerSecond;
};
struct StartMessageMoveTaskResult {
  std::string TaskHandle;
};

struct ListMessageMoveTasksRequest {
  std::string SourceArn;
  std::optional<int> MaxResults;
};
struct ListMessageMoveTasksResultEntry {
  std::string TaskHandle;
  std::string Status;
  std::string SourceArn;
  std::string DestinationArn;
  std::optional<int> MaxNumberOfMessagesPerSecond;
  std::int64_t ApproximateNumberOfMessagesMoved = 0;
  std::int64_t ApproximateNumberOfMessagesToMove = 0;
  std::string FailureReason;
  Time StartedTimestamp{};
};
struct ListMessageMoveTasksResult {
  std::vector<ListMessageMoveTasksResultEntry> Results;
};

struct CancelMessageMoveTaskRequest {
  std::string TaskHandle;
};
struct CancelMessageMoveTaskResult {
  std::int64_t ApproximateNumberOfMessagesMoved = 0;
};

// May be called from any thread. The service outlives the operations that are under way.
class Sqs {
 public:
  virtual ~Sqs() = default;

  virtual Async<CreateQueueResult> CreateQueue(CreateQueueRequest) {
    return not_implemented<CreateQueueResult>("CreateQueue");
  }
  virtual Async<void> DeleteQueue(DeleteQueueRequest) {
    return not_implemented<void>("DeleteQueue");
  }
  virtual Async<GetQueueUrlResult> GetQueueUrl(GetQueueUrlRequest) {
    return not_implemented<GetQueueUrlResult>("GetQueueUrl");
  }
  virtual Async<ListQueuesResult> ListQueues(ListQueuesRequest) {
    return not_implemented<ListQueuesResult>("ListQueues");
  }
  virtual Async<ListDeadLetterSourceQueuesResult> ListDeadLetterSourceQueues(
      ListDeadLetterSourceQueuesRequest) {
    return not_implemented<ListDeadLetterSourceQueuesResult>("ListDeadLetterSourceQueues");
  }
  virtual Async<GetQueueAttributesResult> GetQueueAttributes(GetQueueAttributesRequest) {
    return not_implemented<GetQueueAttributesResult>("GetQueueAttributes");
  }
  virtual Async<void> SetQueueAttributes(SetQueueAttributesRequest) {
    return not_implemented<void>("SetQueueAttributes");
  }
  virtual Async<void> TagQueue(TagQueueRequest) { return not_implemented<void>("TagQueue"); }
  virtual Async<void> UntagQueue(UntagQueueRequest) { return not_implemented<void>("UntagQueue"); }
  virtual Async<ListQueueTagsResult> ListQueueTags(ListQueueTagsRequest) {
    return not_implemented<ListQueueTagsResult>("ListQueueTags");
  }
  virtual Async<void> AddPermission(AddPermissionRequest) {
    return not_implemented<void>("AddPermission");
  }
  virtual Async<void> RemovePermission(RemovePermissionRequest) {
    return not_implemented<void>("RemovePermission");
  }
  virtual Async<SendMessageResult> SendMessage(SendMessageRequest) {
    return not_implemented<SendMessageResult>("SendMessage");
  }
  virtual Async<SendMessageBatchResult> SendMessageBatch(SendMessageBatchRequest) {
    return not_implemented<SendMessageBatchResult>("SendMessageBatch");
  }
  virtual Async<ReceiveMessageResult> ReceiveMessage(ReceiveMessageRequest) {
    return not_implemented<ReceiveMessageResult>("ReceiveMessage");
  }
  virtual Async<void> DeleteMessage(DeleteMessageRequest) {
    return not_implemented<void>("DeleteMessage");
  }
  virtual Async<DeleteMessageBatchResult> DeleteMessageBatch(DeleteMessageBatchRequest) {
    return not_implemented<DeleteMessageBatchResult>("DeleteMessageBatch");
  }
  virtual Async<void> ChangeMessageVisibility(ChangeMessageVisibilityRequest) {
    return not_implemented<void>("ChangeMessageVisibility");
  }
  virtual Async<ChangeMessageVisibilityBatchResult> ChangeMessageVisibilityBatch(
      ChangeMessageVisibilityBatchRequest) {
    return not_implemented<ChangeMessageVisibilityBatchResult>("ChangeMessageVisibilityBatch");
  }
  virtual Async<void> PurgeQueue(PurgeQueueRequest) { return not_implemented<void>("PurgeQueue"); }
  virtual Async<StartMessageMoveTaskResult> StartMessageMoveTask(StartMessageMoveTaskRequest) {
    return not_implemented<StartMessageMoveTaskResult>("StartMessageMoveTask");
  }
  virtual Async<ListMessageMoveTasksResult> ListMessageMoveTasks(ListMessageMoveTasksRequest) {
    return not_implemented<ListMessageMoveTasksResult>("ListMessageMoveTasks");
  }
  virtual Async<CancelMessageMoveTaskResult> CancelMessageMoveTask(CancelMessageMoveTaskRequest) {
    return not_implemented<CancelMessageMoveTaskResult>("CancelMessageMoveTask");
  }
};

}  // namespace doorbuster::cloud
