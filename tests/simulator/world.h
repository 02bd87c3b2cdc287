// What all parts of a run share: the engine, the disk under it, the time, the luck, the trace.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "chance.h"
#include "disk.h"
#include "engine/test_bed.h"
#include "trace.h"

namespace doorbuster::simulator {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct World {
  World(std::uint64_t seed, bool verbose)
      : chance(seed), bed(seed * 1'000 + 1, disk.env()), trace(bed.clock(), verbose) {}
  ~World() { close(); }

  Chance chance;
  Disk disk;
  engine::TestBed bed;
  Trace trace;
  bool faults = true;  // none are made once it is false
  bool kill = false;   // the process, before anything else happens

  bool happens(int percent) { return faults && chance.percent(percent); }

  // Begins a coroutine of the process that the engine lives in. It is gone with the process.
  template <class T>
  void spawn(cloud::Async<T> coroutine) {
    boost::asio::co_spawn(bed.context(), std::move(coroutine),
                          [this](std::exception_ptr e, auto&&...) {
                            if (e && !escaped) escaped = e;
                          });
  }
  void rethrow() {
    if (escaped) std::rethrow_exception(std::exchange(escaped, nullptr));
  }

  // Waits for simulated time to pass.
  cloud::Async<void> sleep(milliseconds time) {
    const auto executor = co_await boost::asio::this_coro::executor;
    auto timer = std::make_shared<boost::asio::steady_timer>(
        executor, boost::asio::steady_timer::time_point::max());
    sleepers.emplace(bed.clock().now() + time, timer);
    boost::system::error_code cancelled;
    co_await timer->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
  }
  void wake() {
    while (!sleepers.empty() && sleepers.begin()->first <= bed.clock().now()) {
      sleepers.begin()->second->cancel();
      sleepers.erase(sleepers.begin());
    }
  }

  std::optional<cloud::Time> next_event() {
    auto next = bed.engine().failure() ? std::nullopt : bed.engine().alarm();
    if (!sleepers.empty() && (!next || sleepers.begin()->first < *next)) {
      next = sleepers.begin()->first;
    }
    return next;
  }

  // Lets time pass, doing what comes due on the way, each thing when it does.
  void pass(milliseconds time) {
    const cloud::Time end = bed.clock().now() + time;
    settle();
    for (auto next = next_event(); next && *next <= end; next = next_event()) {
      if (*next > bed.clock().now()) bed.clock().advance(*next - bed.clock().now());
      settle();
    }
    bed.clock().advance(end - bed.clock().now());
    settle();
  }

  void settle() {
    constexpr int kTurnsMax = 100'000;
    wake();
    for (int turns = 0;; ++turns) {
      bed.context().restart();
      bed.context().poll();
      rethrow();
      if (!bed.engine().turn()) return;
      require(turns < kTurnsMax, "it never comes to rest");
    }
  }

  void close() {
    sleepers.clear();
    bed.close();
  }

  std::multimap<cloud::Time, std::shared_ptr<boost::asio::steady_timer>> sleepers;
  std::exception_ptr escaped;  // the first that a coroutine has thrown
};

}  // namespace doorbuster::simulator
