// What S3 does to buckets.
#include "cloud/error.h"
#include "engine/access.h"
#include "engine/cors.h"
#include "engine/s3_rules.h"
#include "engine/s3_service.h"

namespace doorbuster::engine {

using cloud::Error;

namespace {

Error access_denied() {
  return {"AccessDenied", "Access Denied", 403};
}

}  // namespace

// --- Access -----------------------------------------------------------------------------------

void S3Service::allow(const Bucket& bucket, std::string_view action, std::string_view key) const {
  if (bucket.policy.empty()) {
    if (!permitted(caller_, bucket.account, bucket.policy, {}, {})) throw access_denied();
    return;
  }
  std::string resource = "arn:aws:s3:::" + bucket.name;
  if (!key.empty()) resource.append("/").append(key);
  const std::string name = "s3:" + std::string(action);
  if (!permitted(caller_, bucket.account, bucket.policy, name, resource)) throw access_denied();
}

std::shared_ptr<const Bucket> S3Service::known(const std::string& name, std::string_view action,
                                               std::string_view key) const {
  auto bucket = engine_.machine().buckets.known(name);
  allow(*bucket, action, key);
  return bucket;
}

const Bucket& S3Service::bucket(const Machine& machine, const std::string& name,
                                std::string_view action, std::string_view key) const {
  const Bucket& bucket = machine.buckets.bucket(name);
  allow(bucket, action, key);
  return bucket;
}

cloud::Owner S3Service::owner_of(const Bucket& bucket) const {
  return {sha256(bucket.account), ""};
}

bool S3Service::may_change_policy(const Bucket& bucket) const {
  return !caller_.anonymous && caller_.arn.empty() && caller_.scope.account == bucket.account;
}

// --- Buckets ----------------------------------------------------------------------------------

cloud::Async<void> S3Service::CreateBucket(cloud::CreateBucketRequest request) {
  if (caller_.anonymous) throw access_denied();
  auto op = [this, request = std::move(request)](Machine& m, Turn& turn) {
    m.buckets.create(turn, caller_.scope, request);
  };
  co_await engine_.call<Done>(std::move(op));
}

cloud::Async<void> S3Service::DeleteBucket(cloud::DeleteBucketRequest request) {
  return engine_.call<Done>([this, request = std::move(request)](Machine& m, Turn& turn) {
    const Bucket& gone = bucket(m, request.Bucket, "DeleteBucket");
    if (!m.objects.empty(turn, gone)) {
      throw Error("BucketNotEmpty", "The bucket you tried to delete is not empty", 409);
    }
    m.multipart_uploads.abort_all(turn, gone);
    m.buckets.destroy(turn, request.Bucket);
  });
}

cloud::Async<cloud::HeadBucketResult> S3Service::HeadBucket(cloud::HeadBucketRequest request) {
  co_return cloud::HeadBucketResult{known(request.Bucket, "ListBucket")->region};
}

cloud::Async<cloud::ListBucketsResult> S3Service::ListBuckets(cloud::ListBucketsRequest request) {
  if (caller_.anonymous) throw access_denied();
  auto result = engine_.machine().buckets.list(caller_.scope.account, request);
  result.Owner.ID = sha256(caller_.scope.account);
  co_return result;
}

cloud::Async<cloud::GetBucketLocationResult> S3Service::GetBucketLocation(
    cloud::GetBucketLocationRequest request) {
  const auto there = known(request.Bucket, "GetBucketLocation");
  cloud::GetBucketLocationResult result;
  if (there->region != "us-east-1") result.LocationConstraint = there->region;
  co_return result;
}

cloud::Async<cloud::GetBucketVersioningResult> S3Service::GetBucketVersioning(
    cloud::GetBucketVersioningRequest request) {
  known(request.Bucket, "GetBucketVersioning");
  co_return cloud::GetBucketVersioningResult();
}

// --- Tags -------------------------------------------------------------------------------------

cloud::Async<void> S3Service::PutBucketTagging(cloud::PutBucketTaggingRequest request) {
  check_tags(request.TagSet, kBucketTagsMax);
  auto op = [this, request = std::move(request)](Machine& m, Turn& turn) {
    bucket(m, request.Bucket, "PutBucketTagging");
    m.buckets.modify(turn, request.Bucket, [&](Bucket& b) { b.tags = request.TagSet; });
  };
  co_await engine_.call<Done>(std::move(op));
}

cloud::Async<cloud::GetBucketTaggingResult> S3Service::GetBucketTagging(
    cloud::GetBucketTaggingRequest request) {
  const auto there = known(request.Bucket, "GetBucketTagging");
  if (there->tags.empty()) throw Error("NoSuchTagSet", "The TagSet does not exist", 404);
  co_return cloud::GetBucketTaggingResult{there->tags};
}

cloud::Async<void> S3Service::DeleteBucketTagging(cloud::DeleteBucketTaggingRequest request) {
  return engine_.call<Done>([this, request = std::move(request)](Machine& m, Turn& turn) {
    bucket(m, request.Bucket, "PutBucketTagging");
    m.buckets.modify(turn, request.Bucket, [](Bucket& b) { b.tags.clear(); });
  });
}

// --- Policy -----------------------------------------------------------------------------------

cloud::Async<void> S3Service::PutBucketPolicy(cloud::PutBucketPolicyRequest request) {
  if (request.Policy.empty() || request.Policy.front() != '{') {
    throw Error("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'");
  }
  auto op = [this, request = std::move(request)](Machine& m, Turn& turn) {
    const Bucket& there = m.buckets.bucket(request.Bucket);
    if (!may_change_policy(there)) allow(there, "PutBucketPolicy");
    m.buckets.set_policy(turn, request.Bucket, request.Policy);
  };
  co_await engine_.call<Done>(std::move(op));
}

cloud::Async<cloud::GetBucketPolicyResult> S3Service::GetBucketPolicy(
    cloud::GetBucketPolicyRequest request) {
  const auto there = engine_.machine().buckets.known(request.Bucket);
  if (!may_change_policy(*there)) allow(*there, "GetBucketPolicy");
  if (there->policy.empty()) {
    throw Error("NoSuchBucketPolicy", "The bucket policy does not exist", 404);
  }
  co_return cloud::GetBucketPolicyResult{there->policy_text};
}

cloud::Async<void> S3Service::DeleteBucketPolicy(cloud::DeleteBucketPolicyRequest request) {
  return engine_.call<Done>([this, request = std::move(request)](Machine& m, Turn& turn) {
    const Bucket& there = m.buckets.bucket(request.Bucket);
    if (!may_change_policy(there)) allow(there, "DeleteBucketPolicy");
    m.buckets.set_policy(turn, request.Bucket, "");
  });
}

// --- Cross-origin requests --------------------------------------------------------------------

cloud::Async<void> S3Service::PutBucketCors(cloud::PutBucketCorsRequest request) {
  check_cors(request.CORSConfiguration);
  auto op = [this, request = std::move(request)](Machine& m, Turn& turn) {
    bucket(m, request.Bucket, "PutBucketCORS");
    m.buckets.modify(turn, request.Bucket, [&](Bucket& b) { b.cors = request.CORSConfiguration; });
  };
  co_await engine_.call<Done>(std::move(op));
}

cloud::Async<cloud::CORSConfiguration> S3Service::GetBucketCors(
    cloud::GetBucketCorsRequest request) {
  const auto there = known(request.Bucket, "GetBucketCORS");
  if (there->cors.CORSRules.empty()) {
    throw Error("NoSuchCORSConfiguration", "The CORS configuration does not exist", 404);
  }
  co_return there->cors;
}

cloud::Async<void> S3Service::DeleteBucketCors(cloud::DeleteBucketCorsRequest request) {
  return engine_.call<Done>([this, request = std::move(request)](Machine& m, Turn& turn) {
    bucket(m, request.Bucket, "PutBucketCORS");
    m.buckets.modify(turn, request.Bucket, [](Bucket& b) { b.cors = {}; });
  });
}

cloud::Async<cloud::OptionsObjectResult> S3Service::OptionsObject(
    cloud::OptionsObjectRequest request) {
  const auto there = engine_.machine().buckets.known(request.Bucket);
  if (there->cors.CORSRules.empty()) {
    throw Error("AccessForbidden", "CORSResponse: CORS is not enabled for this bucket.", 403);
  }
  if (auto answer = evaluate(there->cors, request)) co_return *answer;
  throw Error("AccessForbidden",
              "CORSResponse: This CORS request is not allowed. This is usually because the "
              "evalution of Origin, request method / Access-Control-Request-Method or "
              "Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
              403);
}

// --- Notifications ----------------------------------------------------------------------------

cloud::Async<void> S3Service::PutBucketNotificationConfiguration(
    cloud::PutBucketNotificationConfigurationRequest request) {
  return engine_.call<Done>([this, request = std::move(request)](Machine& m, Turn& turn) {
    const Bucket& from = bucket(m, request.Bucket, "PutBucketNotification");
    m.notifications.validate(from, request.Configuration, request.SkipDestinationValidation);
    m.buckets.set_notification(turn, request.Bucket, request.Configuration);
    m.notifications.send_test(turn, m.buckets.bucket(request.Bucket));
  });
}

cloud::Async<cloud::NotificationConfiguration> S3Service::GetBucketNotificationConfiguration(
    cloud::GetBucketNotificationConfigurationRequest request) {
  co_return known(request.Bucket, "GetBucketNotification")->notification;
}

}  // namespace doorbuster::engine
