#include "console/metrics.h"

#include <boost/json.hpp>
#include <map>
#include <utility>

#include "shop/answers.h"
#include "wire/encoding.h"

namespace doorbuster::console {
namespace {

namespace json = boost::json;
using std::chrono::seconds;

constexpr std::size_t kSeriesMax = 100;
constexpr std::int64_t kPointsMax = 2'000;
constexpr std::int64_t kMinute = 60;

std::string name_of(const cloud::Metric& metric) {
  const std::string resource = cloud::resource_of(metric);
  return metric.Namespace + '/' + metric.MetricName + (resource.empty() ? "" : '/' + resource);
}

std::string name_of(const Series& series) {
  return series.metric.Namespace + '/' + series.metric.MetricName + '/' +
         cloud::resource_of(series.metric) + '/' + series.stat;
}

std::int64_t number_in(std::string_view query, const char* name) {
  const auto text = wire::parameter(query, name);
  const auto number = text ? wire::to_integer(*text) : std::nullopt;
  constexpr std::int64_t kFarOff = 100'000'000'000;  // seconds
  if (number && *number >= 0 && *number <= kFarOff) return *number;
  throw shop::problem(400, '"' + std::string(name) + "\" must be a number of seconds.");
}

Window window_in(std::string_view query) {
  const auto period = number_in(query, "period");
  if (period == 0 || period % kMinute != 0) {
    throw shop::problem(400, "\"period\" must be a multiple of 60 seconds.");
  }
  const auto from = number_in(query, "from") / period * period;
  const auto to = number_in(query, "to");
  if (to <= from || (to - from + period - 1) / period > kPointsMax) {
    throw shop::problem(
        400, "\"from\" to \"to\" must be 1 to " + std::to_string(kPointsMax) + " periods.");
  }
  return {std::chrono::sys_seconds(seconds(from)), std::chrono::sys_seconds(seconds(to)),
          seconds(period)};
}

// What stands behind the last "/"; `rest` becomes what stands before it.
std::string take_last(std::string_view& rest) {
  const auto slash = rest.rfind('/');
  if (slash == std::string_view::npos) {
    throw shop::problem(400, "A metric is NAMESPACE/NAME/RESOURCE/STATISTIC.");
  }
  std::string last(rest.substr(slash + 1));
  rest = rest.substr(0, slash);
  return last;
}

cloud::Async<std::vector<Series>> each_of(cloud::CloudWatch& cloud_watch, Series wanted) {
  cloud::ListMetricsRequest request;
  request.Namespace = wanted.metric.Namespace;
  request.MetricName = wanted.metric.MetricName;
  const auto listed = co_await cloud_watch.ListMetrics(std::move(request));
  std::vector<Series> all;
  for (const auto& metric : listed.Metrics) all.push_back({metric, wanted.stat});
  co_return all;
}

cloud::GetMetricDataRequest request_of(const MetricQuery& query) {
  cloud::GetMetricDataRequest request;
  request.StartTime = query.window.from;
  request.EndTime = query.window.to;
  request.ScanBy = "TimestampAscending";
  for (const Series& series : query.series) {
    cloud::MetricDataQuery one;
    one.Id = 'm' + std::to_string(request.MetricDataQueries.size());
    one.MetricStat.emplace();
    one.MetricStat->Metric = series.metric;
    one.MetricStat->Period = static_cast<int>(query.window.period.count());
    one.MetricStat->Stat = series.stat;
    request.MetricDataQueries.push_back(std::move(one));
  }
  return request;
}

json::array times_of(const Window& window) {
  json::array times;
  for (auto time = window.from; time < window.to; time += window.period) {
    times.push_back(time.time_since_epoch().count());
  }
  return times;
}

using Values = std::map<std::string, json::array>;  // by the query's id

void fill(Values& values, const Window& window, const cloud::MetricDataResult& result) {
  json::array& row = values[result.Id];
  for (std::size_t i = 0; i < result.Values.size(); ++i) {
    const auto at = (result.Timestamps.at(i) - window.from) / window.period;
    if (at >= 0 && static_cast<std::size_t>(at) < row.size()) {
      row[static_cast<std::size_t>(at)] = result.Values[i];
    }
  }
}

}  // namespace

cloud::Async<MetricQuery> read_metric_query(cloud::CloudWatch& cloud_watch, cloud::Scope scope,
                                            std::string query) {
  MetricQuery read;
  read.window = window_in(query);
  for (const std::string& text : wire::parameters(query, "metric")) {
    std::string_view rest = text;
    const std::string stat = take_last(rest);
    const std::string resource = take_last(rest);
    const std::string name = take_last(rest);
    Series wanted{cloud::metric_of(scope, rest, name, resource), stat};
    if (resource == "*") {
      auto all = co_await each_of(cloud_watch, std::move(wanted));
      std::move(all.begin(), all.end(), std::back_inserter(read.series));
    } else {
      read.series.push_back(std::move(wanted));
    }
    if (read.series.size() > kSeriesMax) {
      throw shop::problem(400,
                          "At most " + std::to_string(kSeriesMax) + " metrics are given at once.");
    }
  }
  co_return read;
}

cloud::Async<json::object> metric_data(cloud::CloudWatch& cloud_watch, MetricQuery query) {
  auto request = request_of(query);
  const json::array times = times_of(query.window);
  Values values;
  for (const auto& one : request.MetricDataQueries) values[one.Id].resize(times.size());
  for (bool more = !query.series.empty(); more; more = !request.NextToken.empty()) {
    const auto page = co_await cloud_watch.GetMetricData(request);
    for (const auto& result : page.MetricDataResults) fill(values, query.window, result);
    request.NextToken = page.NextToken;
  }
  json::array series;
  for (std::size_t i = 0; i < query.series.size(); ++i) {
    series.push_back({{"metric", name_of(query.series[i])},
                      {"values", std::move(values[request.MetricDataQueries[i].Id])}});
  }
  co_return json::object{
      {"period", query.window.period.count()}, {"times", times}, {"series", std::move(series)}};
}

json::object to_json(const std::vector<cloud::MetricTotal>& totals) {
  json::object all;
  for (const auto& total : totals) {
    const std::string name = name_of(total.Metric);
    if (total.Kind == cloud::MetricKind::distribution) {
      all[name + ".count"] = total.Distribution.count();
      all[name + ".sum"] = total.Distribution.sum();
    } else {
      all[name] = total.Value;
    }
  }
  return all;
}

}  // namespace doorbuster::console
