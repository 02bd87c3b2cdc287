// REST with JSON: the server's side.
// https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "wire/operations.h"
#include "wire/server.h"

namespace doorbuster::wire {

// Where the request goes if it was signed for a service that speaks REST with JSON. Without a
// signature (`service` is empty), nothing unless its address is that of an operation.
std::optional<Route> rest_json_route(const RequestHead& head, std::string_view service);

std::unique_ptr<Exchange> rest_json_exchange(const Route& route, const Service& service,
                                             const RequestHead& head, cloud::Body body);

Response rest_json_error(const Route& route, const cloud::Error& error);

}  // namespace doorbuster::wire
