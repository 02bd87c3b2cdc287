// What S3 does to objects that are uploaded by parts.
#include "cloud/error.h"
#include "engine/read_store.h"
#include "engine/s3_rules.h"
#include "engine/s3_service.h"
#include "engine/summed_body.h"

namespace doorbuster::engine {

cloud::Async<cloud::CreateMultipartUploadResult> S3Service::CreateMultipartUpload(
    cloud::CreateMultipartUploadRequest request) {
  check_key(request.Key);
  check_metadata(request.Metadata);
  check_storage_class(request.StorageClass);
  check_tags(request.Tagging, kObjectTagsMax);
  if (request.Headers.ContentType.empty()) request.Headers.ContentType = "binary/octet-stream";
  auto op = [this, request = std::move(request)](Machine& m, Turn& turn) {
    const Bucket& in = bucket(m, request.Bucket, "PutObject", request.Key);
    if (!request.Tagging.empty()) allow(in, "PutObjectTagging", request.Key);
    return m.multipart_uploads.create(turn, in, request);
  };
  co_return co_await engine_.call<cloud::CreateMultipartUploadResult>(std::move(op));
}

cloud::Async<std::string> S3Service::checksum_algorithm(std::string bucket_name, std::string key,
                                                        std::string upload_id) {
  auto op = [this, bucket_name, key, upload_id](Machine& m, Turn&) {
    const Bucket& in = bucket(m, bucket_name, "PutObject", key);
    return m.multipart_uploads.checksum_algorithm(in, key, upload_id);
  };
  co_return co_await engine_.call<std::string>(std::move(op));
}

cloud::Async<cloud::UploadPartResult> S3Service::UploadPart(cloud::UploadPartRequest request) {
  check_part_number(request.PartNumber);
  const std::string algorithm =
      co_await checksum_algorithm(request.Bucket, request.Key, request.UploadId);
  SummedBody summed(std::move(request.Body), algorithm, request.Checksum);
  cloud::Body part = summed.body();
  UploadedBody body =
      co_await take(std::move(part), request.ContentLength, request.Bucket, request.Key);
  cloud::UploadPartResult result;
  result.ETag = etag_of(body);
  result.Checksum = announced(request.Checksum, request.Trailer);
  summed.add_to(result.Checksum);
  const auto written = body.written;
  auto op = [this, request = std::move(request), body = std::move(body), etag = result.ETag,
             checksum = result.Checksum](Machine& m, Turn& turn) {
    const Bucket& in = bucket(m, request.Bucket, "PutObject", request.Key);
    m.multipart_uploads.require(in, request.Key, request.UploadId);
    m.multipart_uploads.put_part(turn, request.UploadId,
                                 {request.PartNumber, etag, keep(m, turn, body), checksum});
  };
  co_await commit<Done>(engine_, written, std::move(op));
  co_return result;
}

cloud::Async<cloud::UploadPartCopyResult> S3Service::UploadPartCopy(
    cloud::UploadPartCopyRequest request) {
  check_part_number(request.PartNumber);
  Found found;
  cloud::Body source =
      read_store([&] { return source_body(request.CopySource, &found, request.CopySourceRange); });
  const std::string algorithm =
      co_await checksum_algorithm(request.Bucket, request.Key, request.UploadId);
  SummedBody summed(std::move(source), algorithm, {});
  source = summed.body();
  UploadedBody body = co_await take(std::move(source), std::nullopt, request.Bucket, request.Key);
  cloud::UploadPartCopyResult result;
  result.ETag = etag_of(body);
  summed.add_to(result.Checksum);
  const auto written = body.written;
  auto op = [this, request = std::move(request), body = std::move(body), etag = result.ETag,
             checksum = result.Checksum](Machine& m, Turn& turn) {
    const Bucket& in = bucket(m, request.Bucket, "PutObject", request.Key);
    m.multipart_uploads.require(in, request.Key, request.UploadId);
    m.multipart_uploads.put_part(turn, request.UploadId,
                                 {request.PartNumber, etag, keep(m, turn, body), checksum});
    return turn.now;
  };
  result.LastModified = co_await commit<cloud::Time>(engine_, written, std::move(op));
  co_return result;
}

cloud::Async<cloud::CompleteMultipartUploadResult> S3Service::CompleteMultipartUpload(
    cloud::CompleteMultipartUploadRequest request) {
  auto op = [this, request = std::move(request)](Machine& m, Turn& turn) {
    const Bucket& in = bucket(m, request.Bucket, "PutObject", request.Key);
    return m.multipart_uploads.complete(turn, in, request);
  };
  return engine_.call<cloud::CompleteMultipartUploadResult>(std::move(op));
}

cloud::Async<void> S3Service::AbortMultipartUpload(cloud::AbortMultipartUploadRequest request) {
  return engine_.call<Done>([this, request = std::move(request)](Machine& m, Turn& turn) {
    const Bucket& in = bucket(m, request.Bucket, "AbortMultipartUpload", request.Key);
    m.multipart_uploads.abort(turn, in, request);
  });
}

cloud::Async<cloud::ListPartsResult> S3Service::ListParts(cloud::ListPartsRequest request) {
  auto op = [this, request = std::move(request)](Machine& m, Turn&) {
    const Bucket& in = bucket(m, request.Bucket, "ListMultipartUploadParts", request.Key);
    auto result = m.multipart_uploads.list_parts(in, request);
    result.Owner = owner_of(in);
    return result;
  };
  return engine_.call<cloud::ListPartsResult>(std::move(op));
}

cloud::Async<cloud::ListMultipartUploadsResult> S3Service::ListMultipartUploads(
    cloud::ListMultipartUploadsRequest request) {
  auto op = [this, request = std::move(request)](Machine& m, Turn&) {
    const Bucket& in = bucket(m, request.Bucket, "ListBucketMultipartUploads");
    auto result = m.multipart_uploads.list(in, request);
    for (auto& entry : result.Uploads) entry.Owner = owner_of(in);
    return result;
  };
  return engine_.call<cloud::ListMultipartUploadsResult>(std::move(op));
}

}  // namespace doorbuster::engine
