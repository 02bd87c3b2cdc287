// S3's REST protocol.
// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAPI.html
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "wire/operations.h"
#include "wire/server.h"

namespace doorbuster::wire {

// Codec of inputs: the head's and the route's parts of a structure, and its body.
void read_rest(const Shape& shape, const Route& route, const RequestHead& head, cloud::Body body,
               void* to);

// Codec of outputs: everything but the status.
void write_rest(const Shape& shape, void* value, const Rest& rest, bool escape_keys,
                Response& response);

Route s3_route(const RequestHead& head, std::string_view domain);

std::unique_ptr<Exchange> s3_exchange(const Route& route, const RequestHead& head,
                                      cloud::Body body);

// Whether the bucket's CORS rules let a page of the request's Origin send it.
cloud::Async<bool> is_allowed_by_cors(const Route& route, const RequestHead& head,
                                      cloud::Services& services, const cloud::Caller& caller);

// Only headers: what a page of the request's Origin may see of the answer; none if nothing.
cloud::Async<Response> s3_cors(const Route& route, const RequestHead& head,
                               cloud::Services& services, const cloud::Caller& caller);

// x-amz-expected-bucket-owner, and the same of a copy's source. Throws AccessDenied if a bucket is
// another account's.
cloud::Async<void> s3_check_owners(const Route& route, const RequestHead& head,
                                   cloud::Services& services, const cloud::Caller& caller);

// The answer 304, with what caches go by.
cloud::Async<Response> s3_not_modified(const Route& route, const RequestHead& head,
                                       cloud::Services& services, const cloud::Caller& caller);

Response s3_error(const Route& route, const RequestHead& head, const cloud::Error& error,
                  const std::string& request_id);

}  // namespace doorbuster::wire
