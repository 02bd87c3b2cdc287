#include "wire/digest.h"

#include <openssl/evp.h>
#include <zlib.h>

#include <algorithm>
#include <new>

#include "wire/encoding.h"

namespace doorbuster::wire {
namespace {

template <class Word>
using Tables = std::array<std::array<Word, 256>, 8>;

// tables[k][b] is what the byte b does to the checksum when k more bytes follow it.
template <class Word>
constexpr Tables<Word> make_tables(Word reflected_polynomial) {
  Tables<Word> tables{};
  for (unsigned b = 0; b < 256; ++b) {
    Word crc = b;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? reflected_polynomial : 0);
    tables[0][b] = crc;
  }
  for (std::size_t k = 1; k < 8; ++k) {
    for (std::size_t b = 0; b < 256; ++b) {
      const Word before = tables[k - 1][b];
      tables[k][b] = (before >> 8) ^ tables[0][before & 255];
    }
  }
  return tables;
}

constexpr auto crc32c_tables = make_tables<std::uint32_t>(0x82f63b78U);
constexpr auto crc64nvme_tables = make_tables<std::uint64_t>(0x9a6c9329ac4bc9b5U);

template <class Word>
std::uint64_t update_crc(const Tables<Word>& tables, std::uint64_t state, std::string_view bytes) {
  Word crc = ~static_cast<Word>(state);
  const auto* p = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto* const end = p + bytes.size();
  for (; end - p >= 8; p += 8) {
    std::uint64_t word = 0;
    for (unsigned i = 0; i < 8; ++i) word |= std::uint64_t{p[i]} << (8 * i);
    word ^= crc;
    crc = 0;
    for (unsigned i = 0; i < 8; ++i) crc ^= tables[7 - i][word >> (8 * i) & 255];
  }
  for (; p != end; ++p) {
    crc = static_cast<Word>(crc >> 8) ^ tables[0][(crc ^ *p) & 255];
  }
  return static_cast<Word>(~crc);
}

std::uint64_t update_crc32(std::uint64_t state, std::string_view bytes) {
  return crc32_z(static_cast<uLong>(state), reinterpret_cast<const Bytef*>(bytes.data()),
                 bytes.size());
}

std::string big_endian(std::uint64_t value, unsigned size) {
  std::string bytes;
  while (size-- > 0) bytes += static_cast<char>(value >> (8 * size) & 255);
  return bytes;
}

// Looked up once: that takes longer than hashing a short text.
const EVP_MD* algorithm(DigestKind kind) {
  static EVP_MD* const md5 = EVP_MD_fetch(nullptr, "MD5", nullptr);
  static EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  if (kind == DigestKind::md5) return md5;
  return kind == DigestKind::sha1 ? sha1 : sha256;
}

Sha256 sha256_of(std::string_view raw) {
  Sha256 out{};
  std::copy(raw.begin(), raw.end(), out.begin());
  return out;
}

bool is_crc(DigestKind kind) {
  return kind == DigestKind::crc32 || kind == DigestKind::crc32c || kind == DigestKind::crc64nvme;
}

}  // namespace

struct Digest::Hash {
  explicit Hash(DigestKind kind) : context(EVP_MD_CTX_new()) {
    if (context == nullptr || EVP_DigestInit_ex2(context, algorithm(kind), nullptr) != 1) {
      EVP_MD_CTX_free(context);
      throw std::bad_alloc();
    }
  }
  Hash(const Hash&) = delete;
  Hash& operator=(const Hash&) = delete;
  ~Hash() { EVP_MD_CTX_free(context); }

  EVP_MD_CTX* context;
};

Digest::Digest(DigestKind kind)
    : kind_(kind), hash_(is_crc(kind) ? nullptr : std::make_unique<Hash>(kind)) {}
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;
Digest::~Digest() = default;

void Digest::update(std::string_view bytes) {
  switch (kind_) {
    case DigestKind::crc32:
      crc_ = update_crc32(crc_, bytes);
      return;
    case DigestKind::crc32c:
      crc_ = update_crc(crc32c_tables, crc_, bytes);
      return;
    case DigestKind::crc64nvme:
      crc_ = update_crc(crc64nvme_tables, crc_, bytes);
      return;
    case DigestKind::sha1:
    case DigestKind::sha256:
    case DigestKind::md5:
      EVP_DigestUpdate(hash_->context, bytes.data(), bytes.size());
  }
}

std::string Digest::finish() {
  if (hash_ == nullptr) return big_endian(crc_, kind_ == DigestKind::crc64nvme ? 8 : 4);
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  EVP_DigestFinal_ex(hash_->context, out.data(), &size);
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::string digest(DigestKind kind, std::string_view bytes) {
  Digest digest(kind);
  digest.update(bytes);
  return digest.finish();
}

Sha256 sha256(std::string_view bytes) {
  return sha256_of(digest(DigestKind::sha256, bytes));
}

std::string hmac(DigestKind kind, std::string_view key, std::string_view message) {
  constexpr std::size_t block = 64;  // of MD5, SHA-1 and SHA-256
  std::string padded(key);
  if (padded.size() > block) padded = digest(kind, key);
  padded.resize(block);
  std::string inner = padded;
  std::string outer = padded;
  for (char& c : inner) c = static_cast<char>(c ^ 0x36);
  for (char& c : outer) c = static_cast<char>(c ^ 0x5c);
  inner += message;
  outer += digest(kind, inner);
  return digest(kind, outer);
}

Sha256 hmac_sha256(std::string_view key, std::string_view message) {
  return sha256_of(hmac(DigestKind::sha256, key, message));
}

std::string sha256_hex(std::string_view bytes) {
  return hex(bytes_of(sha256(bytes)));
}

}  // namespace doorbuster::wire
