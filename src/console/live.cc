#include "console/live.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <utility>

#include "cloud/error.h"

namespace doorbuster::console {

using std::chrono::steady_clock;

LiveStream::LiveStream(LiveOptions options, Look look, std::shared_ptr<void> place)
    : options_(options),
      look_(std::move(look)),
      place_(std::move(place)),
      end_(steady_clock::now() + options.longest),
      next_(steady_clock::now()) {}

cloud::Async<std::string> LiveStream::read() {
  if (next_ >= end_) co_return std::string();
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, next_);
  co_await timer.async_wait(boost::asio::use_awaitable);
  // A client that reads slowly isn't sent what it has missed.
  next_ = std::max(next_ + options_.every, steady_clock::now());
  try {
    const auto seen = co_await look_(!std::exchange(begun_, true));
    co_return "data: " + boost::json::serialize(seen) + "\n\n";
  } catch (const cloud::Error&) {
    // The engine has stopped.
  }
  co_return std::string();
}

}  // namespace doorbuster::console
