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

struct CreateQueueRequest {
  std::string QueueName;
  AttributeMap Attributes;
};
struct CreateQueueResult {
  std::string QueueUrl;
};

struct DeleteQueueRequest {
  std::string QueueUrl;
};

struct GetQueueUrlRequest {
  std::string QueueName;
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

  virtual Async<CreateQueueResult> CreateQueue(CreateQueueRequest request) = 0;
  virtual Async<void> DeleteQueue(DeleteQueueRequest request) = 0;
  virtual Async<GetQueueUrlResult> GetQueueUrl(GetQueueUrlRequest request) = 0;
  virtual Async<ListQueuesResult> ListQueues(ListQueuesRequest request) = 0;
  virtual Async<GetQueueAttributesResult> GetQueueAttributes(GetQueueAttributesRequest request) = 0;
  virtual Async<void> SetQueueAttributes(SetQueueAttributesRequest request) = 0;
  virtual Async<SendMessageResult> SendMessage(SendMessageRequest request) = 0;
  virtual Async<SendMessageBatchResult> SendMessageBatch(SendMessageBatchRequest request) = 0;
  virtual Async<ReceiveMessageResult> ReceiveMessage(ReceiveMessageRequest request) = 0;
  virtual Async<void> DeleteMessage(DeleteMessageRequest request) = 0;
  virtual Async<DeleteMessageBatchResult> DeleteMessageBatch(DeleteMessageBatchRequest request) = 0;
  virtual Async<void> ChangeMessageVisibility(ChangeMessageVisibilityRequest request) = 0;
  virtual Async<ChangeMessageVisibilityBatchResult> ChangeMessageVisibilityBatch(
      ChangeMessageVisibilityBatchRequest request) = 0;
  virtual Async<void> PurgeQueue(PurgeQueueRequest request) = 0;
  virtual Async<StartMessageMoveTaskResult> StartMessageMoveTask(
      StartMessageMoveTaskRequest request) = 0;
  virtual Async<ListMessageMoveTasksResult> ListMessageMoveTasks(
      ListMessageMoveTasksRequest request) = 0;
  virtual Async<CancelMessageMoveTaskResult> CancelMessageMoveTask(
      CancelMessageMoveTaskRequest request) = 0;
};

}  // namespace doorbuster::cloud
