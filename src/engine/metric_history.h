// What was measured, minute by minute: the last eight days of at most kMetricsMax metrics.
//
// A metric has a number. The minutes of an hour stand in one record, so that a week of a metric is
// 168 reads. The bytes, as engine/codec.h has them:
//
//   config   "N" metric_key()        number:varint day:varint unit:text
//            "O"                     the next number to give
//   metrics  hour:u32 number:u32     the minutes of that hour since 1970, of the metric
//
//   minutes  minute ...              a minute that is there twice is both together
//   minute   of the hour:byte values
//   values   1:varint value                    one value
//          | 2:varint count sum min max        without the values
//            buckets:varint (bucket:varint count)...
//   value    whole:varint, twice itself, if it is whole and 0 or more
//          | 1:varint bits:u64                 else, of the double
//   bucket   counted from Distribution::kLowest
//
// `day` is that of the last minute. What is older than the retention is removed once an hour.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "cloud/distribution.h"
#include "engine/turn.h"

namespace doorbuster::engine {

inline constexpr std::chrono::hours kMetricRetention{8 * 24};

// A metric as the store knows it.
struct KeptMetric {
  std::uint32_t number = 0;
  std::uint64_t day = 0;  // since 1970, of its last minute
  std::string unit;
};

// Belongs to the writer's thread.
class MetricHistory {
 public:
  // What can't be read of it is left out: nobody should miss a start for a chart.
  void open(const Store& store);

  // How many metrics more there can be.
  std::size_t room() const { return kMetricsMax - metrics_.size(); }
  bool knows(const std::string& key) const { return metrics_.contains(key); }

  // Adds to what there is of the minute. False if there are too many metrics.
  bool add(Turn& turn, cloud::Time minute, const MinuteValues& values);
  // Removes what is too old, if the hour is another than the last time.
  void expire(Turn& turn, cloud::Time now);

  // After the turn's commands, and when its batch is on disk.
  void finish_turn(Turn& turn);
  void end_turn();

 private:
  KeptMetric* find_or_make(Turn& turn, const MinuteValues& values, std::uint64_t day);
  static void write(Turn& turn, const std::string& key, const KeptMetric& metric);

  std::map<std::string, KeptMetric> metrics_;  // by key
  std::uint32_t next_number_ = 1;
  std::uint32_t expired_until_ = 0;  // an hour
  // Of an hour and a metric's number: what this turn makes of its record.
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::string> changed_;
};

// From the store alone, any thread.
std::optional<KeptMetric> find_metric(const Store& store, const std::string& key);
// In the order of their keys, from the one after `after` on (empty: the first), until visit() says
// false.
void for_each_metric(
    const Store& store, const cloud::Scope& owner, const std::string& after,
    const std::function<bool(std::string_view key, const KeptMetric& metric)>& visit);
// Adds each minute from `from` to before `to` to the distribution that `into` gives for it. Says
// whether some of it could not be read, and was left out.
bool read_minutes(const Store& store, std::uint32_t number, cloud::Time from, cloud::Time to,
                  const std::function<cloud::Distribution&(cloud::Time minute)>& into);

}  // namespace doorbuster::engine
