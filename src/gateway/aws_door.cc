#include "gateway/aws_door.h"

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "gateway/origin.h"
#include "wire/encoding.h"
#include "wire/message_reader.h"
#include "wire/rest.h"

namespace doorbuster::gateway {
namespace {

constexpr int kForbidden = 403;

// The links that SNS puts into its messages, which may be read on any site.
bool is_sns_link(const wire::Route& route, const wire::RequestHead& head) {
  if (route.protocol != wire::Protocol::query || head.method != "GET") return false;
  const auto action = wire::parameter(head.query, "Action");
  return action == "ConfirmSubscription" || action == "Unsubscribe";
}

bool reads_from_s3(const wire::Route& route, std::string_view method) {
  return route.protocol == wire::Protocol::s3 &&
         (method == "GET" || method == "HEAD" || method == "OPTIONS");
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
    : options_(std::move(options)),
      open_(options_.keys.open && !options_.caller),
      services_(services),
      clock_(clock) {}

cloud::Async<wire::Response> AwsDoor::answer(Request& request) {
  const auto page = options_.pages.find(request.head().path);
  if (page != options_.pages.end()) co_return co_await show(request, page->second);
  auto route = wire::route(request.head(), options_.domain);
  auto response = co_await answer(request, route);
  response.headers.emplace_back(
      route.protocol == wire::Protocol::s3 ? "x-amz-request-id" : "x-amzn-RequestId", request.id());
  co_return response;
}

cloud::Async<wire::Response> AwsDoor::show(const Request& request, const Page& page) {
  wire::Response response;
  try {
    check_host(request.head());
    co_return co_await page();
  } catch (const cloud::Error& e) {
    response.status = e.status();
    response.body.bytes = e.message() + '\n';
  }
  response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
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
  check_host(head);
  if (route.error) throw cloud::Error(*route.error);
  auto who = wire::authenticate(route, head, options_.keys, clock_.now());
  if (options_.caller) who.caller = *options_.caller;
  who.caller.source_ip = request.peer();
  who.caller.secure_transport = request.secure();
  co_await check_origin(route, head, who.caller);
  auto body = co_await read_body(request, route, who.seal);
  if (route.error) throw cloud::Error(*route.error);
  auto operation = wire::serve(route, head, std::move(body), services_, who.caller, request.id());
  if (!route.waits) co_return co_await std::move(operation);
  co_return co_await request.wait_for(std::move(operation));
}

void AwsDoor::check_host(const wire::RequestHead& head) const {
  if (!open_) return;
  const std::string host(host_of(head));
  if (is_private_name(host) || wire::equal_ignoring_case(host, options_.domain)) return;
  const std::string below = '.' + options_.domain;
  const auto at = host.size() - std::min(host.size(), below.size());
  if (wire::equal_ignoring_case(host.substr(at), below)) return;
  throw cloud::Error("AccessDenied",
                     "Without --credentials this door answers to addresses, to names without a dot "
                     "and to those under localhost, internal and --domain, not to \"" +
                         host + "\".",
                     kForbidden);
}

cloud::Async<void> AwsDoor::check_origin(const wire::Route& route, const wire::RequestHead& head,
                                         const cloud::Caller& caller) {
  if (!open_ || !is_from_elsewhere(head)) co_return;
  if (reads_from_s3(route, head.method) || is_sns_link(route, head)) co_return;
  if (route.protocol == wire::Protocol::s3) {
    const bool allowed = co_await wire::is_allowed_by_cors(route, head, services_, caller);
    if (allowed) co_return;
  }
  throw cloud::Error("AccessDenied",
                     "Without --credentials this door takes nothing from other sites' pages but "
                     "reads from S3 and what a bucket's CORS rules allow.",
                     kForbidden);
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
