#include "engine/s3_rules.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "documents/utf8.h"

namespace doorbuster::engine {
namespace {

constexpr std::size_t kKeyMax = 1'024;       // bytes
constexpr std::size_t kMetadataMax = 2'048;  // bytes of names and values
constexpr std::size_t kTagKeyMax = 128;      // characters
constexpr std::size_t kTagValueMax = 256;    // characters
constexpr std::size_t kPageMax = 1'000;

// Letters, digits and spaces of any script, and a few signs.
bool tag_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || std::isalnum(byte) ||
           std::string_view(" +-=._:/@").find(c) != std::string_view::npos;
  });
}

}  // namespace

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
void check_bucket_name(std::string_view name) {
  const auto ok = [](unsigned char c) {
    return std::islower(c) || std::isdigit(c) || c == '-' || c == '.';
  };
  const auto end = [](unsigned char c) { return std::islower(c) || std::isdigit(c); };
  if (name.size() < 3 || name.size() > 63 || !std::all_of(name.begin(), name.end(), ok) ||
      !end(static_cast<unsigned char>(name.front())) ||
      !end(static_cast<unsigned char>(name.back())) || name.find("..") != std::string_view::npos) {
    throw cloud::Error("InvalidBucketName",
                       "The specified bucket is not valid: " + std::string(name) +
                           " (3 to 63 lower-case letters, digits, hyphens and dots)");
  }
}

void check_key(std::string_view key) {
  if (key.empty()) throw cloud::Error("InvalidArgument", "An object's key must not be empty");
  if (key.size() > kKeyMax) throw cloud::Error("KeyTooLongError", "Your key is too long");
}

void check_metadata(const cloud::Metadata& metadata) {
  std::size_t size = 0;
  for (const auto& [name, value] : metadata) size += name.size() + value.size();
  if (size <= kMetadataMax) return;
  throw cloud::Error("MetadataTooLarge",
                     "Your metadata headers exceed the maximum allowed metadata size");
}

void check_storage_class(std::string_view name) {
  if (name.empty() || name == "STANDARD") return;
  throw cloud::Error("InvalidStorageClass", "The storage class you specified is not valid");
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
void check_tags(const std::vector<cloud::Tag>& tags, std::size_t max) {
  if (tags.size() > max) {
    if (max == kObjectTagsMax)
      throw cloud::Error("BadRequest", "Object tags cannot be greater than 10");
    throw cloud::Error("InvalidTag", "Bucket tag count cannot be greater than 50");
  }
  std::set<std::string_view> keys;
  for (const auto& tag : tags) {
    if (tag.Key.empty() || documents::count_characters(tag.Key) > kTagKeyMax ||
        !tag_text(tag.Key) || tag.Key.starts_with("aws:")) {
      throw cloud::Error("InvalidTag", "The TagKey you have provided is invalid");
    }
    if (documents::count_characters(tag.Value) > kTagValueMax || !tag_text(tag.Value)) {
      throw cloud::Error("InvalidTag", "The TagValue you have provided is invalid");
    }
    if (!keys.insert(tag.Key).second) {
      throw cloud::Error("InvalidTag", "Cannot provide multiple Tags with the same key");
    }
  }
}

void check_part_number(int number) {
  if (number >= 1 && number <= kPartNumberMax) return;
  throw cloud::Error("InvalidArgument",
                     "Part number must be an integer between 1 and 10000, inclusive");
}

void check_size(std::uint64_t size) {
  if (size <= kPutMax) return;
  throw cloud::Error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
}

std::size_t page_size(int asked, const char* name) {
  if (asked < 0) {
    throw cloud::Error("InvalidArgument", std::string("Argument ") + name +
                                              " must be an integer between 0 and 2147483647");
  }
  return std::min(static_cast<std::size_t>(asked), kPageMax);
}

}  // namespace doorbuster::engine
