// How the engine writes identifiers, digests and times.
#pragma once

#include <openssl/types.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cloud/async.h"
#include "engine/random.h"

namespace doorbuster::engine {

using Md5 = std::array<unsigned char, 16>;

// May be called from any thread.
Md5 md5(std::string_view bytes);

// Of bytes that come piece by piece. Belongs to one coroutine at a time.
class Md5Stream {
 public:
  Md5Stream();
  void add(std::string_view bytes);
  Md5 finish();

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const;
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

// In hex, and in base64.
std::string sha256(std::string_view bytes);
std::string sha256_base64(std::string_view bytes);

std::string hex(const unsigned char* bytes, std::size_t size);
inline std::string hex(const Md5& digest) {
  return hex(digest.data(), digest.size());
}

// Of an even number of lower-case digits, or nothing.
std::optional<std::string> from_hex(std::string_view text);

// RFC 4648, with padding.
std::string base64(std::string_view bytes);
// Nothing if it is not that.
std::optional<std::string> from_base64(std::string_view text);

// As a JSON string, in its quotation marks.
std::string json_string(std::string_view text);

// 8-4-4-4-12 in lower case.
std::string str(const Uuid& id);

// "2026-11-27T00:00:00.000Z".
std::string iso8601(cloud::Time time);

// Milliseconds since 1970 and back.
std::int64_t to_ms(cloud::Time time);
cloud::Time from_ms(std::int64_t ms);

// A decimal integer and nothing else.
std::optional<std::int64_t> to_integer(std::string_view text);

}  // namespace doorbuster::engine
