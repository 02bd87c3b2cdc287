// Amazon S3: what is asked of objects and answered about them.
//
// ETags include their quotation marks, as the headers do. Conditions compare with them; "*" is any.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cloud/async.h"
#include "cloud/byte_stream.h"
#include "cloud/s3_bucket.h"

namespace doorbuster::cloud {

// In base64, each empty where it is not known. Of a multipart upload they end in "-N" if they are
// of the parts' checksums (COMPOSITE).
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
struct Checksums {
  std::string CRC32;
  std::string CRC32C;
  std::string CRC64NVME;
  std::string SHA1;
  std::string SHA256;
  std::string ChecksumType;  // FULL_OBJECT, COMPOSITE

  friend bool operator==(const Checksums&, const Checksums&) = default;
};

// The headers that an object is put with and given back with.
struct ObjectHeaders {
  std::string CacheControl;
  std::string ContentDisposition;
  std::string ContentEncoding;
  std::string ContentLanguage;
  std::string ContentType;  // empty: binary/octet-stream
  std::string Expires;

  friend bool operator==(const ObjectHeaders&, const ObjectHeaders&) = default;
};
// Names in lower case, without "x-amz-meta-".
using Metadata = std::map<std::string, std::string>;

// What a read is made to depend on.
struct ReadConditions {
  std::string IfMatch;
  std::string IfNoneMatch;
  std::optional<Time> IfModifiedSince;
  std::optional<Time> IfUnmodifiedSince;
};
// What a write is made to depend on; IfNoneMatch can be "*" only.
struct WriteConditions {
  std::string IfMatch;
  std::string IfNoneMatch;
};

// --- Put --------------------------------------------------------------------------------------

struct PutObjectRequest {
  std::string Bucket;
  std::string Key;
  cloud::Body Body;
  ObjectHeaders Headers;
  cloud::Metadata Metadata;
  std::string StorageClass;
  std::vector<Tag> Tagging;
  std::optional<std::uint64_t> ContentLength;  // if it is known before the body is read
  Checksums Checksum;                          // as they have been compared with the body
  // For those that come behind a streamed body: filled in by the time that its end has been read.
  std::shared_ptr<const Checksums> Trailer;
  WriteConditions Conditions;
};
struct PutObjectResult {
  std::string ETag;
  Checksums Checksum;
  std::uint64_t Size = 0;
};

// --- Get --------------------------------------------------------------------------------------

struct GetObjectRequest {
  std::string Bucket;
  std::string Key;
  std::string Range;              // "bytes=0-9"; whatever AWS takes no notice of is ignored
  std::optional<int> PartNumber;  // of an object made by parts
  ReadConditions Conditions;
  ObjectHeaders Response;    // response-*: what the answer's headers shall say instead
  std::string ChecksumMode;  // ENABLED: with its checksums
};
using HeadObjectRequest = GetObjectRequest;

struct HeadObjectResult {
  std::uint64_t ContentLength = 0;  // of what is answered
  std::string ContentRange;         // "bytes 0-9/100": a part is answered (206)
  ObjectHeaders Headers;
  std::string ETag;
  Time LastModified{};
  cloud::Metadata Metadata;
  int TagCount = 0;
  std::optional<int> PartsCount;  // if PartNumber was asked
  Checksums Checksum;             // of the whole object
};
// The body is in one piece if it has at most 1 MiB. A stream gives the object as it was when it was
// asked for, whatever becomes of it meanwhile; it must not outlive the service.
struct GetObjectResult : HeadObjectResult {
  cloud::Body Body;
};

// --- Delete -----------------------------------------------------------------------------------

struct ObjectRequest {
  std::string Bucket;
  std::string Key;
};
struct DeleteObjectRequest {
  std::string Bucket;
  std::string Key;
  std::string IfMatch;
};
struct ObjectIdentifier {
  std::string Key;
  std::string ETag;  // as IfMatch
};
struct DeleteObjectsRequest {
  std::string Bucket;
  std::vector<ObjectIdentifier> Objects;
  bool Quiet = false;
};
struct DeletedObject {
  std::string Key;
};
struct DeleteError {
  std::string Key;
  std::string Code;
  std::string Message;
};
struct DeleteObjectsResult {
  std::vector<DeletedObject> Deleted;  // none if Quiet
  std::vector<DeleteError> Errors;
};

// --- Copy -------------------------------------------------------------------------------------

// x-amz-copy-source and what it is made to depend on (x-amz-copy-source-if-*).
struct CopySource {
  std::string Bucket;
  std::string Key;
  ReadConditions Conditions;
};
struct CopyObjectRequest {
  std::string Bucket;
  std::string Key;
  cloud::CopySource CopySource;
  std::string MetadataDirective;  // COPY, REPLACE; empty: COPY
  std::string TaggingDirective;   // the same
  ObjectHeaders Headers;
  cloud::Metadata Metadata;
  std::string StorageClass;
  std::vector<Tag> Tagging;
  WriteConditions Conditions;
};
struct CopyObjectResult {
  std::string ETag;
  Time LastModified{};
  Checksums Checksum;
};

// --- List -------------------------------------------------------------------------------------

struct Object {
  std::string Key;
  Time LastModified{};
  std::string ETag;
  std::uint64_t Size = 0;
  std::string StorageClass = "STANDARD";
  std::vector<std::string> ChecksumAlgorithm;
  std::string ChecksumType;
  std::optional<cloud::Owner> Owner;
};
// EncodingType is whoever writes the answer's to heed; here it is carried through.
struct ListObjectsRequest {
  std::string Bucket;
  std::string Prefix;
  std::string Delimiter;
  std::string Marker;
  int MaxKeys = 1000;
  std::string EncodingType;
};
struct ListObjectsResult {
  std::string Name;
  std::string Prefix;
  std::string Delimiter;
  std::string Marker;
  int MaxKeys = 0;
  std::string EncodingType;
  std::vector<Object> Contents;
  std::vector<std::string> CommonPrefixes;
  bool IsTruncated = false;
  std::string NextMarker;  // only with a delimiter, as on AWS
};
struct ListObjectsV2Request {
  std::string Bucket;
  std::string Prefix;
  std::string Delimiter;
  std::string StartAfter;
  std::string ContinuationToken;
  int MaxKeys = 1000;
  std::string EncodingType;
  bool FetchOwner = false;
};
struct ListObjectsV2Result {
  std::string Name;
  std::string Prefix;
  std::string Delimiter;
  std::string StartAfter;
  std::string ContinuationToken;
  int MaxKeys = 0;
  std::string EncodingType;
  std::vector<Object> Contents;
  std::vector<std::string> CommonPrefixes;
  bool IsTruncated = false;
  std::string NextContinuationToken;
  int KeyCount = 0;
};

// --- Tags -------------------------------------------------------------------------------------

struct PutObjectTaggingRequest {
  std::string Bucket;
  std::string Key;
  std::vector<Tag> TagSet;
};
using GetObjectTaggingRequest = ObjectRequest;
using DeleteObjectTaggingRequest = ObjectRequest;
struct GetObjectTaggingResult {
  std::vector<Tag> TagSet;
};

}  // namespace doorbuster::cloud
