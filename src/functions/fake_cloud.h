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
#include "cloud/sns.h"
#include "cloud/sqs.h"
#include "cloud/step_functions.h"

namespace doorbuster::functions {

// Objects by bucket and key. May be used from any thread once it has been filled.
class FakeS3 : public cloud::S3 {
 public:
  void put(const std::string& bucket, const std::string& key, std::string body) {
    const std::string etag = "\"" + std::to_string(std::hash<std::string>()(body)) + "\"";
    cloud::GetObjectResult object;
    object.ETag = etag;
    object.Body.bytes = std::move(body);
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
class FakeSqs : public cloud::Sqs {
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

// Remembers what was published.
class FakeSns : public cloud::Sns {
 public:
  cloud::Async<cloud::PublishResult> Publish(cloud::PublishRequest request) override {
    publications.push_back(std::move(request));
    cloud::PublishResult result;
    result.MessageId = "m" + std::to_string(publications.size());
    co_return result;
  }

  std::vector<cloud::PublishRequest> publications;
};

// Remembers the executions that were started, which have all ended at once. May be used from any
// thread.
class FakeStepFunctions : public cloud::StepFunctions {
 public:
  cloud::Async<cloud::StartExecutionOutput> StartExecution(
      cloud::StartExecutionInput request) override {
    const std::lock_guard held(mutex_);
    if (!failure.empty()) throw cloud::Error(failure, "no");
    const std::string arn =
        "arn:aws:states:us-east-1:000000000000:execution:Orders:" + request.name;
    if (!inputs.try_emplace(arn, request.input.value_or("{}")).second) {
      throw cloud::Error("ExecutionAlreadyExists", "Execution Already Exists: '" + arn + "'");
    }
    cloud::StartExecutionOutput result;
    result.executionArn = arn;
    co_return result;
  }

  cloud::Async<cloud::DescribeExecutionOutput> DescribeExecution(
      cloud::DescribeExecutionInput request) override {
    const std::lock_guard held(mutex_);
    cloud::DescribeExecutionOutput result;
    result.input = inputs.at(request.executionArn);
    co_return result;
  }

  std::string failure;                        // the code of the error that each start fails with
  std::map<std::string, std::string> inputs;  // by the execution's ARN

 private:
  std::mutex mutex_;
};

}  // namespace doorbuster::functions
