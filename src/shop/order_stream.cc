#include "shop/order_stream.h"

#include <algorithm>
#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <utility>

#include "cloud/error.h"
#include "orders/timestamp.h"
#include "wire/encoding.h"

namespace doorbuster::shop {
namespace {

using std::chrono::steady_clock;

constexpr std::array kStates{OrderState::accepted, OrderState::validated, OrderState::paid,
                             OrderState::invoiced, OrderState::shipped,   OrderState::recorded,
                             OrderState::invalid,  OrderState::declined,  OrderState::failed};

std::set<OrderState> states_in(std::string_view id) {
  std::set<OrderState> states;
  while (!id.empty()) {
    const auto name = wire::take_until(id, '.');
    for (const OrderState state : kStates) {
      if (to_text(state) == name) states.insert(state);
    }
  }
  return states;
}

std::string id_of(const std::set<OrderState>& states) {
  std::string id;
  for (const OrderState state : states) {
    if (!id.empty()) id += '.';
    id += to_text(state);
  }
  return id;
}

}  // namespace

boost::json::object to_json(const OrderEvent& event) {
  boost::json::object json{{"state", to_text(event.state)},
                           {"at", orders::format_instant(event.at)}};
  if (!event.reason.empty()) json["reason"] = event.reason;
  if (const auto code = code_of(event); !code.empty()) json["code"] = code;
  return json;
}

OrderStream::OrderStream(OrderStreamOptions options, Look look, std::string_view seen,
                         std::shared_ptr<void> place)
    : options_(options),
      look_(std::move(look)),
      place_(std::move(place)),
      end_(steady_clock::now() + options.longest),
      seen_(states_in(seen)),
      told_at_(steady_clock::now()) {}

std::string OrderStream::news(const OrderStatus& status) {
  std::string text;
  for (const OrderEvent& event : status.events) {
    if (!seen_.insert(event.state).second) continue;
    text += "id: " + id_of(seen_) + "\ndata: " + boost::json::serialize(to_json(event)) + "\n\n";
  }
  if (status.is_final()) {
    ended_ = true;
    text += "event: end\ndata: {}\n\n";
  }
  return text;
}

cloud::Async<std::string> OrderStream::look() {
  try {
    const auto status = co_await look_();
    if (status) co_return news(*status);
  } catch (const cloud::Error&) {
    // What went wrong is over by and by, or the client gives up.
  }
  co_return std::string();
}

cloud::Async<std::string> OrderStream::read() {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  while (!ended_ && steady_clock::now() < end_) {
    std::string text = co_await look();
    if (text.empty() && steady_clock::now() - told_at_ >= options_.heartbeat) text = ":\n\n";
    if (!text.empty()) {
      told_at_ = steady_clock::now();
      co_return text;
    }
    timer.expires_after(options_.look_every);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
  co_return std::string();
}

}  // namespace doorbuster::shop
