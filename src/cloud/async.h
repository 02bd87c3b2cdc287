// What every operation of the cloud returns: a coroutine that completes with the operation's result
// or throws the cloud::Error that the service answered with.
//
// A coroutine resumes on the executor it was spawned on; the implementation of an operation may
// finish on any thread and never runs the caller's code there.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>

namespace doorbuster::cloud {

template <class T>
using Async = boost::asio::awaitable<T>;

// A point in time as AWS reports it: milliseconds since 1970-01-01 UTC.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

// Where the time comes from; the system's clock in production, turned by hand in tests. May be
// called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Time now() const override {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now());
  }
};

}  // namespace doorbuster::cloud
