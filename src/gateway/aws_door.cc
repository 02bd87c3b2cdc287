#include "gateway/aws_door.h"

#include <boost/system/system_error.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "wire/message_reader.h"

namespace doorbuster::gateway {
namespace {

cloud::Async<wire::Response> show(const Page& page) {
  wire::Response response;
  try {
    co_return co_await page();
  } catch (const cloud::Error& e) {
    response.status = e.status();
    response.body.bytes = e.message() + '\n';
  }
  response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
  co_return response;
}

void require_length(const Request& request, const wire::Route& route, bool wrapped) {
  const auto length = request.content_length();
  if (length && *length > route.body_max && !wrapped) {
    throw cloud::Error("EntityTooLarge", "The request's body of " + std::to_string(*length) +
                                             " bytes exceeds the maximum of " +
                                             std::to_string(route.body_max) + " bytes.");
  }
  if (route.streams && !length && !request.chunked()) {
    throw cloud::Error("MissingContentLength", "You must provide the Content-Length HTTP header.",
                       411);
  }
}

// A body that fits into one piece is read and checked before anything is done.
cloud::Async<cloud::Body> read_body(Request& request, wire::Route& route,
                                    const wire::BodySeal& seal) {
  const bool wrapped = seal.kind == wire::BodySeal::Kind::chunks;
  const auto& head = request.head();
  require_length(request, route, wrapped);
  auto stream = co_await request.body();
  const auto length = request.content_length();
  const bool whole = !wrapped && !request.chunked() && length.value_or(0) <= wire::piece_max;
  if (whole) {
    cloud::Body body(co_await stream->read());
    wire::check_body(seal, head, body.bytes);
    wire::resolve(route, head, body.bytes);
    co_return body;
  }
  cloud::Body body(wire::unwrap(std::move(stream), seal, head));
  if (route.streams) co_return body;
  cloud::Body all(co_await cloud::read_all(std::move(body), route.body_max));
  wire::resolve(route, head, all.bytes);
  co_return all;
}

}  // namespace

AwsDoor::AwsDoor(AwsDoorOptions options, cloud::Services& services, const cloud::Clock& clock)
    : options_(std::move(options)), services_(services), clock_(clock) {}

cloud::Async<wire::Response> AwsDoor::answer(Request& request) {
  const auto page = options_.pages.find(request.head().path);
  if (page != options_.pages.end()) co_return co_await show(page->second);
  auto route = wire::route(request.head(), options_.domain);
  auto response = co_await answer(request, route);
  response.headers.emplace_back(
      route.protocol == wire::Protocol::s3 ? "x-amz-request-id" : "x-amzn-RequestId", request.id());
  co_return response;
}

cloud::Async<wire::Response> AwsDoor::answer(Request& request, wire::Route& route) {
  std::optional<cloud::Error> error;
  try {
    co_return co_await serve(request, route);
  } catch (const cloud::Error& e) {
    error = e;
  } catch (const boost::system::system_error&) {
    throw;
  } catch (const std::exception& e) {
    options_.log("request " + request.id() + " failed: " + e.what());
    error =
        cloud::Error("InternalError", "We encountered an internal error. Please try again.", 500);
  }
  co_return wire::error_response(route, request.head(), *error, request.id());
}

cloud::Async<wire::Response> AwsDoor::serve(Request& request, wire::Route& route) {
  const auto& head = request.head();
  if (route.error) throw cloud::Error(*route.error);
  auto who = wire::authenticate(route, head, options_.keys, clock_.now());
  if (options_.caller) who.caller = *options_.caller;
  who.caller.source_ip = request.peer();
  who.caller.secure_transport = request.secure();
  auto body = co_await read_body(request, route, who.seal);
  if (route.error) throw cloud::Error(*route.error);
  auto operation = wire::serve(route, head, std::move(body), services_, who.caller, request.id());
  if (!route.waits) co_return co_await std::move(operation);
  co_return co_await request.wait_for(std::move(operation));
}

wire::Response AwsDoor::refuse(const cloud::Error& error, const std::string& request_id) {
  return wire::error_response({}, {}, error, request_id);
}

void require_keys(const Listener& listener, const wire::KeyRing& keys) {
  if (!keys.open || listener.loopback()) return;
  throw std::runtime_error("other machines could reach " + listener.authority() +
                           ", and no request would be checked: give keys with --credentials, or "
                           "listen on 127.0.0.1");
}

}  // namespace doorbuster::gateway
