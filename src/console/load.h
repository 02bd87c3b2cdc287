// A load: so many orders, at such a rate, into the queue where the shop puts its own.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "cloud/sqs.h"

namespace doorbuster::console {

inline constexpr std::uint64_t kLoadOrdersMax = 1'000'000;
inline constexpr std::uint64_t kLoadRateMax = 10'000;  // a second
inline constexpr std::uint64_t kPercentMax = 100;

struct LoadSize {
  std::uint64_t orders = 0;
  std::uint64_t rate = 0;             // orders a second
  std::uint64_t invalid_percent = 0;  // of them, spread evenly
};

struct LoadStatus {
  enum class State : unsigned char { idle, running, done, failed };
  State state = State::idle;
  LoadSize size;
  std::uint64_t sent = 0;
  std::string error;  // of one that failed
};

// What a load needs of the world; all of it outlives the load and the executor's work.
struct LoadParts {
  cloud::Sqs& sqs;
  const cloud::Clock& clock;
  std::function<std::string(std::size_t)> random;  // bytes that nobody can guess
  std::function<cloud::Async<void>(std::chrono::milliseconds)> sleep;
  boost::asio::any_io_executor executor;
};

// One load at a time. Its orders are valid, but for the share that is asked not to be, which are of
// an amount of 0; and new ones each time: they go by numbers as the shop's do. May be used from any
// thread.
class Load {
 public:
  explicit Load(LoadParts parts) : parts_(std::move(parts)) {}
  // Sends no more; the executor may still be about it.
  ~Load() { stop(); }

  // Throws shop::Problem: 400 if the size is none, 409 if there is one already or no queue.
  cloud::Async<void> start(LoadSize size);
  // Sends no more. Nothing if there is none.
  void stop();
  LoadStatus status() const;

 private:
  struct Run;

  const LoadParts parts_;
  mutable std::mutex mutex_;  // guards what follows
  std::shared_ptr<Run> run_;  // the last; null if there was none
};

// {"state": "running", "sent": 10, "orders": 100, "rate": 10, "invalid_percent": 0, "error": ""}
boost::json::object to_json(const LoadStatus& status);

// Reads {"orders": 100, "rate": 10, "invalid_percent": 5}; the last may be absent. Throws
// shop::Problem (400).
LoadSize load_size(const boost::json::object& body);

// On a timer of the caller's executor.
cloud::Async<void> sleep_for(std::chrono::milliseconds time);

}  // namespace doorbuster::console
