// A request and its answer, as the protocols of AWS see them: between whatever carries HTTP and the
// types of cloud/.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/byte_stream.h"

namespace doorbuster::wire {

// The beginning of a request. It owns nothing: the bytes are the connection's.
struct RequestHead {
  struct Header {
    std::string_view name;  // as sent
    std::string_view value;
  };

  std::string_view method;
  std::string_view path;   // as sent, still escaped
  std::string_view query;  // the same, without its "?"
  std::vector<Header> headers;

  // The first with this name, whatever its case; nothing if there is none.
  std::optional<std::string_view> header(std::string_view name) const;
};

// What is sent back. `body.rest` is sent as it comes, `content_length` bytes of it.
struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  cloud::Body body;
  std::optional<std::uint64_t> content_length;  // body.bytes alone if absent
};

}  // namespace doorbuster::wire
