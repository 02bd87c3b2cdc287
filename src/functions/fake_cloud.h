// The parts of the cloud that this room's functions use, as simple as can be. Operations that they
// don't use throw.
#pragma once

#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "cloud/error.h"
#include "cloud/s3.h"
#include "cloud/sqs.h"

namespace doorbuster::functions {

class UnusedS3 : public cloud::S3 {
 public:
  cloud::Async<void> CreateBucket(cloud::CreateBucketRequest) override {
    throw std::logic_error("CreateBucket");
  }
  cloud::Async<void> DeleteBucket(cloud::DeleteBucketRequest) override {
    throw std::logic_error("DeleteBucket");
  }
  cloud::Async<void> HeadBucket(cloud::HeadBucketRequest) override {
    throw std::logic_error("HeadBucket");
  }
  cloud::Async<cloud::ListBucketsResult> ListBuckets() override {
    throw std::logic_error("ListBuckets");
  }
  cloud::Async<cloud::PutObjectResult> PutObject(cloud::PutObjectRequest) override {
    throw std::logic_error("PutObject");
  }
  cloud::Async<cloud::HeadObjectResult> HeadObject(cloud::HeadObjectRequest) override {
    throw std::logic_error("HeadObject");
  }
  cloud::Async<void> DeleteObject(cloud::DeleteObjectRequest) override {
    throw std::logic_error("DeleteObject");
  }
  cloud::Async<cloud::ListObjectsV2Result> ListObjectsV2(cloud::ListObjectsV2Request) override {
    throw std::logic_error("ListObjectsV2");
  }
  cloud::Async<void> PutBucketNotificationConfiguration(
      cloud::PutBucketNotificationConfigurationRequest) override {
    throw std::logic_error("PutBucketNotificationConfiguration");
  }
  cloud::Async<cloud::NotificationConfiguration> GetBucketNotificationConfiguration(
      cloud::GetBucketNotificationConfigurationRequest) override {
    throw std::logic_error("GetBucketNotificationConfiguration");
  }
};

class UnusedSqs : public cloud::Sqs {
 public:
  cloud::Async<cloud::CreateQueueResult> CreateQueue(cloud::CreateQueueRequest) override {
    throw std::logic_error("CreateQueue");
  }
  cloud::Async<void> DeleteQueue(cloud::DeleteQueueRequest) override {
    throw std::logic_error("DeleteQueue");
  }
  cloud::Async<cloud::ListQueuesResult> ListQueues(cloud::ListQueuesRequest) override {
    throw std::logic_error("ListQueues");
  }
  cloud::Async<cloud::GetQueueAttributesResult> GetQueueAttributes(
      cloud::GetQueueAttributesRequest) override {
    throw std::logic_error("GetQueueAttributes");
  }
  cloud::Async<void> SetQueueAttributes(cloud::SetQueueAttributesRequest) override {
    throw std::logic_error("SetQueueAttributes");
  }
  cloud::Async<cloud::SendMessageResult> SendMessage(cloud::SendMessageRequest) override {
    throw std::logic_error("SendMessage");
  }
  cloud::Async<cloud::SendMessageBatchResult> SendMessageBatch(
      cloud::SendMessageBatchRequest) override {
    throw std::logic_error("SendMessageBatch");
  }
  cloud::Async<cloud::ReceiveMessageResult> ReceiveMessage(cloud::ReceiveMessageRequest) override {
    throw std::logic_error("ReceiveMessage");
  }
  cloud::Async<void> DeleteMessage(cloud::DeleteMessageRequest) override {
    throw std::logic_error("DeleteMessage");
  }
  cloud::Async<cloud::DeleteMessageBatchResult> DeleteMessageBatch(
      cloud::DeleteMessageBatchRequest) override {
    throw std::logic_error("DeleteMessageBatch");
  }
  cloud::Async<void> ChangeMessageVisibility(cloud::ChangeMessageVisibilityRequest) override {
    throw std::logic_error("ChangeMessageVisibility");
  }
  cloud::Async<void> PurgeQueue(cloud::PurgeQueueRequest) override {
    throw std::logic_error("PurgeQueue");
  }
  cloud::Async<cloud::StartMessageMoveTaskResult> StartMessageMoveTask(
      cloud::StartMessageMoveTaskRequest) override {
    throw std::logic_error("StartMessageMoveTask");
  }
  cloud::Async<cloud::ListMessageMoveTasksResult> ListMessageMoveTasks(
      cloud::ListMessageMoveTasksRequest) override {
    throw std::logic_error("ListMessageMoveTasks");
  }
  cloud::Async<cloud::CancelMessageMoveTaskResult> CancelMessageMoveTask(
      cloud::CancelMessageMoveTaskRequest) override {
    throw std::logic_error("CancelMessageMoveTask");
  }
};

// Objects by bucket and key. May be used from any thread once it has been filled.
class FakeS3 : public UnusedS3 {
 public:
  void put(const std::string& bucket, const std::string& key, std::string body) {
    const std::string etag = "\"" + std::to_string(std::hash<std::string>()(body)) + "\"";
    cloud::GetObjectResult object;
    object.ETag = etag;
    object.Body = std::move(body);
    objects_[{bucket, key}] = std::move(object);
  }
  void remove(const std::string& bucket, const std::string& key) { objects_.erase({bucket, key}); }

  // Until it is empty again, GetObject of this key answers with an internal error.
  std::string broken_key;

  cloud::Async<cloud::GetObjectResult> GetObject(cloud::GetObjectRequest request) override {
    if (request.Key == broken_key) throw cloud::Error("InternalError", "try again", 500);
    const auto found = objects_.find({request.Bucket, request.Key});
    if (found == objects_.end()) throw cloud::Error("NoSuchKey", request.Key, 404);
    co_return found->second;
  }

 private:
  std::map<std::pair<std::string, std::string>, cloud::GetObjectResult> objects_;
};

// Remembers what it was asked. May be used from any thread.
class FakeSqs : public UnusedSqs {
 public:
  cloud::Async<cloud::GetQueueUrlResult> GetQueueUrl(cloud::GetQueueUrlRequest request) override {
    const std::lock_guard held(mutex_);
    ++url_requests;
    if (unreachable) throw cloud::Error("ServiceUnavailable", "", 503);
    cloud::GetQueueUrlResult result;
    result.QueueUrl = "http://sqs/" + request.QueueName;
    co_return result;
  }

  cloud::Async<cloud::ChangeMessageVisibilityBatchResult> ChangeMessageVisibilityBatch(
      cloud::ChangeMessageVisibilityBatchRequest request) override {
    const std::lock_guard held(mutex_);
    visibility_requests.push_back(std::move(request));
    co_return cloud::ChangeMessageVisibilityBatchResult();
  }

  bool unreachable = false;
  int url_requests = 0;
  std::vector<cloud::ChangeMessageVisibilityBatchRequest> visibility_requests;

 private:
  std::mutex mutex_;
};

}  // namespace doorbuster::functions
