// Bytes that are not all in memory: the body of an object.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cloud/async.h"

namespace doorbuster::cloud {

// Read by one coroutine at a time, from its beginning to its end, once.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  // The next piece, of at most 1 MiB; an empty one is the end, and after it nothing more is asked.
  // Throws cloud::Error if the sender broke off (RequestTimeout, IncompleteBody) or sent what it
  // did not announce (BadDigest, XAmzContentSHA256Mismatch): what was read is then worth nothing.
  virtual Async<std::string> read() = 0;
};

// `bytes`, then whatever `rest` has, if there is one.
struct Body {
  std::string bytes;
  std::shared_ptr<ByteStream> rest;

  Body() = default;
  Body(std::string all) : bytes(std::move(all)) {}  // NOLINT(google-explicit-constructor)
  Body(const char* all) : bytes(all) {}             // NOLINT(google-explicit-constructor)
  explicit Body(std::shared_ptr<ByteStream> stream) : rest(std::move(stream)) {}
};

// All of it in one piece. Throws what read() does, and EntityTooLarge (400) if it is more than
// `bytes_max`.
Async<std::string> read_all(Body body, std::size_t bytes_max);

}  // namespace doorbuster::cloud
