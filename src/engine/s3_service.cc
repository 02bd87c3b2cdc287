// What S3 does to objects.
#include "engine/s3_service.h"

#include "cloud/error.h"
#include "engine/checksums.h"
#include "engine/listing.h"
#include "engine/read_store.h"
#include "engine/s3_rules.h"
#include "engine/services.h"

namespace doorbuster::engine {

using cloud::Error;

namespace {

constexpr int kReadsMax = 100;  // of an object that is being replaced
constexpr std::size_t kDeletesMax = 1'000;
constexpr const char* kDefaultContentType = "binary/octet-stream";

std::string quoted_range(ByteRange range, std::uint64_t size) {
  return "bytes " + std::to_string(range.first) + '-' +
         std::to_string(range.first + range.size - 1) + '/' + std::to_string(size);
}

// The bytes that are asked for, and whether they are answered as a part of the object.
struct Selection {
  ByteRange range;
  bool partial = false;
};
Selection select_part(const ObjectRecord& record, int number) {
  const auto index = static_cast<std::size_t>(number - 1);
  if (!record.by_parts && number == 1) return {{0, record.size}, record.size > 0};
  if (!record.by_parts || index >= record.pieces.size()) {
    throw Error("InvalidPartNumber", "The requested partnumber is not satisfiable", 416);
  }
  ByteRange range;
  for (std::size_t i = 0; i < index; ++i) range.first += record.pieces[i].size;
  range.size = record.pieces[index].size;
  return {range, range.size > 0};
}
Selection select(const ObjectRecord& record, const cloud::GetObjectRequest& request) {
  if (request.PartNumber) return select_part(record, *request.PartNumber);
  if (const auto range = range_of(request.Range, record.size)) return {*range, true};
  return {{0, record.size}, false};
}

void replace(std::string* header, const std::string& with) {
  if (!with.empty()) *header = with;
}

cloud::HeadObjectResult head_of(const ObjectRecord& record, const cloud::GetObjectRequest& request,
                                const Selection& selection) {
  cloud::HeadObjectResult head;
  head.ContentLength = selection.range.size;
  if (selection.partial) head.ContentRange = quoted_range(selection.range, record.size);
  head.Headers = record.headers;
  replace(&head.Headers.CacheControl, request.Response.CacheControl);
  replace(&head.Headers.ContentDisposition, request.Response.ContentDisposition);
  replace(&head.Headers.ContentEncoding, request.Response.ContentEncoding);
  replace(&head.Headers.ContentLanguage, request.Response.ContentLanguage);
  replace(&head.Headers.ContentType, request.Response.ContentType);
  replace(&head.Headers.Expires, request.Response.Expires);
  head.ETag = record.etag;
  head.LastModified = record.modified;
  head.Metadata = record.metadata;
  head.TagCount = static_cast<int>(record.tags.size());
  if (request.PartNumber && record.by_parts) {
    head.PartsCount = static_cast<int>(record.pieces.size());
  }
  // It is of the whole object: a part of it has another.
  if (request.ChecksumMode == "ENABLED" && !selection.partial) head.Checksum = record.checksum;
  return head;
}

void check_read(const cloud::Caller& caller, const cloud::GetObjectRequest& request) {
  if (request.PartNumber) {
    check_part_number(*request.PartNumber);
    if (!request.Range.empty()) {
      throw Error("InvalidRequest",
                  "Cannot specify both Range header and partNumber query parameter");
    }
  }
  if (caller.anonymous && request.Response != cloud::ObjectHeaders()) {
    throw Error("InvalidRequest",
                "Request specific response headers cannot be used for anonymous GET requests.");
  }
}

bool is_replace(const std::string& directive, const char* which) {
  if (directive == "REPLACE") return true;
  if (directive.empty() || directive == "COPY") return false;
  throw Error("InvalidArgument", std::string("Unknown ") + which + " directive.");
}

cloud::Checksums checksum_of(const cloud::Checksums& known,
                             const std::shared_ptr<const cloud::Checksums>& trailer) {
  cloud::Checksums checksum = announced(known, trailer);
  if (checksum != cloud::Checksums()) checksum.ChecksumType = "FULL_OBJECT";
  return checksum;
}

}  // namespace

// --- Reading ----------------------------------------------------------------------------------

S3Service::Found S3Service::find(const Bucket& bucket, const std::string& key) const {
  Found found;
  auto record = find_object(engine_.store(), bucket.id, key);
  if (record && record->size > Bodies::kChunk) {
    found.snapshot = std::make_shared<const Store::Snapshot>(engine_.store());
    record = find_object(*found.snapshot, bucket.id, key);
  }
  if (!record) {
    allow(bucket, "ListBucket");
    throw no_such_key();
  }
  found.record = std::move(*record);
  return found;
}

std::optional<cloud::Body> S3Service::body_of(const Found& found, ByteRange range) const {
  const Pieces& pieces = found.record.pieces;
  if (range.size > Bodies::kChunk) {
    return cloud::Body(stream_pieces(found.snapshot, pieces, range));
  }
  auto bytes = found.snapshot ? read_pieces(*found.snapshot, pieces, range)
                              : read_pieces(engine_.store(), pieces, range);
  if (!bytes) return std::nullopt;
  return cloud::Body(std::move(*bytes));
}

cloud::GetObjectResult S3Service::get(const cloud::GetObjectRequest& request,
                                      bool with_body) const {
  check_read(caller_, request);
  const auto from = known(request.Bucket, "GetObject", request.Key);
  if (with_body) from->metrics->gets->add();
  for (int attempt = 0; attempt < kReadsMax; ++attempt) {
    const Found found = find(*from, request.Key);
    check(request.Conditions, found.record.etag, found.record.modified);
    const Selection selection = select(found.record, request);
    cloud::GetObjectResult result;
    static_cast<cloud::HeadObjectResult&>(result) = head_of(found.record, request, selection);
    if (!with_body) return result;
    auto body = body_of(found, selection.range);
    if (!body) continue;  // the object was replaced between the reads: read the new one
    result.Body = std::move(*body);
    return result;
  }
  throw Error("InternalError", "The body of " + request.Key + " can't be read", 500);
}

cloud::Async<cloud::GetObjectResult> S3Service::GetObject(cloud::GetObjectRequest request) {
  co_return read_store([&] { return get(request, true); });
}

cloud::Async<cloud::HeadObjectResult> S3Service::HeadObject(cloud::HeadObjectRequest request) {
  co_return read_store([&] { return get(request, false); });
}

// --- Putting ----------------------------------------------------------------------------------

cloud::Async<UploadedBody> S3Service::take(cloud::Body body, std::optional<std::uint64_t> announced,
                                           std::string bucket, std::string key) {
  if (announced) check_size(*announced);
  if (!body.rest && body.bytes.size() <= Bodies::kChunk) {
    UploadedBody small;
    small.size = body.bytes.size();
    small.digest = md5(body.bytes);
    small.bytes = std::move(body.bytes);
    co_return small;
  }
  known(bucket, "PutObject", key);  // before anything is written for it
  co_return co_await upload(engine_, std::move(body), kPutMax);
}

cloud::Async<cloud::PutObjectResult> S3Service::PutObject(cloud::PutObjectRequest request) {
  check_key(request.Key);
  check_metadata(request.Metadata);
  check_storage_class(request.StorageClass);
  check_tags(request.Tagging, kObjectTagsMax);
  UploadedBody body =
      co_await take(std::move(request.Body), request.ContentLength, request.Bucket, request.Key);
  cloud::PutObjectResult result;
  result.ETag = etag_of(body);
  result.Size = body.size;
  result.Checksum = checksum_of(request.Checksum, request.Trailer);
  if (request.Headers.ContentType.empty()) request.Headers.ContentType = kDefaultContentType;
  const auto written = body.written;
  auto op = [this, request = std::move(request), body = std::move(body), etag = result.ETag,
             checksum = result.Checksum](Machine& m, Turn& turn) mutable {
    const Bucket& to = bucket(m, request.Bucket, "PutObject", request.Key);
    if (!request.Tagging.empty()) allow(to, "PutObjectTagging", request.Key);
    m.objects.check(turn, to, request.Key, request.Conditions);
    ObjectRecord record;
    record.size = body.size;
    record.etag = std::move(etag);
    record.headers = std::move(request.Headers);
    record.metadata = std::move(request.Metadata);
    record.tags = std::move(request.Tagging);
    record.checksum = std::move(checksum);
    record.pieces.push_back(keep(m, turn, body));
    m.objects.put(turn, to, request.Key, std::move(record), "ObjectCreated:Put");
  };
  co_await commit<Done>(engine_, written, std::move(op));
  co_return result;
}

// --- Copying ----------------------------------------------------------------------------------

S3Service::Found S3Service::copy_source(const cloud::CopySource& source) const {
  const auto from = known(source.Bucket, "GetObject", source.Key);
  Found found = find(*from, source.Key);
  check_source(source.Conditions, found.record.etag, found.record.modified);
  return found;
}

cloud::Body S3Service::source_body(const cloud::CopySource& source, Found* found,
                                   std::string_view range) const {
  for (int attempt = 0; attempt < kReadsMax; ++attempt) {
    *found = copy_source(source);
    const std::uint64_t size = found->record.size;
    if (auto body = body_of(*found, source_range_of(range, size))) return std::move(*body);
  }
  throw Error("InternalError", "The body of " + source.Key + " can't be read", 500);
}

cloud::Async<cloud::CopyObjectResult> S3Service::CopyObject(cloud::CopyObjectRequest request) {
  check_key(request.Key);
  check_metadata(request.Metadata);
  check_storage_class(request.StorageClass);
  check_tags(request.Tagging, kObjectTagsMax);
  const bool new_metadata = is_replace(request.MetadataDirective, "metadata");
  const bool new_tags = is_replace(request.TaggingDirective, "tagging");
  const bool itself =
      request.CopySource.Bucket == request.Bucket && request.CopySource.Key == request.Key;
  if (itself && !new_metadata) {
    throw Error("InvalidRequest",
                "This copy request is illegal because it is trying to copy an object to itself "
                "without changing the object's metadata, storage class, website redirect location "
                "or encryption attributes.");
  }
  Found found;
  cloud::Body source = read_store([&] { return source_body(request.CopySource, &found, ""); });
  if (found.record.size > kPutMax) {
    throw Error("InvalidRequest",
                "The specified copy source is larger than the maximum allowable size for a copy "
                "source: " +
                    std::to_string(kPutMax));
  }
  UploadedBody body = co_await take(std::move(source), std::nullopt, request.Bucket, request.Key);
  ObjectRecord record;
  record.size = body.size;
  record.etag = etag_of(body);
  record.headers = new_metadata ? request.Headers : found.record.headers;
  if (record.headers.ContentType.empty()) record.headers.ContentType = kDefaultContentType;
  record.metadata = new_metadata ? request.Metadata : found.record.metadata;
  record.tags = new_tags ? request.Tagging : found.record.tags;
  if (found.record.checksum.ChecksumType == "FULL_OBJECT") record.checksum = found.record.checksum;
  cloud::CopyObjectResult result{record.etag, {}, record.checksum};
  const auto written = body.written;
  auto op = [this, request = std::move(request), body = std::move(body),
             record = std::move(record)](Machine& m, Turn& turn) mutable {
    const Bucket& to = bucket(m, request.Bucket, "PutObject", request.Key);
    if (!record.tags.empty()) allow(to, "PutObjectTagging", request.Key);
    m.objects.check(turn, to, request.Key, request.Conditions);
    record.pieces.push_back(keep(m, turn, body));
    m.objects.put(turn, to, request.Key, std::move(record), "ObjectCreated:Copy");
    return turn.now;
  };
  result.LastModified = co_await commit<cloud::Time>(engine_, written, std::move(op));
  co_return result;
}

// --- Deleting ---------------------------------------------------------------------------------

cloud::Async<void> S3Service::DeleteObject(cloud::DeleteObjectRequest request) {
  check_key(request.Key);
  auto op = [this, request = std::move(request)](Machine& m, Turn& turn) {
    const Bucket& from = bucket(m, request.Bucket, "DeleteObject", request.Key);
    m.objects.check(turn, from, request.Key, {request.IfMatch, {}});
    m.objects.remove(turn, from, request.Key);
  };
  co_await engine_.call<Done>(std::move(op));
}

cloud::Async<cloud::DeleteObjectsResult> S3Service::DeleteObjects(
    cloud::DeleteObjectsRequest request) {
  if (request.Objects.empty() || request.Objects.size() > kDeletesMax) {
    throw Error("MalformedXML",
                "The XML you provided was not well-formed or did not validate against our "
                "published schema");
  }
  auto op = [this, request = std::move(request)](Machine& m, Turn& turn) {
    const Bucket& from = m.buckets.bucket(request.Bucket);
    cloud::DeleteObjectsResult result;
    for (const auto& object : request.Objects) {
      try {
        check_key(object.Key);
        allow(from, "DeleteObject", object.Key);
        m.objects.check(turn, from, object.Key, {object.ETag, {}});
        m.objects.remove(turn, from, object.Key);
        if (!request.Quiet) result.Deleted.push_back({object.Key});
      } catch (const Error& e) {
        result.Errors.push_back({object.Key, e.code(), e.message()});
      }
    }
    return result;
  };
  co_return co_await engine_.call<cloud::DeleteObjectsResult>(std::move(op));
}

// --- Listing ----------------------------------------------------------------------------------

cloud::Async<cloud::ListObjectsResult> S3Service::ListObjects(cloud::ListObjectsRequest request) {
  const auto from = known(request.Bucket, "ListBucket");
  auto result = read_store([&] { return list_objects(engine_.store(), from->id, request); });
  for (auto& object : result.Contents) object.Owner = owner_of(*from);
  co_return result;
}

cloud::Async<cloud::ListObjectsV2Result> S3Service::ListObjectsV2(
    cloud::ListObjectsV2Request request) {
  const auto from = known(request.Bucket, "ListBucket");
  co_return read_store(
      [&] { return list_objects_v2(engine_.store(), from->id, request, owner_of(*from)); });
}

// --- Tags -------------------------------------------------------------------------------------

cloud::Async<void> S3Service::PutObjectTagging(cloud::PutObjectTaggingRequest request) {
  check_tags(request.TagSet, kObjectTagsMax);
  auto op = [this, request = std::move(request)](Machine& m, Turn& turn) {
    const Bucket& in = bucket(m, request.Bucket, "PutObjectTagging", request.Key);
    m.objects.set_tags(turn, in, request.Key, request.TagSet);
  };
  co_await engine_.call<Done>(std::move(op));
}

cloud::Async<cloud::GetObjectTaggingResult> S3Service::GetObjectTagging(
    cloud::GetObjectTaggingRequest request) {
  const auto from = known(request.Bucket, "GetObjectTagging", request.Key);
  co_return read_store(
      [&] { return cloud::GetObjectTaggingResult{find(*from, request.Key).record.tags}; });
}

cloud::Async<void> S3Service::DeleteObjectTagging(cloud::DeleteObjectTaggingRequest request) {
  return engine_.call<Done>([this, request = std::move(request)](Machine& m, Turn& turn) {
    const Bucket& in = bucket(m, request.Bucket, "DeleteObjectTagging", request.Key);
    m.objects.set_tags(turn, in, request.Key, {});
  });
}

std::unique_ptr<cloud::S3> make_s3(Engine& engine, cloud::Caller caller) {
  return std::make_unique<S3Service>(engine, std::move(caller));
}

}  // namespace doorbuster::engine
