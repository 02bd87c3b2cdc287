// The checksums that S3 keeps beside its ETags.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cloud/s3.h"

namespace doorbuster::engine {

// The names of those that are known.
std::vector<std::string> algorithms_of(const cloud::Checksums& checksums);

// That of an algorithm by name; null if there is no such algorithm.
std::string* checksum_of(cloud::Checksums& checksums, std::string_view algorithm);

// COMPOSITE: of the parts' checksums one behind another, "BASE64-N". Empty if one of them is
// missing, or for an algorithm that has none (CRC64NVME).
std::string composite_checksum(std::string_view algorithm, const std::vector<std::string>& parts);

// Without the quotation marks, which a client may leave out.
std::string bare_etag(const std::string& etag);

// The ETag of an object made by parts: of their ETags' digests, with the quotation marks.
std::string composite_etag(const std::vector<std::string>& etags);

}  // namespace doorbuster::engine
