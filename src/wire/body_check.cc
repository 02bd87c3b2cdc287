#include "wire/body_check.h"

#include <algorithm>
#include <array>

#include "cloud/error.h"
#include "wire/encoding.h"

namespace doorbuster::wire {
namespace {

constexpr std::array checksum_names = {
    ChecksumName{"x-amz-checksum-crc32", "CRC32", DigestKind::crc32, &cloud::Checksums::CRC32},
    ChecksumName{"x-amz-checksum-crc32c", "CRC32C", DigestKind::crc32c, &cloud::Checksums::CRC32C},
    ChecksumName{"x-amz-checksum-crc64nvme", "CRC64NVME", DigestKind::crc64nvme,
                 &cloud::Checksums::CRC64NVME},
    ChecksumName{"x-amz-checksum-sha1", "SHA1", DigestKind::sha1, &cloud::Checksums::SHA1},
    ChecksumName{"x-amz-checksum-sha256", "SHA256", DigestKind::sha256, &cloud::Checksums::SHA256},
};

std::size_t size_of(DigestKind kind) {
  switch (kind) {
    case DigestKind::crc32:
    case DigestKind::crc32c:
      return 4;
    case DigestKind::crc64nvme:
      return 8;
    case DigestKind::sha1:
      return 20;
    case DigestKind::sha256:
      return 32;
    case DigestKind::md5:
      return 16;
  }
  return 0;
}

std::string decoded(const ChecksumName& name, std::string_view value) {
  auto bytes = from_base64(value);
  if (!bytes || bytes->size() != size_of(name.kind)) {
    throw cloud::Error("InvalidRequest",
                       "Value for " + std::string(name.header) + " header is invalid.");
  }
  return std::move(*bytes);
}

// There the checksums are the whole object's.
bool completes_upload(const RequestHead& head) {
  return head.method == "POST" && parameter(head.query, "uploadId").has_value();
}

}  // namespace

const ChecksumName* find_checksum(std::string_view header) {
  const auto* const found = std::find_if(
      checksum_names.begin(), checksum_names.end(),
      [&](const ChecksumName& row) { return equal_ignoring_case(row.header, header); });
  return found == checksum_names.end() ? nullptr : found;
}

BodyCheck::BodyCheck(const RequestHead& head, std::string sha256) {
  if (!sha256.empty()) {
    sha256_ = std::move(sha256);
    announced_.push_back({"sha256", Digest(DigestKind::sha256), {}});
  }
  for (const auto& header : head.headers) {
    if (equal_ignoring_case(header.name, "content-md5")) {
      auto md5 = from_base64(header.value);
      if (!md5 || md5->size() != size_of(DigestKind::md5)) {
        throw cloud::Error("InvalidDigest", "The Content-MD5 you specified was invalid.");
      }
      announced_.push_back({"Content-MD5", Digest(DigestKind::md5), std::move(*md5)});
    } else if (equal_ignoring_case(header.name, "x-amz-trailer")) {
      announce_trailer(header.value);
    } else if (const auto* name = find_checksum(header.name);
               name != nullptr && !completes_upload(head)) {
      announce_header(*name, header.value);
    }
  }
}

void BodyCheck::announce_header(const ChecksumName& name, std::string_view value) {
  announced_.push_back({name.name, Digest(name.kind), decoded(name, value)});
}

void BodyCheck::announce_trailer(std::string_view names) {
  while (!names.empty()) {
    const auto header = trimmed(take_until(names, ','));
    const auto* name = find_checksum(header);
    if (name == nullptr) {
      throw cloud::Error("InvalidRequest",
                         "The value specified in the x-amz-trailer header is not supported");
    }
    const bool repeated = std::any_of(announced_.begin(), announced_.end(),
                                      [&](const auto& one) { return one.trailer == name; });
    if (!repeated) announced_.push_back({name->name, Digest(name->kind), {}, name});
  }
}

void BodyCheck::update(std::string_view bytes) {
  for (Announced& one : announced_) one.digest.update(bytes);
}

void BodyCheck::finish(const cloud::Checksums& trailer) {
  for (Announced& one : announced_) {
    const std::string actual = one.digest.finish();
    if (one.name == "sha256") {
      if (hex(actual) == sha256_) continue;
      throw cloud::Error("XAmzContentSHA256Mismatch",
                         "The provided 'x-amz-content-sha256' header does not match what was "
                         "computed.");
    }
    if (one.trailer != nullptr) {
      const std::string& value = trailer.*one.trailer->member;
      if (value.empty()) {
        throw cloud::Error("MalformedTrailerError",
                           "The request contained trailing data that was not well-formed or did "
                           "not conform to our published schema.");
      }
      one.expected = decoded(*one.trailer, value);
    }
    if (actual == one.expected) continue;
    const std::string name(one.name);
    throw cloud::Error("BadDigest", name == "Content-MD5"
                                        ? "The Content-MD5 you specified did not match what we "
                                          "received."
                                        : "The " + name +
                                              " you specified did not match the calculated "
                                              "checksum.");
  }
}

}  // namespace doorbuster::wire
