#include "engine/metric_history.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "engine/codec.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

using cloud::Distribution;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::size_t kMinutes = 60;
constexpr std::uint64_t kOne = 1;
constexpr std::uint64_t kMany = 2;
constexpr double kWholeMax = 9e15;  // less than 2^53
constexpr std::string_view kNextNumberKey = "O";
// A record of more bytes is rewritten with each minute once: somebody puts data without end.
constexpr std::size_t kHourBytesMax = std::size_t{32} << 10;

std::string history_key(std::string_view key) {
  return Encoder().raw("N").raw(key).bytes();
}

template <class Unit>
std::uint64_t since_1970(cloud::Time time) {
  const auto count = std::chrono::floor<Unit>(time).time_since_epoch().count();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0));
}

std::uint32_t hour_of(cloud::Time time) {
  return static_cast<std::uint32_t>(since_1970<hours>(time));
}

std::string hour_key(std::uint32_t hour, std::uint32_t number) {
  return Encoder().u32(hour).u32(number).bytes();
}

// --- Values -----------------------------------------------------------------------------------

void encode(Encoder& out, double value) {
  if (value >= 0 && value < kWholeMax && value == std::floor(value)) {
    out.varint(static_cast<std::uint64_t>(value) << 1);
  } else {
    out.varint(1).u64(std::bit_cast<std::uint64_t>(value));
  }
}

double decode_value(Decoder& in) {
  const std::uint64_t whole = in.varint();
  if ((whole & 1) == 0) return static_cast<double>(whole >> 1);
  return std::bit_cast<double>(in.u64());
}

void encode(Encoder& out, const Distribution& values) {
  if (values.count() == 1 && values.has_percentiles()) {
    out.varint(kOne);
    encode(out, values.sum());
    return;
  }
  out.varint(kMany);
  for (const double v : {values.count(), values.sum(), values.min(), values.max()}) encode(out, v);
  out.varint(values.buckets().size());
  for (const auto& [bucket, count] : values.buckets()) {
    out.varint(static_cast<std::uint64_t>(bucket - Distribution::kLowest));
    encode(out, count);
  }
}

Distribution decode_many(Decoder& in) {
  std::array<double, 4> v{};
  for (double& value : v) value = decode_value(in);
  Distribution::Buckets buckets;
  for (std::uint64_t left = in.varint(); left > 0; --left) {
    const std::uint64_t bucket = in.varint();
    if (bucket > static_cast<std::uint64_t>(Distribution::kHighest - Distribution::kLowest)) {
      throw CorruptRecord();
    }
    buckets[static_cast<int>(bucket) + Distribution::kLowest] = decode_value(in);
  }
  return Distribution::restore(v[0], v[1], v[2], v[3], std::move(buckets));
}

void decode_into(Decoder& in, Distribution& sum) {
  const std::uint64_t form = in.varint();
  if (form == kOne) {
    sum.add(decode_value(in));
  } else if (form == kMany) {
    sum.merge(decode_many(in));
  } else {
    throw CorruptRecord();
  }
}

// --- Hours ------------------------------------------------------------------------------------

void append(std::string& hour, std::size_t minute, const Distribution& values) {
  Encoder out;
  out.byte(static_cast<std::uint8_t>(minute));
  encode(out, values);
  hour += out.bytes();
}

template <class Into>
void decode_hour(std::string_view bytes, const Into& into) {
  Decoder in(bytes);
  while (!in.done()) {
    const std::size_t minute = in.byte();
    if (minute >= kMinutes) throw CorruptRecord();
    decode_into(in, into(minute));
  }
}

// Each minute once, as far as the bytes can be read.
std::string rewritten(std::string_view bytes) {
  std::array<Distribution, kMinutes> all;
  try {
    decode_hour(bytes, [&](std::size_t minute) -> Distribution& { return all[minute]; });
  } catch (const CorruptRecord&) {  // NOLINT(bugprone-empty-catch): the rest can't be told apart
  }
  std::string hour;
  for (std::size_t minute = 0; minute < kMinutes; ++minute) {
    if (all[minute].count() > 0) append(hour, minute, all[minute]);
  }
  return hour;
}

KeptMetric decode_metric(std::string_view bytes) {
  Decoder in(bytes);
  KeptMetric metric;
  metric.number = static_cast<std::uint32_t>(in.varint());
  metric.day = in.varint();
  metric.unit = in.text();
  return metric;
}

std::optional<KeptMetric> decode_metric_if_whole(std::string_view bytes) {
  try {
    return decode_metric(bytes);
  } catch (const CorruptRecord&) {
    return std::nullopt;
  }
}

}  // namespace

// --- Writing ----------------------------------------------------------------------------------

void MetricHistory::open(const Store& store) {
  store.scan(Family::config, "N", "O", [this](std::string_view key, std::string_view value) {
    if (auto metric = decode_metric_if_whole(value)) {
      next_number_ = std::max(next_number_, metric->number + 1);
      metrics_.emplace(key.substr(1), std::move(*metric));
    }
    return true;
  });
  std::string next;
  if (store.get(Family::config, kNextNumberKey, &next)) {
    next_number_ = std::max(next_number_, Decoder(next).u32());
  }
}

void MetricHistory::write(Turn& turn, const std::string& key, const KeptMetric& metric) {
  turn.batch.put(Family::config, history_key(key),
                 Encoder().varint(metric.number).varint(metric.day).text(metric.unit).bytes());
}

KeptMetric* MetricHistory::find_or_make(Turn& turn, const MinuteValues& values, std::uint64_t day) {
  const auto it = metrics_.find(values.key);
  if (it != metrics_.end() && it->second.day >= day) return &it->second;
  if (it == metrics_.end() && room() == 0) return nullptr;
  KeptMetric& metric = metrics_[values.key];
  if (it == metrics_.end()) {
    metric.number = next_number_++;
    metric.unit = values.unit;
    turn.batch.put(Family::config, kNextNumberKey, Encoder().u32(next_number_).bytes());
  }
  metric.day = day;
  write(turn, values.key, metric);
  return &metric;
}

bool MetricHistory::add(Turn& turn, cloud::Time minute, const MinuteValues& values) {
  const KeptMetric* metric = find_or_make(turn, values, since_1970<days>(minute));
  if (!metric) return false;
  const std::uint32_t hour = hour_of(minute);
  const auto [it, first] = changed_.try_emplace({hour, metric->number});
  std::string& bytes = it->second;
  if (first) turn.store.get(Family::metrics, hour_key(hour, metric->number), &bytes);
  append(bytes, since_1970<minutes>(minute) % kMinutes, values.values);
  if (bytes.size() > kHourBytesMax) bytes = rewritten(bytes);
  return true;
}

void MetricHistory::expire(Turn& turn, cloud::Time now) {
  const std::uint32_t oldest = hour_of(now - kMetricRetention);
  if (oldest <= expired_until_) return;
  expired_until_ = oldest;
  turn.batch.remove_range(Family::metrics, hour_key(0, 0), hour_key(oldest, 0));
  const std::uint64_t oldest_day = since_1970<days>(now - kMetricRetention);
  std::erase_if(metrics_, [&](const auto& kept) {
    const bool gone = kept.second.day < oldest_day;
    if (gone) turn.batch.remove(Family::config, history_key(kept.first));
    return gone;
  });
}

void MetricHistory::finish_turn(Turn& turn) {
  for (const auto& [where, bytes] : changed_) {
    turn.batch.put(Family::metrics, hour_key(where.first, where.second), bytes);
  }
}

void MetricHistory::end_turn() {
  changed_.clear();
}

// --- Reading ----------------------------------------------------------------------------------

std::optional<KeptMetric> find_metric(const Store& store, const std::string& key) {
  std::string bytes;
  if (!store.get(Family::config, history_key(key), &bytes)) return std::nullopt;
  return decode_metric_if_whole(bytes);
}

void for_each_metric(
    const Store& store, const cloud::Scope& owner, const std::string& after,
    const std::function<bool(std::string_view key, const KeptMetric& metric)>& visit) {
  const std::string prefix = history_key(metric_key_prefix(owner));
  // The key that follows immediately.
  const std::string begin = after.empty() ? prefix : history_key(after) + '\0';
  store.scan(Family::config, std::max(begin, prefix), after_prefix(prefix),
             [&](std::string_view key, std::string_view value) {
               const auto metric = decode_metric_if_whole(value);
               return !metric || visit(key.substr(1), *metric);
             });
}

bool read_minutes(const Store& store, std::uint32_t number, cloud::Time from, cloud::Time to,
                  const std::function<Distribution&(cloud::Time minute)>& into) {
  bool whole = true;
  std::string bytes;
  for (auto hour = std::chrono::floor<hours>(from); hour < to; hour += hours(1)) {
    if (!store.get(Family::metrics, hour_key(hour_of(hour), number), &bytes)) continue;
    Distribution outside;
    try {
      decode_hour(bytes, [&](std::size_t minute) -> Distribution& {
        const cloud::Time time = hour + minutes(minute);
        return time >= from && time < to ? into(time) : outside;
      });
    } catch (const CorruptRecord&) {
      whole = false;
    }
  }
  return whole;
}

}  // namespace doorbuster::engine
