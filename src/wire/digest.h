// The digests and checksums that requests announce their bodies with.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace doorbuster::wire {

// CRC32 is zlib's and the cryptographic ones are OpenSSL's. CRC32C and CRC64NVME are here, by
// tables of eight bytes at a time: Debian has no library with both.
enum class DigestKind : unsigned char { crc32, crc32c, crc64nvme, sha1, sha256, md5 };

// Incremental. Used by one thread at a time.
class Digest {
 public:
  explicit Digest(DigestKind kind);
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;
  ~Digest();

  void update(std::string_view bytes);

  // The raw bytes, the most significant first; nothing may be added afterwards.
  std::string finish();

 private:
  struct Hash;

  DigestKind kind_;
  std::uint64_t crc_ = 0;
  std::unique_ptr<Hash> hash_;  // null for the CRCs
};

std::string digest(DigestKind kind, std::string_view bytes);

using Sha256 = std::array<unsigned char, 32>;

// May be called from any thread.
Sha256 sha256(std::string_view bytes);
std::string hmac(DigestKind kind, std::string_view key, std::string_view message);  // RFC 2104
Sha256 hmac_sha256(std::string_view key, std::string_view message);
std::string sha256_hex(std::string_view bytes);

inline std::string_view bytes_of(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace doorbuster::wire
