// Amazon S3 for one caller. What it does to buckets, to objects and to uploads by parts is in a
// file each: s3_bucket_service.cc, s3_service.cc, s3_multipart_service.cc.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cloud/caller.h"
#include "cloud/s3.h"
#include "engine/body_upload.h"
#include "engine/engine.h"

namespace doorbuster::engine {

class S3Service final : public cloud::S3 {
  template <class T>
  using Async = cloud::Async<T>;

 public:
  S3Service(Engine& engine, cloud::Caller caller) : engine_(engine), caller_(std::move(caller)) {}

  Async<void> CreateBucket(cloud::CreateBucketRequest request) override;
  Async<void> DeleteBucket(cloud::DeleteBucketRequest request) override;
  Async<cloud::HeadBucketResult> HeadBucket(cloud::HeadBucketRequest request) override;
  Async<cloud::ListBucketsResult> ListBuckets(cloud::ListBucketsRequest request) override;
  Async<cloud::GetBucketLocationResult> GetBucketLocation(
      cloud::GetBucketLocationRequest request) override;
  Async<cloud::GetBucketVersioningResult> GetBucketVersioning(
      cloud::GetBucketVersioningRequest request) override;
  Async<void> PutBucketTagging(cloud::PutBucketTaggingRequest request) override;
  Async<cloud::GetBucketTaggingResult> GetBucketTagging(
      cloud::GetBucketTaggingRequest request) override;
  Async<void> DeleteBucketTagging(cloud::DeleteBucketTaggingRequest request) override;
  Async<void> PutBucketPolicy(cloud::PutBucketPolicyRequest request) override;
  Async<cloud::GetBucketPolicyResult> GetBucketPolicy(
      cloud::GetBucketPolicyRequest request) override;
  Async<void> DeleteBucketPolicy(cloud::DeleteBucketPolicyRequest request) override;
  Async<void> PutBucketCors(cloud::PutBucketCorsRequest request) override;
  Async<cloud::CORSConfiguration> GetBucketCors(cloud::GetBucketCorsRequest request) override;
  Async<void> DeleteBucketCors(cloud::DeleteBucketCorsRequest request) override;
  Async<cloud::OptionsObjectResult> OptionsObject(cloud::OptionsObjectRequest request) override;
  Async<void> PutBucketNotificationConfiguration(
      cloud::PutBucketNotificationConfigurationRequest request) override;
  Async<cloud::NotificationConfiguration> GetBucketNotificationConfiguration(
      cloud::GetBucketNotificationConfigurationRequest request) override;

  Async<cloud::PutObjectResult> PutObject(cloud::PutObjectRequest request) override;
  Async<cloud::GetObjectResult> GetObject(cloud::GetObjectRequest request) override;
  Async<cloud::HeadObjectResult> HeadObject(cloud::HeadObjectRequest request) override;
  Async<void> DeleteObject(cloud::DeleteObjectRequest request) override;
  Async<cloud::DeleteObjectsResult> DeleteObjects(cloud::DeleteObjectsRequest request) override;
  Async<cloud::CopyObjectResult> CopyObject(cloud::CopyObjectRequest request) override;
  Async<cloud::ListObjectsResult> ListObjects(cloud::ListObjectsRequest request) override;
  Async<cloud::ListObjectsV2Result> ListObjectsV2(cloud::ListObjectsV2Request request) override;
  Async<void> PutObjectTagging(cloud::PutObjectTaggingRequest request) override;
  Async<cloud::GetObjectTaggingResult> GetObjectTagging(
      cloud::GetObjectTaggingRequest request) override;
  Async<void> DeleteObjectTagging(cloud::DeleteObjectTaggingRequest request) override;

  Async<cloud::CreateMultipartUploadResult> CreateMultipartUpload(
      cloud::CreateMultipartUploadRequest request) override;
  Async<cloud::UploadPartResult> UploadPart(cloud::UploadPartRequest request) override;
  Async<cloud::UploadPartCopyResult> UploadPartCopy(cloud::UploadPartCopyRequest request) override;
  Async<cloud::CompleteMultipartUploadResult> CompleteMultipartUpload(
      cloud::CompleteMultipartUploadRequest request) override;
  Async<void> AbortMultipartUpload(cloud::AbortMultipartUploadRequest request) override;
  Async<cloud::ListPartsResult> ListParts(cloud::ListPartsRequest request) override;
  Async<cloud::ListMultipartUploadsResult> ListMultipartUploads(
      cloud::ListMultipartUploadsRequest request) override;

 private:
  // An object that is being read: as the snapshot has it, if its body is larger than a chunk.
  struct Found {
    ObjectRecord record;
    std::shared_ptr<const Store::Snapshot> snapshot;
  };

  // Throw AccessDenied. `action` is without "s3:"; without a key, it is done to the bucket.
  void allow(const Bucket& bucket, std::string_view action, std::string_view key = {}) const;
  // As acknowledged. Throw NoSuchBucket and AccessDenied.
  std::shared_ptr<const Bucket> known(const std::string& bucket, std::string_view action,
                                      std::string_view key = {}) const;
  cloud::Owner owner_of(const Bucket& bucket) const;
  // On the writer: throw the same.
  const Bucket& bucket(const Machine& machine, const std::string& name, std::string_view action,
                       std::string_view key = {}) const;
  // Whoever made the bucket can always get at its policy, whatever that says.
  bool may_change_policy(const Bucket& bucket) const;

  // Throws NoSuchKey, or AccessDenied if the caller is not to know whether there is such a key.
  Found find(const Bucket& bucket, const std::string& key) const;
  std::optional<cloud::Body> body_of(const Found& found, ByteRange range) const;
  cloud::GetObjectResult get(const cloud::GetObjectRequest& request, bool with_body) const;
  Found copy_source(const cloud::CopySource& source) const;
  cloud::Body source_body(const cloud::CopySource& source, Found* found,
                          std::string_view range) const;

  // As MultipartUploads has it.
  Async<std::string> checksum_algorithm(std::string bucket_name, std::string key,
                                        std::string upload_id);

  // What is put: read to its end, in constant memory.
  Async<UploadedBody> take(cloud::Body body, std::optional<std::uint64_t> announced,
                           std::string bucket, std::string key);

  Engine& engine_;
  const cloud::Caller caller_;
};

// In quotation marks.
inline std::string etag_of(const UploadedBody& body) {
  return '"' + hex(body.digest) + '"';
}

}  // namespace doorbuster::engine
