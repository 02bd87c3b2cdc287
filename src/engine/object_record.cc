#include "engine/object_record.h"

#include "engine/codec.h"
#include "engine/text.h"

namespace doorbuster::engine {

void write_checksums(Encoder& out, const cloud::Checksums& checksum) {
  const bool any = checksum != cloud::Checksums();
  out.byte(any ? 1 : 0);
  if (!any) return;
  out.text(checksum.CRC32)
      .text(checksum.CRC32C)
      .text(checksum.CRC64NVME)
      .text(checksum.SHA1)
      .text(checksum.SHA256)
      .text(checksum.ChecksumType);
}

cloud::Checksums read_checksums(Decoder& in) {
  cloud::Checksums checksum;
  if (in.byte() == 0) return checksum;
  checksum.CRC32 = in.text();
  checksum.CRC32C = in.text();
  checksum.CRC64NVME = in.text();
  checksum.SHA1 = in.text();
  checksum.SHA256 = in.text();
  checksum.ChecksumType = in.text();
  return checksum;
}

std::string encode(const ObjectRecord& record) {
  Encoder out;
  out.byte(record.by_parts ? 1 : 0).varint(record.pieces.size());
  for (const auto& piece : record.pieces) out.varint(piece.body).varint(piece.size);
  out.varint(record.size)
      .varint(static_cast<std::uint64_t>(to_ms(record.modified)))
      .text(record.etag)
      .text(record.headers.CacheControl)
      .text(record.headers.ContentDisposition)
      .text(record.headers.ContentEncoding)
      .text(record.headers.ContentLanguage)
      .text(record.headers.ContentType)
      .text(record.headers.Expires)
      .varint(record.metadata.size());
  for (const auto& [name, value] : record.metadata) out.text(name).text(value);
  out.varint(record.tags.size());
  for (const auto& tag : record.tags) out.text(tag.Key).text(tag.Value);
  write_checksums(out, record.checksum);
  return std::move(out).bytes();
}

ObjectRecord decode_object(std::string_view bytes) {
  Decoder in(bytes);
  ObjectRecord record;
  record.by_parts = in.byte() != 0;
  for (std::uint64_t left = in.varint(); left > 0; --left) {
    const std::uint64_t body = in.varint();
    record.pieces.push_back({body, in.varint()});
  }
  record.size = in.varint();
  record.modified = from_ms(static_cast<std::int64_t>(in.varint()));
  record.etag = in.text();
  record.headers.CacheControl = in.text();
  record.headers.ContentDisposition = in.text();
  record.headers.ContentEncoding = in.text();
  record.headers.ContentLanguage = in.text();
  record.headers.ContentType = in.text();
  record.headers.Expires = in.text();
  for (std::uint64_t left = in.varint(); left > 0; --left) {
    const std::string name(in.text());
    record.metadata[name] = in.text();
  }
  for (std::uint64_t left = in.varint(); left > 0; --left) {
    const std::string key(in.text());
    record.tags.push_back({key, std::string(in.text())});
  }
  record.checksum = read_checksums(in);
  return record;
}

std::string object_key(std::uint32_t bucket, std::string_view key) {
  return Encoder().u32(bucket).raw(key).bytes();
}

}  // namespace doorbuster::engine
