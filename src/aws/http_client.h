// An HTTP/1.1 client with connections that are kept.
//
// Bodies are streamed in both directions, at most 1 MiB of each in memory. TLS wants a certificate
// that the system's authorities have signed for the host's name.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "aws/url.h"
#include "cloud/byte_stream.h"
#include "wire/http.h"

namespace doorbuster::aws {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";
  HttpHeaders headers;  // all but Host, Content-Length and Transfer-Encoding
  cloud::Body body;
  // Of the whole body. Without it a body with a stream goes out in chunks.
  std::optional<std::uint64_t> content_length;
};

// There is no answer, or no whole one. The message names the server.
class HttpError : public std::runtime_error {
 public:
  enum class Kind {
    unreachable,  // nothing was sent
    insecure,     // the same: no TLS could be agreed on, or the certificate is not trusted
    broken,       // the connection ended, or what came was no HTTP
    timed_out,
  };
  HttpError(Kind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

// May be used from any thread, also while other requests are under way; the work is done on a
// thread of its own. It outlives its requests and the streams of their answers.
class HttpClient {
 public:
  struct Limits {
    std::size_t connections = 256;  // to one origin at once; who needs one more waits
    std::size_t head_bytes = 64 * 1024;
    std::chrono::seconds connect{10};  // for TCP, and again for TLS
    std::chrono::seconds answer{60};   // for an answer to begin
    std::chrono::seconds piece{60};    // for the next MiB of a body, in or out
    std::chrono::seconds keep{30};     // a connection that nobody uses
  };

  HttpClient() : HttpClient(Limits()) {}
  explicit HttpClient(Limits limits);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Throws HttpError; the stream of a long answer throws cloud::Error IncompleteBody if the sender
  // breaks off. What was sent on a kept connection that the server turned out to have closed is
  // sent once more on a new one, unless its body has been read from a stream.
  cloud::Async<wire::Response> send(Origin origin, HttpRequest request);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// POSTs to a URL, reads of the answer only what keeps the connection usable, and returns its
// status. Throws HttpError, also if the URL is none.
cloud::Async<int> http_post(HttpClient& client, std::string url, HttpHeaders headers,
                            std::string body);

}  // namespace doorbuster::aws
