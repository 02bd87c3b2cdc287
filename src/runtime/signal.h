// How coroutines of one thread wait for each other.
#pragma once

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <deque>
#include <list>

#include "cloud/async.h"

namespace doorbuster::runtime {

using SteadyTime = std::chrono::steady_clock::time_point;

// A condition variable: whoever waits looks again when it is notified.
class Signal {
 public:
  explicit Signal(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  void notify_all() {
    for (auto& timer : waiting_) timer.cancel();
  }

  // Until `condition` holds.
  template <class Condition>
  cloud::Async<void> wait(Condition condition) {
    return wait_until(SteadyTime::max(), std::move(condition));
  }

  // Until `condition` holds or the time has come.
  template <class Condition>
  cloud::Async<void> wait_until(SteadyTime end, Condition condition) {
    const auto mine = waiting_.emplace(waiting_.end(), executor_, end);
    while (!condition() && std::chrono::steady_clock::now() < end) {
      boost::system::error_code notified;
      co_await mine->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, notified));
    }
    waiting_.erase(mine);
  }

 private:
  const boost::asio::any_io_executor executor_;
  std::list<boost::asio::steady_timer> waiting_;
};

// Lets so many in at once; the others wait in the order in which they came.
class Permits {
 public:
  Permits(boost::asio::any_io_executor executor, std::size_t count)
      : executor_(std::move(executor)), count_(count), free_(count) {}

  std::size_t in_use() const { return count_ - free_; }
  std::size_t waiting() const { return waiting_.size(); }

  cloud::Async<void> acquire() {
    if (free_ > 0) {
      --free_;
      co_return;
    }
    boost::asio::steady_timer mine(executor_, SteadyTime::max());
    waiting_.push_back(&mine);
    boost::system::error_code given;
    co_await mine.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, given));
  }

  // Hands it to the first that waits.
  void release() {
    if (waiting_.empty()) {
      ++free_;
      return;
    }
    waiting_.front()->cancel();
    waiting_.pop_front();
  }

 private:
  const boost::asio::any_io_executor executor_;
  const std::size_t count_;
  std::size_t free_;
  std::deque<boost::asio::steady_timer*> waiting_;
};

}  // namespace doorbuster::runtime
