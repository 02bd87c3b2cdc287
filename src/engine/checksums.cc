#include "engine/checksums.h"

#include <openssl/evp.h>

#include <array>
#include <boost/algorithm/hex.hpp>
#include <boost/crc.hpp>
#include <new>

#include "engine/codec.h"
#include "engine/crc.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

using Crc32 = boost::crc_optimal<32, 0x04C11DB7, 0xFFFFFFFF, 0xFFFFFFFF, true, true>;
using Crc32c = boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true>;
using Crc64Nvme =
    boost::crc_optimal<64, 0xAD93D23594C93659, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF, true, true>;

struct Algorithm {
  std::string_view name;
  std::string cloud::Checksums::*value;
};
constexpr std::array<Algorithm, 5> kAlgorithms = {{{"CRC32", &cloud::Checksums::CRC32},
                                                   {"CRC32C", &cloud::Checksums::CRC32C},
                                                   {"CRC64NVME", &cloud::Checksums::CRC64NVME},
                                                   {"SHA1", &cloud::Checksums::SHA1},
                                                   {"SHA256", &cloud::Checksums::SHA256}}};

// Empty if it is not base64.
std::string from_base64(const std::string& text) {
  std::string bytes(text.size(), '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size <= 0) return {};
  std::size_t padding = 0;
  while (padding < 2 && text[text.size() - 1 - padding] == '=') ++padding;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

template <class Word>
std::string big_endian(Word crc) {
  if constexpr (sizeof(Word) == 4) return Encoder().u32(crc).bytes();
  return Encoder().u64(crc).bytes();
}

template <class Crc>
class RunningCrc final : public RunningChecksum {
 public:
  void add(std::string_view bytes) override { crc_.process_bytes(bytes.data(), bytes.size()); }
  std::string finish() override { return big_endian(crc_.checksum()); }

 private:
  Crc crc_;
};

class RunningDigest final : public RunningChecksum {
 public:
  explicit RunningDigest(const EVP_MD* algorithm) : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    if (!context_ || EVP_DigestInit_ex(context_.get(), algorithm, nullptr) != 1) {
      throw std::bad_alloc();
    }
  }
  void add(std::string_view bytes) override {
    EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
  }
  std::string finish() override {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), out.data(), &size);
    return {out.begin(), out.begin() + size};
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

// Empty where a part has no checksum of that width.
template <class Word>
std::string combined(Word polynomial, const std::vector<SummedPart>& parts) {
  Word crc = 0;
  for (const auto& part : parts) {
    const std::string bytes = from_base64(part.checksum);
    if (bytes.size() != sizeof(Word)) return {};
    Word next = 0;
    for (const char c : bytes) next = next << 8 | static_cast<unsigned char>(c);
    crc = combine_crc(polynomial, crc, next, part.size);
  }
  return base64(big_endian(crc));
}

}  // namespace

std::vector<std::string> algorithms_of(const cloud::Checksums& checksums) {
  std::vector<std::string> names;
  for (const auto& algorithm : kAlgorithms) {
    if (!(checksums.*algorithm.value).empty()) names.emplace_back(algorithm.name);
  }
  return names;
}

std::string* checksum_of(cloud::Checksums& checksums, std::string_view name) {
  for (const auto& algorithm : kAlgorithms) {
    if (algorithm.name == name) return &(checksums.*algorithm.value);
  }
  return nullptr;
}

const cloud::Checksums& announced(const cloud::Checksums& head,
                                  const std::shared_ptr<const cloud::Checksums>& trailer) {
  return trailer && *trailer != cloud::Checksums() ? *trailer : head;
}

std::unique_ptr<RunningChecksum> running_checksum(std::string_view algorithm) {
  if (algorithm == "CRC32") return std::make_unique<RunningCrc<Crc32>>();
  if (algorithm == "CRC32C") return std::make_unique<RunningCrc<Crc32c>>();
  if (algorithm == "CRC64NVME") return std::make_unique<RunningCrc<Crc64Nvme>>();
  if (algorithm == "SHA1") return std::make_unique<RunningDigest>(EVP_sha1());
  if (algorithm == "SHA256") return std::make_unique<RunningDigest>(EVP_sha256());
  return nullptr;
}

std::string composite_checksum(std::string_view algorithm, const std::vector<SummedPart>& parts) {
  const auto sum = running_checksum(algorithm);
  if (!sum || algorithm == "CRC64NVME") return {};
  for (const auto& part : parts) {
    const std::string bytes = from_base64(part.checksum);
    if (bytes.empty()) return {};
    sum->add(bytes);
  }
  return base64(sum->finish()) + '-' + std::to_string(parts.size());
}

std::string full_object_checksum(std::string_view algorithm, const std::vector<SummedPart>& parts) {
  if (algorithm == "CRC32") return combined(kCrc32, parts);
  if (algorithm == "CRC32C") return combined(kCrc32c, parts);
  if (algorithm == "CRC64NVME") return combined(kCrc64Nvme, parts);
  return {};
}

std::string_view bare_etag(std::string_view etag) {
  if (etag.size() < 2 || etag.front() != '"' || etag.back() != '"') return etag;
  return etag.substr(1, etag.size() - 2);
}

std::string composite_etag(const std::vector<std::string>& etags) {
  std::string all;
  for (const auto& etag : etags) all += boost::algorithm::unhex(std::string(bare_etag(etag)));
  return '"' + hex(md5(all)) + '-' + std::to_string(etags.size()) + '"';
}

}  // namespace doorbuster::engine
