// The shop over loopback: orders by POST /submit-order, each answered when it is durable, a bare
// echo of the same request beside it. Nobody takes them out of the queue meanwhile: the flood comes
// in faster than any payment goes.
#include <boost/json.hpp>

#include "aws_requests.h"
#include "cases.h"
#include "echo.h"
#include "http_load.h"
#include "sdk_load.h"
#include "up.h"

namespace doorbuster::bench {
namespace {

constexpr std::uint64_t kOrders = 200'000;
constexpr std::uint64_t kPacedOrders = 100'000;

std::string submit_request() {
  const std::string body =
      R"({"customerName":"Ada Lovelace","product":"LANTERN, BRASS","amount":19.99})";
  return "POST /submit-order HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

boost::json::object shop(const Setting& setting) {
  boost::json::object figures;
  EchoServer echo;
  const Door door(setting.directory / "data");
  make_queue(door.port(), "orders-queue", {});
  const std::string order = submit_request();
  const auto count = scaled(setting, kOrders);
  put_load(figures, "echo", load(echo.port(), order, count, kConnections));
  const auto full = load(door.shop_port(), order, count, kConnections);
  put_load(figures, "submit", full);
  put_load(figures, "submit_at_half",
           load_at(full.per_second / 2, door.shop_port(), order, scaled(setting, kPacedOrders),
                   kConnections));
  put_load(figures, "echo_again", load(echo.port(), order, count, kConnections));
  return figures;
}

}  // namespace doorbuster::bench
