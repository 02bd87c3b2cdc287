// What a request says of its own body: Content-MD5, x-amz-content-sha256, x-amz-checksum-*, in the
// head or behind the body.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cloud/s3_object.h"
#include "wire/digest.h"
#include "wire/http.h"

namespace doorbuster::wire {

// One of S3's checksums.
struct ChecksumName {
  std::string_view header;
  std::string_view name;  // as error messages have it
  DigestKind kind;
  std::string cloud::Checksums::*member;
};

// Null if there is none of that header.
const ChecksumName* find_checksum(std::string_view header);

// Fed with a body while it goes by, it says at its end whether it is the announced one. Used by one
// thread at a time.
class BodyCheck {
 public:
  // `sha256` is the body's in hex, or empty. Throws InvalidDigest and InvalidRequest for what no
  // body can have.
  BodyCheck(const RequestHead& head, std::string sha256);

  void update(std::string_view bytes);

  // Throws BadDigest or XAmzContentSHA256Mismatch. `trailer` is what came behind the body.
  void finish(const cloud::Checksums& trailer);

 private:
  struct Announced {
    std::string_view name;
    Digest digest;
    std::string expected;                   // raw bytes
    const ChecksumName* trailer = nullptr;  // if it is to come behind the body
  };

  void announce_header(const ChecksumName& name, std::string_view value);
  void announce_trailer(std::string_view names);

  std::vector<Announced> announced_;
  std::string sha256_;
};

}  // namespace doorbuster::wire
