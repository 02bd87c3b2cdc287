// The client's side of the protocols: from an operation of cloud/ to a request, and from the answer
// to its result or its error.
//
//   write_request(...)   what to ask
//   sign(...)            by whom (wire/sigv4.h)
//   read_response(...)   what it came to
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wire/http.h"
#include "wire/operations.h"

namespace doorbuster::wire {

// Without Host, the signature and what says how long the body is.
struct Request {
  std::string method = "POST";
  std::string path = "/";  // escaped
  std::string query;       // escaped, without its "?"
  std::vector<std::pair<std::string, std::string>> headers;
  cloud::Body body;
  std::optional<std::uint64_t> content_length;  // body.bytes alone if absent and there is no rest
};

// AWS JSON for a service that speaks it, else Query; S3 in its own way, with the bucket in the
// path, Lambda in REST with JSON. A body is moved out of the input, of the type that the
// operation's row names. Throws cloud::Error if a member is missing that the address can't do
// without.
Request write_request(const Service& service, const Operation& operation, void* input);

inline constexpr const char* invalid_response = "InvalidResponse";

// Fills the output, of the type that the row names, or throws the cloud::Error that the service
// answered. An answer that is none of the protocol's is an InvalidResponse (502).
cloud::Async<void> read_response(const Service& service, const Operation& operation,
                                 Response response, void* output);

}  // namespace doorbuster::wire
