// Amazon S3: objects that are uploaded by parts.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cloud/s3_object.h"

namespace doorbuster::cloud {

struct CreateMultipartUploadRequest {
  std::string Bucket;
  std::string Key;
  ObjectHeaders Headers;
  cloud::Metadata Metadata;
  std::string StorageClass;
  std::vector<Tag> Tagging;
  std::string ChecksumAlgorithm;  // CRC32, CRC32C, CRC64NVME, SHA1, SHA256
  std::string ChecksumType;       // FULL_OBJECT, COMPOSITE
};
struct CreateMultipartUploadResult {
  std::string Bucket;
  std::string Key;
  std::string UploadId;
  std::string ChecksumAlgorithm;
  std::string ChecksumType;
};

struct UploadPartRequest {
  std::string Bucket;
  std::string Key;
  std::string UploadId;
  int PartNumber = 0;
  cloud::Body Body;
  std::optional<std::uint64_t> ContentLength;  // as in PutObjectRequest, like the next two
  Checksums Checksum;
  std::shared_ptr<const Checksums> Trailer;
};
struct UploadPartResult {
  std::string ETag;
  Checksums Checksum;
};

struct UploadPartCopyRequest {
  std::string Bucket;
  std::string Key;
  std::string UploadId;
  int PartNumber = 0;
  cloud::CopySource CopySource;
  std::string CopySourceRange;  // "bytes=0-9"; empty: all of it
};
struct UploadPartCopyResult {
  std::string ETag;
  Time LastModified{};
  Checksums Checksum;
};

struct CompletedPart {
  int PartNumber = 0;
  std::string ETag;
  Checksums Checksum;
};
struct CompleteMultipartUploadRequest {
  std::string Bucket;
  std::string Key;
  std::string UploadId;
  std::vector<CompletedPart> Parts;
  Checksums Checksum;  // of the whole object
  std::optional<std::uint64_t> MpuObjectSize;
  WriteConditions Conditions;
};
struct CompleteMultipartUploadResult {
  std::string Bucket;
  std::string Key;
  std::string ETag;
  Checksums Checksum;
};

struct AbortMultipartUploadRequest {
  std::string Bucket;
  std::string Key;
  std::string UploadId;
};

struct ListPartsRequest {
  std::string Bucket;
  std::string Key;
  std::string UploadId;
  int PartNumberMarker = 0;
  int MaxParts = 1000;
};
struct Part {
  int PartNumber = 0;
  std::string ETag;
  std::uint64_t Size = 0;
  Time LastModified{};
  Checksums Checksum;
};
struct ListPartsResult {
  std::string Bucket;
  std::string Key;
  std::string UploadId;
  int PartNumberMarker = 0;
  int NextPartNumberMarker = 0;
  int MaxParts = 0;
  bool IsTruncated = false;
  std::vector<Part> Parts;
  cloud::Owner Owner;  // and Initiator
  std::string StorageClass = "STANDARD";
  std::string ChecksumAlgorithm;
  std::string ChecksumType;
};

struct ListMultipartUploadsRequest {
  std::string Bucket;
  std::string Prefix;
  std::string Delimiter;
  std::string KeyMarker;
  std::string UploadIdMarker;
  int MaxUploads = 1000;
  std::string EncodingType;
};
struct MultipartUpload {
  std::string Key;
  std::string UploadId;
  Time Initiated{};
  cloud::Owner Owner;  // and Initiator
  std::string StorageClass = "STANDARD";
  std::string ChecksumAlgorithm;
  std::string ChecksumType;
};
struct ListMultipartUploadsResult {
  std::string Bucket;
  std::string Prefix;
  std::string Delimiter;
  std::string KeyMarker;
  std::string UploadIdMarker;
  std::string NextKeyMarker;
  std::string NextUploadIdMarker;
  int MaxUploads = 0;
  std::string EncodingType;
  bool IsTruncated = false;
  std::vector<MultipartUpload> Uploads;
  std::vector<std::string> CommonPrefixes;
};

}  // namespace doorbuster::cloud
