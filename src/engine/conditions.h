// What a request makes itself depend on, and the part of an object that it asks for.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
#pragma once

#include <optional>
#include <string_view>

#include "cloud/s3.h"

namespace doorbuster::engine {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t size = 0;  // bytes
};

// Throw PreconditionFailed (412) and NotModified (304), or for the source of a copy 412 only.
void check(const cloud::ReadConditions& conditions, std::string_view etag, cloud::Time modified);
void check_source(const cloud::ReadConditions& conditions, std::string_view etag,
                  cloud::Time modified);

// `etag` is what the object has, nothing if there is none. Throws PreconditionFailed, NoSuchKey,
// NotImplemented.
void check(const cloud::WriteConditions& conditions, std::optional<std::string_view> etag);

// What a Range header asks of so many bytes: nothing if all of it, as for whatever is no single
// range of bytes. Throws InvalidRange (416).
std::optional<ByteRange> range_of(std::string_view header, std::uint64_t size);
// Of UploadPartCopy, which heeds what it can't do. Throws InvalidArgument.
ByteRange source_range_of(std::string_view header, std::uint64_t size);

}  // namespace doorbuster::engine
