// What the store keeps of an object beside its body.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/s3.h"

namespace doorbuster::engine {

// A body, or the part of an object that was uploaded by itself: chunks 0, 1... of one identifier.
struct Piece {
  std::uint64_t body = 0;
  std::uint64_t size = 0;  // bytes
};
using Pieces = boost::container::small_vector<Piece, 1>;

struct ObjectRecord {
  std::uint64_t size = 0;  // bytes
  cloud::Time modified{};
  std::string etag;  // in its quotation marks
  cloud::ObjectHeaders headers;
  cloud::Metadata metadata;
  std::vector<cloud::Tag> tags;
  cloud::Checksums checksum;
  Pieces pieces;
  bool by_parts = false;
};

std::string encode(const ObjectRecord& record);
// Throws CorruptRecord.
ObjectRecord decode_object(std::string_view bytes);

// The key of the record, in Family::objects.
std::string object_key(std::uint32_t bucket, std::string_view key);

class Encoder;
class Decoder;
void write_checksums(Encoder& out, const cloud::Checksums& checksum);
cloud::Checksums read_checksums(Decoder& in);

}  // namespace doorbuster::engine
