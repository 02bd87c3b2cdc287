// The shop: its pages, and the JSON that they and everybody else place orders with. openapi.json
// describes it; where the two differ, one of them has a fault, and a test finds it.
//
//   GET  /                   the order form
//   POST /submit-order       takes an order
//   GET  /orders/ID          where it stands: a page for browsers, else JSON
//   GET  /orders/ID/events   the same, as it happens
//   GET  /health             whether orders can be taken
//   GET  /openapi.json       the description
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "gateway/handler.h"
#include "shop/order_desk.h"
#include "shop/order_status.h"
#include "shop/order_stream.h"
#include "shop/places.h"

namespace doorbuster::shop {

struct ShopOptions {
  OrderDeskOptions desk;
  OrderStreamOptions stream;
  std::size_t streams_max = 1'000;  // orders that are watched at once
  // Told of what went wrong on our side, from any thread.
  std::function<void(std::string_view)> log = [](std::string_view) {};
};

class Shop final : public gateway::Handler {
 public:
  // What it is given outlives it.
  Shop(ShopOptions options, cloud::Sqs& sqs, const OrderTracker& tracker, const cloud::Clock& clock,
       std::function<std::string(std::size_t)> random);

  // See OrderDesk.
  void recall(const std::string& text, cloud::Time sent) { desk_.recall(text, sent); }

  cloud::Async<wire::Response> answer(gateway::Request& request) override;
  wire::Response refuse(const cloud::Error& error, const std::string& request_id) override;

 private:
  using Page = cloud::Async<wire::Response> (Shop::*)(gateway::Request&, std::string_view id);
  struct Route {
    std::string_view method;
    std::string_view path;  // "*" is the id
    Page page;
  };
  static const Route kRoutes[];

  cloud::Async<wire::Response> serve(gateway::Request& request);
  cloud::Async<wire::Response> form(gateway::Request& request, std::string_view id);
  cloud::Async<wire::Response> submit(gateway::Request& request, std::string_view id);
  cloud::Async<wire::Response> order(gateway::Request& request, std::string_view id);
  cloud::Async<wire::Response> events(gateway::Request& request, std::string_view id);
  cloud::Async<wire::Response> health(gateway::Request& request, std::string_view id);
  cloud::Async<wire::Response> description(gateway::Request& request, std::string_view id);

  cloud::Async<std::optional<OrderStatus>> find(std::string number) const;
  // Throws Problem if there is no such order.
  cloud::Async<OrderStatus> status_of(std::string number) const;

  const ShopOptions options_;
  const OrderTracker& tracker_;
  OrderDesk desk_;
  Places streams_;
};

}  // namespace doorbuster::shop
