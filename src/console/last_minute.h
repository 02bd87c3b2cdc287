// What all metrics were within the last minute, kept whether or not anybody watches: what "this
// minute" means to a reader doesn't depend on since when he has been looking.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cloud/async.h"

namespace doorbuster::console {

// May be used from any thread.
class LastMinute {
 public:
  // Of the metrics as metrics.h's to_json() writes them. One a second is kept: what comes sooner is
  // not.
  void take(cloud::Time at, const boost::json::object& metrics);

  // {"at": [ms, ...], "metrics": {"NAMESPACE/NAME/RESOURCE": [1, ...]}}: how it stood each five
  // seconds from 70 before `at` on, as far as that is known. A metric that was each time what it is
  // in `metrics` is left out, and one that wasn't there yet was 0. Empty if nothing is known.
  boost::json::object before(cloud::Time at, const boost::json::object& metrics) const;

 private:
  std::vector<std::size_t> looks_before(cloud::Time at) const;

  mutable std::mutex mutex_;  // guards what follows
  std::deque<cloud::Time> times_;
  std::map<std::string, std::deque<double>, std::less<>> values_;  // each as long as `times_`
};

// Looks once a second from its making on, until it is told to stop.
class Lookout {
 public:
  // All metrics now. What it throws costs that one look.
  using Look = std::function<cloud::Async<boost::json::object>()>;

  // Whatever `look` and the clock refer to outlives the executor's work.
  Lookout(boost::asio::any_io_executor executor, Look look, const cloud::Clock& clock,
          std::shared_ptr<LastMinute> minute);
  Lookout(const Lookout&) = delete;
  Lookout& operator=(const Lookout&) = delete;
  ~Lookout() { stop(); }

  // From any thread. The executor may still be about the last look.
  void stop();

 private:
  struct State;
  static cloud::Async<void> watch(std::shared_ptr<State> state);

  const std::shared_ptr<State> state_;
};

}  // namespace doorbuster::console
