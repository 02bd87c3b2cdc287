// What the engine counts while it works, under CloudWatch's names, and what it has to say.
//
// Whoever is counted (a queue, a function ...) keeps its counters, so that counting is an addition
// and no search. Nothing of it is in the store until a minute is written down
// (engine/metric_history.h): counting changes nothing of what a turn writes.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "cloud/metric.h"

namespace doorbuster::engine {

// A line for the operator. May be called from the writer's thread and from handlers' threads.
using Log = std::function<void(std::string_view line)>;

// How many metrics there can be, and how many the history keeps: what is beyond is not counted.
inline constexpr std::size_t kMetricsMax = 2'000;

// Since the process began. Any thread.
class Counter {
 public:
  // Returns the new total.
  std::uint64_t add(std::uint64_t count = 1) {
    return total_.fetch_add(count, std::memory_order_relaxed) + count;
  }
  std::uint64_t total() const { return total_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> total_ = 0;
};

// How much there is now. Belongs to the writer's thread.
class Gauge {
 public:
  // As it was found.
  void set(double value) { value_ = highest_ = value; }
  // As it was followed, with all that comes and goes between two minutes.
  void add(double more) {
    value_ += more;
    highest_ = std::max(highest_, value_);
  }
  double value() const { return value_; }
  // The most there was since this was last called, as far as it was followed.
  double take() { return std::exchange(highest_, value_); }

 private:
  double value_ = 0;
  double highest_ = 0;
};

// How long things took, in milliseconds. Belongs to the writer's thread.
class Timings {
 public:
  void add(std::chrono::milliseconds time) { minute_.add(static_cast<double>(time.count())); }
  // Since the process began.
  cloud::Distribution total() const;
  // Since this was last called.
  cloud::Distribution take();

 private:
  cloud::Distribution before_;
  cloud::Distribution minute_;
};

// What is measured: one resource, whose account's its metrics are.
struct Measured {
  const char* namespace_name;
  cloud::Scope owner;
  std::string resource;  // its name
};
// The same of the resource that an ARN names, which must be one.
Measured measured(const char* namespace_name, std::string_view arn);

// The name of an account's metric in the store and in memory: those of a namespace stand together.
std::string metric_key(const cloud::Scope& owner, const cloud::Metric& metric);
// What the keys of all metrics of the account begin with.
std::string metric_key_prefix(const cloud::Scope& owner);
// Throws CorruptRecord.
cloud::Metric metric_of_key(std::string_view key);

// What was measured of a metric in a minute.
struct MinuteValues {
  std::string key;
  std::string unit;
  cloud::Distribution values;
};

// All that is counted. Belongs to the writer's thread.
class Metrics {
 public:
  // The same one for the same resource, as long as anybody keeps it: it is forgotten once nobody
  // does. When there are too many, one that nobody else sees.
  std::shared_ptr<Counter> counter(const Measured& what, std::string_view name,
                                   std::string_view unit = "Count");
  std::shared_ptr<Gauge> gauge(const Measured& what, std::string_view name,
                               std::string_view unit = "Count");
  std::shared_ptr<Timings> timings(const Measured& what, std::string_view name);

  std::vector<cloud::MetricTotal> totals(const cloud::Scope& owner) const;

  // What has been counted since this was last called, by key.
  std::vector<MinuteValues> take();

  // Whether some were not counted, since the last call.
  bool take_overflow() { return std::exchange(overflow_, false); }

 private:
  using Meter =
      std::variant<std::shared_ptr<Counter>, std::shared_ptr<Gauge>, std::shared_ptr<Timings>>;
  struct Series {
    std::string unit;
    Meter meter;
    std::uint64_t taken = 0;  // of a counter's total
  };

  template <class T>
  std::shared_ptr<T> meter(const Measured& what, std::string_view name, std::string_view unit);

  std::map<std::string, Series> series_;  // by key
  bool overflow_ = false;
};

}  // namespace doorbuster::engine
