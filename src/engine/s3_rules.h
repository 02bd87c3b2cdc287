// What S3 takes at all: names, keys, metadata, tags. Every function throws cloud::Error with S3's
// code.
#pragma once

#include <string_view>
#include <vector>

#include "cloud/s3.h"

namespace doorbuster::engine {

inline constexpr std::uint64_t kPutMax = std::uint64_t{5} << 30;  // bytes of a put, and of a part
inline constexpr std::uint64_t kObjectMax = std::uint64_t{5} << 40;  // bytes of an object
inline constexpr std::uint64_t kPartMin = std::uint64_t{5}
                                          << 20;  // bytes of all parts but the last
inline constexpr int kPartNumberMax = 10'000;
inline constexpr std::size_t kObjectTagsMax = 10;
inline constexpr std::size_t kBucketTagsMax = 50;

void check_bucket_name(std::string_view name);
void check_key(std::string_view key);
void check_metadata(const cloud::Metadata& metadata);
void check_storage_class(std::string_view name);
void check_tags(const std::vector<cloud::Tag>& tags, std::size_t max);
void check_part_number(int number);
void check_size(std::uint64_t size);

// As a page's size: 1,000 at the most. Throws InvalidArgument if it is negative.
std::size_t page_size(int asked, const char* name);

}  // namespace doorbuster::engine
