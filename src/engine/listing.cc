#include "engine/listing.h"

#include <algorithm>
#include <boost/algorithm/hex.hpp>

#include "cloud/error.h"
#include "engine/checksums.h"
#include "engine/object_record.h"
#include "engine/s3_rules.h"

namespace doorbuster::engine {
namespace {

struct Page {
  std::vector<cloud::Object> contents;
  std::vector<std::string> common_prefixes;
  bool truncated = false;
  std::string last;  // key or common prefix
  std::size_t size() const { return contents.size() + common_prefixes.size(); }
};

cloud::Object to_object(std::string key, const ObjectRecord& record) {
  cloud::Object object;
  object.Key = std::move(key);
  object.LastModified = record.modified;
  object.ETag = record.etag;
  object.Size = record.size;
  object.ChecksumAlgorithm = algorithms_of(record.checksum);
  object.ChecksumType = record.checksum.ChecksumType;
  return object;
}

// What comes after the key or common prefix `after`.
Page read_page(const Store& store, std::uint32_t bucket, const std::string& prefix,
               const std::string& delimiter, const std::string& after, std::size_t max) {
  Page page;
  const std::string first = object_key(bucket, prefix);
  const std::string end = prefix.empty() ? object_key(bucket + 1, "") : after_prefix(first);
  std::string from = first;
  if (!after.empty()) from = std::max(from, object_key(bucket, after) + '\0');
  const auto visit = [&](std::string_view raw, std::string_view value, bool* leap) {
    std::string key(raw.substr(sizeof bucket));
    const auto cut = delimiter.empty() ? std::string::npos : key.find(delimiter, prefix.size());
    if (cut != std::string::npos) key.resize(cut + delimiter.size());
    const bool of_page_before = cut != std::string::npos && after.starts_with(key);
    if (!of_page_before && page.size() == max) {
      page.truncated = true;
      return false;
    }
    if (cut == std::string::npos) {
      page.last = key;
      page.contents.push_back(to_object(std::move(key), decode_object(value)));
      return true;
    }
    // One entry for all keys with this prefix; go on behind them.
    from = after_prefix(object_key(bucket, key));
    *leap = true;
    if (!of_page_before) page.common_prefixes.push_back(page.last = std::move(key));
    return false;
  };
  for (bool leap = max > 0; leap && from < end;) {
    leap = false;
    store.scan(Family::objects, from, end, [&](std::string_view key, std::string_view value) {
      return visit(key, value, &leap);
    });
  }
  return page;
}

// Opaque to whoever gets it.
std::string to_token(const std::string& key) {
  return boost::algorithm::hex_lower(key);
}
std::string from_token(const std::string& token) {
  try {
    return boost::algorithm::unhex(token);
  } catch (const boost::algorithm::hex_decode_error&) {
    throw cloud::Error("InvalidArgument", "The continuation token provided is incorrect");
  }
}

}  // namespace

cloud::ListObjectsResult list_objects(const Store& store, std::uint32_t bucket,
                                      const cloud::ListObjectsRequest& request) {
  const std::size_t max = page_size(request.MaxKeys, "max-keys");
  auto page = read_page(store, bucket, request.Prefix, request.Delimiter, request.Marker, max);
  cloud::ListObjectsResult result;
  result.Name = request.Bucket;
  result.Prefix = request.Prefix;
  result.Delimiter = request.Delimiter;
  result.Marker = request.Marker;
  result.MaxKeys = static_cast<int>(max);
  result.EncodingType = request.EncodingType;
  result.Contents = std::move(page.contents);
  result.CommonPrefixes = std::move(page.common_prefixes);
  result.IsTruncated = page.truncated;
  if (page.truncated && !request.Delimiter.empty()) result.NextMarker = page.last;
  return result;
}

cloud::ListObjectsV2Result list_objects_v2(const Store& store, std::uint32_t bucket,
                                           const cloud::ListObjectsV2Request& request,
                                           const cloud::Owner& owner) {
  const std::size_t max = page_size(request.MaxKeys, "max-keys");
  const std::string after = request.ContinuationToken.empty()
                                ? request.StartAfter
                                : from_token(request.ContinuationToken);
  auto page = read_page(store, bucket, request.Prefix, request.Delimiter, after, max);
  cloud::ListObjectsV2Result result;
  result.Name = request.Bucket;
  result.Prefix = request.Prefix;
  result.Delimiter = request.Delimiter;
  result.StartAfter = request.StartAfter;
  result.ContinuationToken = request.ContinuationToken;
  result.MaxKeys = static_cast<int>(max);
  result.EncodingType = request.EncodingType;
  result.KeyCount = static_cast<int>(page.size());
  result.Contents = std::move(page.contents);
  result.CommonPrefixes = std::move(page.common_prefixes);
  result.IsTruncated = page.truncated;
  if (page.truncated) result.NextContinuationToken = to_token(page.last);
  if (request.FetchOwner) {
    for (auto& object : result.Contents) object.Owner = owner;
  }
  return result;
}

}  // namespace doorbuster::engine
