#include <algorithm>
#include <charconv>
#include <set>

#include "cloud/error.h"
#include "engine/metric_history.h"
#include "engine/metric_rules.h"
#include "engine/read_store.h"
#include "engine/services.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

using namespace cloud;  // NOLINT(google-build-using-namespace): every second word is one of theirs

constexpr std::chrono::hours kRecently{3};
constexpr const char* kRecentlyActive = "PT3H";

Time floor_to(Time time, std::chrono::seconds period) {
  return time - time.time_since_epoch() % period;
}

// Values of consecutive periods.
struct Periods {
  Time first;
  std::chrono::seconds length;
  std::string unit;
  std::vector<Distribution> values;
  bool whole = true;  // or some of it can't be read, and is left out

  Time at(std::size_t i) const { return first + length * static_cast<std::int64_t>(i); }
};

bool matches(const Metric& metric, const ListMetricsRequest& request) {
  const auto has = [&metric](const DimensionFilter& filter) {
    return std::ranges::any_of(metric.Dimensions, [&](const Dimension& dimension) {
      return dimension.Name == filter.Name &&
             (filter.Value.empty() || dimension.Value == filter.Value);
    });
  };
  return (request.Namespace.empty() || metric.Namespace == request.Namespace) &&
         (request.MetricName.empty() || metric.MetricName == request.MetricName) &&
         std::ranges::all_of(request.Dimensions, has);
}

Error invalid_token() {
  return {"InvalidNextToken", "The value for parameter NextToken is invalid."};
}

// Where a page of GetMetricData ends: a query, and how many of its points were given.
struct Position {
  std::size_t query = 0;
  std::size_t point = 0;

  std::string str() const { return std::to_string(query) + '.' + std::to_string(point); }
  static Position parse(std::string_view text) {
    Position position;
    const char* end = text.data() + text.size();
    const auto query = std::from_chars(text.data(), end, position.query);
    if (query.ec != std::errc() || query.ptr == end || *query.ptr != '.') throw invalid_token();
    const auto point = std::from_chars(query.ptr + 1, end, position.point);
    if (point.ec != std::errc() || point.ptr != end) throw invalid_token();
    return position;
  }
};

class CloudWatchService final : public CloudWatch {
 public:
  CloudWatchService(Engine& engine, Caller caller) : engine_(engine), caller_(std::move(caller)) {}

  Async<ListMetricsResult> ListMetrics(ListMetricsRequest request) override {
    check_caller();
    co_return read_store([&] { return list(request); });
  }

  Async<void> PutMetricData(PutMetricDataRequest request) override {
    check_caller();
    check_put(request);
    const Time now = engine_.clock().now();
    std::vector<std::pair<Time, MinuteValues>> all;
    for (auto& datum : request.MetricData) {
      auto values = checked_values(datum, now);
      const auto metric = checked_metric(request.Namespace, std::move(datum.MetricName),
                                         std::move(datum.Dimensions));
      all.emplace_back(
          datum.Timestamp.value_or(now),
          MinuteValues{metric_key(caller_.scope, metric),
                       datum.Unit.empty() ? "None" : std::move(datum.Unit), std::move(values)});
    }
    auto op = [all = std::move(all)](Machine& m, Turn& turn) { put(m.metric_history, turn, all); };
    co_await engine_.call<Done>(std::move(op));
  }

  Async<GetMetricDataResult> GetMetricData(GetMetricDataRequest request) override {
    check_caller();
    check_queries(request);
    co_return read_store([&] { return data(request); });
  }

  Async<GetMetricStatisticsResult> GetMetricStatistics(
      GetMetricStatisticsRequest request) override {
    check_caller();
    check_statistics(request);
    co_return read_store([&] { return statistics(request); });
  }

 private:
  void check_caller() const {
    if (!caller_.anonymous) return;
    throw Error("MissingAuthenticationToken", "Request is missing Authentication Token", 403);
  }

  // All or nothing.
  static void put(MetricHistory& history, Turn& turn,
                  const std::vector<std::pair<Time, MinuteValues>>& all) {
    std::set<std::string_view> more;
    for (const auto& [time, values] : all) {
      if (!history.knows(values.key)) more.insert(values.key);
    }
    if (more.size() > history.room()) {
      throw Error("LimitExceeded",
                  "There can't be more than " + std::to_string(kMetricsMax) +
                      " metrics: one goes when it has had no data for eight days.");
    }
    for (const auto& [time, values] : all) history.add(turn, time, values);
  }

  ListMetricsResult list(const ListMetricsRequest& request) const {
    if (!request.RecentlyActive.empty() && request.RecentlyActive != kRecentlyActive) {
      throw Error("InvalidParameterValue",
                  "The value for parameter RecentlyActive is invalid: it must be PT3H.");
    }
    const auto after = from_base64(request.NextToken);
    if (!after) throw invalid_token();
    ListMetricsResult result;
    std::string last;
    for_each_metric(engine_.store(), caller_.scope, *after,
                    [&](std::string_view key, const KeptMetric& kept) {
                      Metric metric = metric_of_key(key);
                      if (!matches(metric, request)) return true;
                      if (!request.RecentlyActive.empty() && !recently_active(kept)) return true;
                      if (result.Metrics.size() == kMetricsPerPage) {
                        result.NextToken = base64(last);
                        return false;
                      }
                      result.Metrics.push_back(std::move(metric));
                      last = key;
                      return true;
                    });
    return result;
  }

  bool recently_active(const KeptMetric& kept) const {
    const Time now = engine_.clock().now();
    Distribution all;
    read_minutes(engine_.store(), kept.number, now - kRecently, now,
                 [&](Time) -> Distribution& { return all; });
    return all.count() > 0;
  }

  // Of a metric that is not known, or has another unit, there is nothing.
  Periods read(const Metric& metric, const std::string& unit, Time from, Time to,
               int period_s) const {
    const Time now = engine_.clock().now();
    const std::chrono::seconds length(period_s);
    const auto checked = checked_metric(metric.Namespace, metric.MetricName, metric.Dimensions);
    const auto kept = find_metric(engine_.store(), metric_key(caller_.scope, checked));
    from = floor_to(std::max(from, now - kMetricRetention), length);
    to = std::min(to, now + kMetricAheadMax);
    Periods periods{from, length, kept ? kept->unit : "", {}, true};
    if (!kept || to <= from || (!unit.empty() && unit != periods.unit)) return periods;
    periods.values.resize(
        static_cast<std::size_t>((to - from + length - Time::duration(1)) / length));
    const auto period_of = [&](Time minute) -> Distribution& {
      return periods.values[static_cast<std::size_t>((minute - from) / length)];
    };
    periods.whole = read_minutes(engine_.store(), kept->number, from, to, period_of);
    return periods;
  }

  MetricDataResult result_of(const MetricDataQuery& query,
                             const GetMetricDataRequest& request) const {
    const MetricStat& asked = *query.MetricStat;
    const Statistic statistic = checked_statistic(asked.Stat);
    const Periods periods =
        read(asked.Metric, asked.Unit, request.StartTime, request.EndTime, asked.Period);
    MetricDataResult result;
    result.Id = query.Id;
    result.Label = query.Label.empty() ? asked.Metric.MetricName : query.Label;
    if (!periods.whole) result.StatusCode = "InternalError";
    for (std::size_t i = 0; i < periods.values.size(); ++i) {
      const auto value = statistic.of(periods.values[i]);
      if (!value) continue;
      result.Timestamps.push_back(periods.at(i));
      result.Values.push_back(*value);
    }
    if (request.ScanBy != "TimestampAscending") {
      std::ranges::reverse(result.Timestamps);
      std::ranges::reverse(result.Values);
    }
    return result;
  }

  GetMetricDataResult data(const GetMetricDataRequest& request) const {
    const auto max = std::min<std::size_t>(
        static_cast<std::size_t>(request.MaxDatapoints.value_or(kDatapointsMax)), kDatapointsMax);
    Position at = request.NextToken.empty() ? Position() : Position::parse(request.NextToken);
    GetMetricDataResult page;
    std::size_t points = 0;
    for (; at.query < request.MetricDataQueries.size(); at = {at.query + 1, 0}) {
      const auto& query = request.MetricDataQueries[at.query];
      if (!query.ReturnData.value_or(true)) continue;
      MetricDataResult result = result_of(query, request);
      const std::size_t begin = std::min(at.point, result.Values.size());
      const std::size_t end = std::min(result.Values.size(), begin + (max - points));
      const bool all = end == result.Values.size();
      result.Timestamps = {result.Timestamps.begin() + static_cast<std::ptrdiff_t>(begin),
                           result.Timestamps.begin() + static_cast<std::ptrdiff_t>(end)};
      result.Values = {result.Values.begin() + static_cast<std::ptrdiff_t>(begin),
                       result.Values.begin() + static_cast<std::ptrdiff_t>(end)};
      points += end - begin;
      if (!all) result.StatusCode = "PartialData";
      page.MetricDataResults.push_back(std::move(result));
      if (!all) {
        page.NextToken = Position{at.query, end}.str();
        break;
      }
    }
    return page;
  }

  GetMetricStatisticsResult statistics(const GetMetricStatisticsRequest& request) const {
    const Metric metric{request.Namespace, request.MetricName, request.Dimensions};
    const Periods periods =
        read(metric, request.Unit, request.StartTime, request.EndTime, request.Period);
    GetMetricStatisticsResult result;
    result.Label = request.MetricName;
    for (std::size_t i = 0; i < periods.values.size(); ++i) {
      if (periods.values[i].count() <= 0) continue;
      result.Datapoints.push_back(datapoint(request, periods.values[i]));
      result.Datapoints.back().Timestamp = periods.at(i);
      result.Datapoints.back().Unit = periods.unit;
    }
    return result;
  }

  static Datapoint datapoint(const GetMetricStatisticsRequest& request,
                             const Distribution& values) {
    Datapoint point;
    const auto wanted = [&](const char* name) {
      return std::ranges::count(request.Statistics, name) > 0 ? checked_statistic(name).of(values)
                                                              : std::nullopt;
    };
    point.SampleCount = wanted("SampleCount");
    point.Average = wanted("Average");
    point.Sum = wanted("Sum");
    point.Minimum = wanted("Minimum");
    point.Maximum = wanted("Maximum");
    for (const auto& name : request.ExtendedStatistics) {
      if (const auto value = checked_statistic(name).of(values)) {
        point.ExtendedStatistics[name] = *value;
      }
    }
    return point;
  }

  Engine& engine_;
  const Caller caller_;
};

}  // namespace

std::unique_ptr<cloud::CloudWatch> make_cloud_watch(Engine& engine, cloud::Caller caller) {
  return std::make_unique<CloudWatchService>(engine, std::move(caller));
}

cloud::Async<std::vector<cloud::MetricTotal>> metric_totals(Engine& engine, cloud::Scope scope) {
  auto op = [scope](Machine& m, Turn& turn) {
    m.measure(turn.store, turn.now);
    return m.metrics.totals(scope);
  };
  auto all = co_await engine.call<std::vector<cloud::MetricTotal>>(std::move(op));
  for (auto& total : engine.recorded().totals(scope)) all.push_back(std::move(total));
  co_return all;
}

}  // namespace doorbuster::engine
