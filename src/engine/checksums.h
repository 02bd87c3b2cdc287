// The checksums that S3 keeps beside its ETags.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/s3.h"

namespace doorbuster::engine {

// The names of those that are known.
std::vector<std::string> algorithms_of(const cloud::Checksums& checksums);

// That of an algorithm by name; null if there is no such algorithm.
std::string* checksum_of(cloud::Checksums& checksums, std::string_view algorithm);

// What a body came with: behind it, or else in the head.
const cloud::Checksums& announced(const cloud::Checksums& head,
                                  const std::shared_ptr<const cloud::Checksums>& trailer);

// A checksum of bytes that come piece by piece. Belongs to one coroutine at a time.
class RunningChecksum {
 public:
  virtual ~RunningChecksum() = default;
  virtual void add(std::string_view bytes) = 0;
  // The raw bytes, the most significant first; nothing may be added afterwards.
  virtual std::string finish() = 0;
};
// Null if there is no such algorithm.
std::unique_ptr<RunningChecksum> running_checksum(std::string_view algorithm);

// What is known of a part: its checksum, and how many bytes it has.
struct SummedPart {
  std::string checksum;
  std::uint64_t size = 0;
};

// COMPOSITE: of the parts' checksums one behind another, "BASE64-N". Empty if one of them is
// missing, or for an algorithm that has none (CRC64NVME).
std::string composite_checksum(std::string_view algorithm, const std::vector<SummedPart>& parts);

// FULL_OBJECT: what the parts' bytes one behind another have. Empty if a part's is missing, or for
// an algorithm that has none (SHA1, SHA256).
std::string full_object_checksum(std::string_view algorithm, const std::vector<SummedPart>& parts);

// Without the quotation marks, which a client may leave out.
std::string_view bare_etag(std::string_view etag);

// The ETag of an object made by parts: of their ETags' digests, with the quotation marks.
std::string composite_etag(const std::vector<std::string>& etags);

}  // namespace doorbuster::engine
