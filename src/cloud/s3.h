// Amazon S3.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
#pragma once

#include "cloud/async.h"
#include "cloud/error.h"
#include "cloud/s3_bucket.h"
#include "cloud/s3_multipart.h"
#include "cloud/s3_object.h"

namespace doorbuster::cloud {

// May be called from any thread. The service outlives the operations that are under way.
//
// What a condition forbids is answered with an Error too: PreconditionFailed (412) and, for reads,
// NotModified (304).
class S3 {
 public:
  virtual ~S3() = default;

  virtual Async<void> CreateBucket(CreateBucketRequest) {
    return not_implemented<void>("CreateBucket");
  }
  virtual Async<void> DeleteBucket(DeleteBucketRequest) {
    return not_implemented<void>("DeleteBucket");
  }
  virtual Async<HeadBucketResult> HeadBucket(HeadBucketRequest) {
    return not_implemented<HeadBucketResult>("HeadBucket");
  }
  virtual Async<ListBucketsResult> ListBuckets(ListBucketsRequest) {
    return not_implemented<ListBucketsResult>("ListBuckets");
  }
  virtual Async<GetBucketLocationResult> GetBucketLocation(GetBucketLocationRequest) {
    return not_implemented<GetBucketLocationResult>("GetBucketLocation");
  }
  virtual Async<GetBucketVersioningResult> GetBucketVersioning(GetBucketVersioningRequest) {
    return not_implemented<GetBucketVersioningResult>("GetBucketVersioning");
  }
  virtual Async<void> PutBucketTagging(PutBucketTaggingRequest) {
    return not_implemented<void>("PutBucketTagging");
  }
  virtual Async<GetBucketTaggingResult> GetBucketTagging(GetBucketTaggingRequest) {
    return not_implemented<GetBucketTaggingResult>("GetBucketTagging");
  }
  virtual Async<void> DeleteBucketTagging(DeleteBucketTaggingRequest) {
    return not_implemented<void>("DeleteBucketTagging");
  }
  virtual Async<void> PutBucketPolicy(PutBucketPolicyRequest) {
    return not_implemented<void>("PutBucketPolicy");
  }
  virtual Async<GetBucketPolicyResult> GetBucketPolicy(GetBucketPolicyRequest) {
    return not_implemented<GetBucketPolicyResult>("GetBucketPolicy");
  }
  virtual Async<void> DeleteBucketPolicy(DeleteBucketPolicyRequest) {
    return not_implemented<void>("DeleteBucketPolicy");
  }
  virtual Async<void> PutBucketCors(PutBucketCorsRequest) {
    return not_implemented<void>("PutBucketCors");
  }
  virtual Async<CORSConfiguration> GetBucketCors(GetBucketCorsRequest) {
    return not_implemented<CORSConfiguration>("GetBucketCors");
  }
  virtual Async<void> DeleteBucketCors(DeleteBucketCorsRequest) {
    return not_implemented<void>("DeleteBucketCors");
  }
  // Asked by nobody in particular: needs no permission. Throws AccessForbidden (403) if no rule of
  // the bucket allows it.
  virtual Async<OptionsObjectResult> OptionsObject(OptionsObjectRequest) {
    return not_implemented<OptionsObjectResult>("OptionsObject");
  }
  virtual Async<void> PutBucketNotificationConfiguration(
      PutBucketNotificationConfigurationRequest) {
    return not_implemented<void>("PutBucketNotificationConfiguration");
  }
  virtual Async<NotificationConfiguration> GetBucketNotificationConfiguration(
      GetBucketNotificationConfigurationRequest) {
    return not_implemented<NotificationConfiguration>("GetBucketNotificationConfiguration");
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
  virtual Async<DeleteObjectsResult> DeleteObjects(DeleteObjectsRequest) {
    return not_implemented<DeleteObjectsResult>("DeleteObjects");
  }
  virtual Async<CopyObjectResult> CopyObject(CopyObjectRequest) {
    return not_implemented<CopyObjectResult>("CopyObject");
  }
  virtual Async<ListObjectsResult> ListObjects(ListObjectsRequest) {
    return not_implemented<ListObjectsResult>("ListObjects");
  }
  virtual Async<ListObjectsV2Result> ListObjectsV2(ListObjectsV2Request) {
    return not_implemented<ListObjectsV2Result>("ListObjectsV2");
  }
  virtual Async<void> PutObjectTagging(PutObjectTaggingRequest) {
    return not_implemented<void>("PutObjectTagging");
  }
  virtual Async<GetObjectTaggingResult> GetObjectTagging(GetObjectTaggingRequest) {
    return not_implemented<GetObjectTaggingResult>("GetObjectTagging");
  }
  virtual Async<void> DeleteObjectTagging(DeleteObjectTaggingRequest) {
    return not_implemented<void>("DeleteObjectTagging");
  }

  virtual Async<CreateMultipartUploadResult> CreateMultipartUpload(CreateMultipartUploadRequest) {
    return not_implemented<CreateMultipartUploadResult>("CreateMultipartUpload");
  }
  virtual Async<UploadPartResult> UploadPart(UploadPartRequest) {
    return not_implemented<UploadPartResult>("UploadPart");
  }
  virtual Async<UploadPartCopyResult> UploadPartCopy(UploadPartCopyRequest) {
    return not_implemented<UploadPartCopyResult>("UploadPartCopy");
  }
  virtual Async<CompleteMultipartUploadResult> CompleteMultipartUpload(
      CompleteMultipartUploadRequest) {
    return not_implemented<CompleteMultipartUploadResult>("CompleteMultipartUpload");
  }
  virtual Async<void> AbortMultipartUpload(AbortMultipartUploadRequest) {
    return not_implemented<void>("AbortMultipartUpload");
  }
  virtual Async<ListPartsResult> ListParts(ListPartsRequest) {
    return not_implemented<ListPartsResult>("ListParts");
  }
  virtual Async<ListMultipartUploadsResult> ListMultipartUploads(ListMultipartUploadsRequest) {
    return not_implemented<ListMultipartUploadsResult>("ListMultipartUploads");
  }
};

}  // namespace doorbuster::cloud
