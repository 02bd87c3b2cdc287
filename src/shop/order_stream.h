// An order's events as they happen: server-sent events.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
//
//   id: accepted.validated          all that has been told by now
//   data: {"state": "validated", "at": "2026-11-27T00:00:03.123Z"}
//
// and after the last one "event: end". The id says by itself what a client has seen, so that a
// stream can be taken up again anywhere, by any process.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "cloud/byte_stream.h"
#include "shop/order_status.h"

namespace doorbuster::shop {

struct OrderStreamOptions {
  std::chrono::milliseconds look_every{250};
  std::chrono::seconds heartbeat{15};     // a comment, so that nobody takes the stream for dead
  std::chrono::seconds longest{60 * 60};  // then the client has to come again
};

class OrderStream final : public cloud::ByteStream {
 public:
  using Look = std::function<cloud::Async<std::optional<OrderStatus>>()>;

  // `seen` is the last id that the client was given, or empty. `place` is kept as long as the
  // stream is there.
  OrderStream(OrderStreamOptions options, Look look, std::string_view seen,
              std::shared_ptr<void> place);

  // Waits for something to tell. An order that can't be looked at now is looked at again.
  cloud::Async<std::string> read() override;

 private:
  std::string news(const OrderStatus& status);
  cloud::Async<std::string> look();

  using SteadyTime = std::chrono::steady_clock::time_point;

  const OrderStreamOptions options_;
  const Look look_;
  const std::shared_ptr<void> place_;
  const SteadyTime end_;
  std::set<OrderState> seen_;
  SteadyTime told_at_;
  bool ended_ = false;
};

// {"state": "declined", "at": "2026-11-27T00:00:03.123Z", "reason": "...", "code": "card_expired"}
boost::json::object to_json(const OrderEvent& event);

}  // namespace doorbuster::shop
