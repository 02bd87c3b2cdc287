// Amazon S3: what is asked of buckets and answered about them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cloud/async.h"
#include "cloud/tag.h"

namespace doorbuster::cloud {

struct Owner {
  std::string ID;
  std::string DisplayName;
};

struct CreateBucketRequest {
  std::string Bucket;
  std::string LocationConstraint;  // empty: us-east-1
};
// Of all operations that need to be told no more: DeleteBucket, GetBucketLocation, GetBucketCors...
struct BucketRequest {
  std::string Bucket;
};
using DeleteBucketRequest = BucketRequest;
using HeadBucketRequest = BucketRequest;
using GetBucketLocationRequest = BucketRequest;
using GetBucketVersioningRequest = BucketRequest;
using GetBucketTaggingRequest = BucketRequest;
using DeleteBucketTaggingRequest = BucketRequest;
using GetBucketCorsRequest = BucketRequest;
using DeleteBucketCorsRequest = BucketRequest;
using GetBucketPolicyRequest = BucketRequest;
using DeleteBucketPolicyRequest = BucketRequest;
using GetBucketNotificationConfigurationRequest = BucketRequest;

struct HeadBucketResult {
  std::string BucketRegion;
};
struct GetBucketLocationResult {
  std::string LocationConstraint;  // empty: us-east-1
};
struct GetBucketVersioningResult {
  std::string Status;  // empty: versioning was never enabled
};

struct Bucket {
  std::string Name;
  Time CreationDate{};
  std::string BucketRegion;
};
struct ListBucketsRequest {
  std::string Prefix;
  std::optional<int> MaxBuckets;  // all if not given
  std::string ContinuationToken;
  std::string BucketRegion;  // only those of this region, if given
};
struct ListBucketsResult {
  std::vector<Bucket> Buckets;
  cloud::Owner Owner;
  std::string Prefix;
  std::string ContinuationToken;  // of the next page; empty: there is none
};

struct PutBucketTaggingRequest {
  std::string Bucket;
  std::vector<Tag> TagSet;
};
struct GetBucketTaggingResult {
  std::vector<Tag> TagSet;
};

struct PutBucketPolicyRequest {
  std::string Bucket;
  std::string Policy;  // JSON
};
struct GetBucketPolicyResult {
  std::string Policy;  // as it was put
};

// Which pages of other origins may read the answers to their requests.
struct CORSRule {
  std::string ID;
  std::vector<std::string> AllowedHeaders;
  std::vector<std::string> AllowedMethods;
  std::vector<std::string> AllowedOrigins;
  std::vector<std::string> ExposeHeaders;
  std::optional<int> MaxAgeSeconds;
};
struct CORSConfiguration {
  std::vector<CORSRule> CORSRules;
};
struct PutBucketCorsRequest {
  std::string Bucket;
  cloud::CORSConfiguration CORSConfiguration;
};
// A preflight (an OPTIONS request, whose Access-Control-Request-* are these), or what a request
// with an Origin has to be answered beside its own answer: Method is its own then, and there are no
// Headers.
struct OptionsObjectRequest {
  std::string Bucket;
  std::string Origin;
  std::string Method;
  std::vector<std::string> Headers;
};
// What the Access-Control-* headers of the answer say.
struct OptionsObjectResult {
  std::string AllowOrigin;  // the request's, or "*"
  std::vector<std::string> AllowMethods;
  std::vector<std::string> AllowHeaders;  // the request's
  std::vector<std::string> ExposeHeaders;
  std::optional<int> MaxAgeSeconds;
  bool AllowCredentials = false;
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

}  // namespace doorbuster::cloud
