#include "shop/shop.h"

#include <boost/json.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

#include "cloud/error.h"
#include "gateway/origin.h"
#include "shop/assets.h"
#include "shop/embedded.h"
#include "shop/order_number.h"
#include "shop/requests.h"
#include "wire/encoding.h"

namespace doorbuster::shop {
namespace {

namespace json = boost::json;

constexpr std::size_t kBodyMax = std::size_t{64} * 1024;  // far more than an order needs
constexpr std::chrono::seconds kStreamsAgain{10};
constexpr std::chrono::seconds kNotSetUpAgain{30};

// The amount by hand, because it is to stand there as a person writes it.
std::string to_json(const OrderStatus& status) {
  json::object body{{"orderId", status.number}};
  if (status.order) {
    if (!status.order->customer_name.empty()) body["customerName"] = status.order->customer_name;
    if (!status.order->product.empty()) body["product"] = status.order->product;
  }
  json::array events;
  for (const auto& event : status.events) events.push_back(to_json(event));
  body["state"] = to_text(status.events.back().state);
  body["final"] = status.is_final();
  body["events"] = std::move(events);
  std::string text = json::serialize(body);
  if (status.order) text.insert(text.size() - 1, ",\"amount\":" + status.order->amount.str());
  return text;
}

Problem not_allowed(std::string_view method) {
  return problem(405, "Only " + std::string(method) + " is possible here.");
}

// Whole, whatever the client has of it: it is told a state of the shop, not a page to keep.
wire::Response not_set_up(wire::RequestHead head) {
  std::erase_if(head.headers, [](const auto& each) {
    return wire::equal_ignoring_case(each.name, "If-None-Match");
  });
  auto response = shop_assets().get("/not_set_up.html", head);
  response.status = 503;
  response.headers.emplace_back("Retry-After", std::to_string(kNotSetUpAgain.count()));
  return response;
}

}  // namespace

const Shop::Route Shop::kRoutes[] = {
    {"GET", "/", &Shop::form},
    {"POST", "/submit-order", &Shop::submit},
    {"GET", "/orders/*/events", &Shop::events},
    {"GET", "/orders/*", &Shop::order},
    {"GET", "/health", &Shop::health},
    {"GET", "/openapi.json", &Shop::description},
};

Shop::Shop(ShopOptions options, cloud::Sqs& sqs, const OrderTracker& tracker,
           const cloud::Clock& clock, std::function<std::string(std::size_t)> random)
    : options_(std::move(options)),
      tracker_(tracker),
      desk_(options_.desk, sqs, tracker, clock, std::move(random)),
      streams_(options_.streams_max) {}

cloud::Async<wire::Response> Shop::answer(gateway::Request& request) {
  wire::Response response;
  try {
    response = co_await serve(request);
  } catch (const Problem& e) {
    response = to_response(e);
  } catch (const boost::system::system_error&) {
    throw;
  } catch (const std::exception& e) {
    options_.log("request " + request.id() + " to the shop failed: " + e.what());
    response = to_response(problem(500, "Something went wrong on our side."));
  }
  add_security_headers(response);
  co_return response;
}

wire::Response Shop::refuse(const cloud::Error& error, const std::string&) {
  auto response = to_response(problem(error.status(), error.message()));
  add_security_headers(response);
  return response;
}

cloud::Async<wire::Response> Shop::serve(gateway::Request& request) {
  const auto& head = request.head();
  for (const Route& route : kRoutes) {
    const auto id = match(route.path, head.path);
    if (!id) continue;
    if (is_method(route.method, head.method)) co_return co_await (this->*route.page)(request, *id);
    auto response = to_response(not_allowed(route.method));
    response.headers.emplace_back("Allow", route.method == "GET" ? "GET, HEAD" : route.method);
    co_return response;
  }
  if (!is_method("GET", head.method)) throw problem(404, "There is nothing here.");
  auto response = shop_assets().get(head.path, head);
  if (response.status != 404) co_return response;
  if (!is_browser(head)) throw problem(404, "There is nothing here.");
  // The page says so in its reader's language.
  response = shop_assets().get("/index.html", head);
  if (response.status == 200) response.status = 404;
  response.headers.emplace_back("Vary", "Accept");
  co_return response;
}

cloud::Async<wire::Response> Shop::form(gateway::Request& request, std::string_view) {
  const bool open = co_await desk_.is_set_up();
  if (!open) co_return not_set_up(request.head());
  co_return shop_assets().get("/index.html", request.head());
}

cloud::Async<wire::Response> Shop::submit(gateway::Request& request, std::string_view) {
  const auto& head = request.head();
  if (gateway::is_from_elsewhere(head))
    throw problem(403, "Orders are not taken from other sites' pages.");
  if (!is_json(head)) throw problem(415, "An order is sent as application/json.");
  std::string body = co_await read_body(request, kBodyMax);
  std::optional<std::string> key;
  if (const auto sent = head.header("Idempotency-Key")) key = std::string(*sent);
  const std::string number = co_await desk_.take(std::move(body), std::move(key));
  json::object answer{{"success", true},
                      {"orderId", number},
                      {"message", "The order is taken. Follow it at /orders/" + number + '.'}};
  auto response = json_response(202, answer);
  response.headers.emplace_back("Location", "/orders/" + number);
  co_return response;
}

cloud::Async<wire::Response> Shop::order(gateway::Request& request, std::string_view id) {
  wire::Response response;
  if (is_browser(request.head())) {
    response = shop_assets().get("/index.html", request.head());
  } else {
    const auto status = co_await status_of(std::string(id));
    response = json_response(200, to_json(status));
  }
  response.headers.emplace_back("Vary", "Accept");
  co_return response;
}

cloud::Async<wire::Response> Shop::events(gateway::Request& request, std::string_view id) {
  const std::string number(id);
  auto place = streams_.take();
  if (!place) {
    throw problem(503, "Too many orders are being watched: look again in a moment.", kStreamsAgain);
  }
  co_await status_of(number);
  OrderStream::Look look = [this, number] { return find(number); };
  wire::Response response;
  response.headers = {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}};
  response.body.rest = std::make_shared<OrderStream>(
      options_.stream, std::move(look), request.head().header("Last-Event-ID").value_or(""),
      std::move(place));
  co_return response;
}

cloud::Async<wire::Response> Shop::health(gateway::Request&, std::string_view) {
  std::uint64_t waiting = 0;
  try {
    waiting = co_await desk_.waiting();
  } catch (const cloud::Error& e) {
    throw problem(503, "Orders can't be taken: " + e.message());
  }
  json::object answer{{"status", "ok"}, {"ordersWaiting", waiting}};
  co_return json_response(200, answer);
}

cloud::Async<wire::Response> Shop::description(gateway::Request&, std::string_view) {
  wire::Response response;
  response.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-cache"}};
  response.body.bytes = kOpenApi;
  co_return response;
}

cloud::Async<std::optional<OrderStatus>> Shop::find(std::string number) const {
  if (!is_order_number(number)) co_return std::nullopt;
  auto status = co_await tracker_.find(number);
  if (!status) co_return desk_.recent(number);
  co_return status;
}

cloud::Async<OrderStatus> Shop::status_of(std::string number) const {
  auto status = co_await find(std::move(number));
  if (!status) {
    throw problem(404, "There is no order of this number, or the checkout hasn't heard of it yet.");
  }
  co_return std::move(*status);
}

}  // namespace doorbuster::shop
