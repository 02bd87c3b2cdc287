// Amazon S3.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cloud/async.h"
#include "cloud/error.h"

namespace doorbuster::cloud {

struct CreateBucketRequest {
  std::string Bucket;
};
struct DeleteBucketRequest {
  std::string Bucket;
};
struct HeadBucketRequest {
  std::string Bucket;
};

struct Bucket {
  std::string Name;
  Time CreationDate{};
};
struct ListBucketsResult {
  std::vector<Bucket> Buckets;
};

struct PutObjectRequest {
  std::string Bucket;
  std::string Key;
  std::string Body;
  std::string ContentType;
  std::map<std::string, std::string> Metadata;
};
// ETag includes its quotation marks, as the header does.
struct PutObjectResult {
  std::string ETag;
};

struct HeadObjectRequest {
  std::string Bucket;
  std::string Key;
};
struct HeadObjectResult {
  std::uint64_t ContentLength = 0;
  std::string ContentType;
  std::string ETag;
  Time LastModified{};
  std::map<std::string, std::string> Metadata;
};

struct GetObjectRequest {
  std::string Bucket;
  std::string Key;
};
struct GetObjectResult : HeadObjectResult {
  std::string Body;
};

struct DeleteObjectRequest {
  std::string Bucket;
  std::string Key;
};

struct Object {
  std::string Key;
  Time LastModified{};
  std::string ETag;
  std::uint64_t Size = 0;
};
struct ListObjectsV2Request {
  std::string Bucket;
  std::string Prefix;
  std::string Delimiter;
  std::string StartAfter;
  std::string ContinuationToken;
  int MaxKeys = 1000;
};
struct ListObjectsV2Result {
  std::vector<Object> Contents;
  std::vector<std::string> CommonPrefixes;
  bool IsTruncated = false;
  std::string NextContinuationToken;
  int KeyCount = 0;
};

// Where the events of a bucket go: a topic, a queue or a function, by its ARN. The filters are on
// the object's key; an empty one lets every key pass.
struct NotificationDestination {
  std::string Id;
  std::string Arn;
  std::vector<std::string> Events;
  std::string FilterPrefix;
  std::string FilterSuffix;
};
struct NotificationConfiguration {
  std::vector<NotificationDestination> TopicConfigurations;
  std::vector<NotificationDestination> QueueConfigurations;
  std::vector<NotificationDestination> LambdaFunctionConfigurations;
};
struct PutBucketNotificationConfigurationRequest {
  std::string Bucket;
  NotificationConfiguration Configuration;
  bool SkipDestinationValidation = false;
};
struct GetBucketNotificationConfigurationRequest {
  std::string Bucket;
};

// May be called from any thread. The service outlives the operations that are under way.
class S3 {
 public:
  virtual ~S3() = default;

  virtual Async<void> CreateBucket(CreateBucketRequest) {
    return not_implemented<void>("CreateBucket");
  }
  virtual Async<void> DeleteBucket(DeleteBucketRequest) {
    return not_implemented<void>("DeleteBucket");
  }
  virtual Async<void> HeadBucket(HeadBucketRequest) { return not_implemented<void>("HeadBucket"); }
  virtual Async<ListBucketsResult> ListBuckets() {
    return not_implemented<ListBucketsResult>("ListBuckets");
  }
  virtual Async<PutObjectResult> PutObject(PutObjectRequest) {
    return not_implemented<PutObjectResult>("PutObject");
  }
  virtual Async<GetObjectResult> GetObject(GetObjectRequest) {
    return not_implemented<GetObjectResult>("GetObject");
  }
  virtual Async<HeadObjectResult> HeadObject(HeadObjectRequest) {
    return not_implemented<HeadObjectResult>("HeadObject");
  }
  virtual Async<void> DeleteObject(DeleteObjectRequest) {
    return not_implemented<void>("DeleteObject");
  }
  virtual Async<ListObjectsV2Result> ListObjectsV2(ListObjectsV2Request) {
    return not_implemented<ListObjectsV2Result>("ListObjectsV2");
  }
  virtual Async<void> PutBucketNotificationConfiguration(
      PutBucketNotificationConfigurationRequest) {
    return not_implemented<void>("PutBucketNotificationConfiguration");
  }
  virtual Async<NotificationConfiguration> GetBucketNotificationConfiguration(
      GetBucketNotificationConfigurationRequest) {
    return not_implemented<NotificationConfiguration>("GetBucketNotificationConfiguration");
  }
};

}  // namespace doorbuster::cloud
