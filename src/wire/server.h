// The server's side of the protocols: from a request to an operation of cloud/, and from its result
// or its error to the answer.
//
//   route(head)          which service, operation and protocol; how much body may come
//   authenticate(...)    whose request it is (wire/sigv4.h)
//   serve(...)           reads the input, calls the operation, writes the output
//
// Whatever these throw is a cloud::Error, and error_response() puts it into the protocol's own
// form.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cloud/error.h"
#include "cloud/services.h"
#include "wire/http.h"

namespace doorbuster::wire {

// How a service talks.
//   json       AWS JSON 1.0 and 1.1: POST, X-Amz-Target, a JSON body
//   query      POST of a form or GET, Action=…; answers XML
//   s3         REST with XML
//   rest_json  REST with JSON
enum class Protocol : unsigned char { json, query, s3, rest_json };

struct Operation;  // one row of a service's table

// Where a request goes.
struct Route {
  Protocol protocol = Protocol::s3;
  const Operation* operation = nullptr;  // null: see `error`
  std::string service;                   // as in credentials: "sqs", "sns", "s3", "lambda" …
  std::string bucket;                    // S3: unescaped, from the path or from the host's name
  std::string key;
  // REST with JSON: the path's labels, by the names of their members, unescaped.
  std::vector<std::pair<std::string_view, std::string>> labels;
  std::string version;                // of JSON: "1.0" or "1.1"
  bool streams = false;               // the body is handed to the operation as it comes
  bool waits = false;                 // the operation may wait for something to happen
  std::uint64_t body_max = 0;         // bytes
  std::optional<cloud::Error> error;  // no such operation, or none at all
};

// `domain` is the host's name after a bucket's in virtual-host style ("localhost", "s3.localhost").
// Query requests name their operation in the body: there route() answers the protocol with a null
// operation and no error, and resolve() says the rest once the body is there.
Route route(const RequestHead& head, std::string_view domain);
void resolve(Route& route, const RequestHead& head, std::string_view body);

// Calls the operation. `body` is the whole body, or a stream if the route streams (what unwrap()
// gave, so that the checksums behind it are found). The head's bytes, the services and the route
// must live until it completes. An answer's stream keeps alive what it needs. Neither this nor
// error_response() writes the request's id as a header. An S3 request with an Origin is answered
// its errors too, because only the bucket's CORS rules say who may read them.
cloud::Async<Response> serve(const Route& route, const RequestHead& head, cloud::Body body,
                             cloud::Services& services, const cloud::Caller& caller,
                             const std::string& request_id);

Response error_response(const Route& route, const RequestHead& head, const cloud::Error& error,
                        const std::string& request_id);

}  // namespace doorbuster::wire
