#include "engine/checksums.h"

#include <openssl/evp.h>

#include <array>
#include <boost/algorithm/hex.hpp>
#include <boost/crc.hpp>

#include "engine/codec.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

using Crc32 = boost::crc_optimal<32, 0x04C11DB7, 0xFFFFFFFF, 0xFFFFFFFF, true, true>;
using Crc32c = boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true>;

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

template <class Crc>
std::string crc(std::string_view bytes) {
  Crc sum;
  sum.process_bytes(bytes.data(), bytes.size());
  return Encoder().u32(sum.checksum()).bytes();
}

std::string digest(std::string_view bytes, const EVP_MD* algorithm) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, algorithm, nullptr);
  return {out.begin(), out.begin() + size};
}

std::string compute(std::string_view algorithm, std::string_view bytes) {
  if (algorithm == "CRC32") return crc<Crc32>(bytes);
  if (algorithm == "CRC32C") return crc<Crc32c>(bytes);
  if (algorithm == "SHA1") return digest(bytes, EVP_sha1());
  if (algorithm == "SHA256") return digest(bytes, EVP_sha256());
  return {};
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

std::string composite_checksum(std::string_view algorithm, const std::vector<std::string>& parts) {
  std::string all;
  for (const auto& part : parts) {
    const std::string bytes = from_base64(part);
    if (bytes.empty()) return {};
    all += bytes;
  }
  const std::string sum = compute(algorithm, all);
  return sum.empty() ? sum : base64(sum) + '-' + std::to_string(parts.size());
}

std::string bare_etag(const std::string& etag) {
  const bool quoted = etag.size() >= 2 && etag.front() == '"';
  return quoted ? etag.substr(1, etag.size() - 2) : etag;
}

std::string composite_etag(const std::vector<std::string>& etags) {
  std::string all;
  for (const auto& etag : etags) all += boost::algorithm::unhex(bare_etag(etag));
  return '"' + hex(md5(all)) + '-' + std::to_string(etags.size()) + '"';
}

}  // namespace doorbuster::engine
