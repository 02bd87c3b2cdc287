// Amazon CloudWatch: metrics.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cloud/async.h"
#include "cloud/error.h"
#include "cloud/metric.h"

namespace doorbuster::cloud {

struct DimensionFilter {
  std::string Name;
  std::string Value;  // any if empty
};
struct ListMetricsRequest {
  std::string Namespace;
  std::string MetricName;
  std::vector<DimensionFilter> Dimensions;
  std::string NextToken;
  std::string RecentlyActive;  // "PT3H": those with data of the last three hours
};
struct ListMetricsResult {
  std::vector<Metric> Metrics;  // at most 500
  std::string NextToken;
};

struct StatisticSet {
  double SampleCount = 0;
  double Sum = 0;
  double Minimum = 0;
  double Maximum = 0;
};
// One of Value, StatisticValues and Values says what was measured.
struct MetricDatum {
  std::string MetricName;
  std::vector<Dimension> Dimensions;
  std::optional<Time> Timestamp;  // now if absent
  std::optional<double> Value;
  std::optional<StatisticSet> StatisticValues;
  std::vector<double> Values;
  std::vector<double> Counts;  // of each of them; 1 if there are none
  std::string Unit;            // "None" if empty
  std::optional<int> StorageResolution;
};
struct PutMetricDataRequest {
  std::string Namespace;
  std::vector<MetricDatum> MetricData;  // at most 1,000
};

struct MetricStat {
  cloud::Metric Metric;
  int Period = 0;    // seconds, a multiple of 60
  std::string Stat;  // Sum, Average, Minimum, Maximum, SampleCount, p0 to p100
  std::string Unit;  // any if empty
};
struct MetricDataQuery {
  std::string Id;
  std::optional<cloud::MetricStat> MetricStat;
  std::string Expression;  // refused: there is no metric math
  std::string Label;       // the metric's name if empty
  std::optional<bool> ReturnData;
};
struct GetMetricDataRequest {
  std::vector<MetricDataQuery> MetricDataQueries;  // at most 500
  Time StartTime{};                                // inclusive
  Time EndTime{};                                  // exclusive
  std::string NextToken;
  std::string ScanBy;  // TimestampDescending if empty, or TimestampAscending
  std::optional<int> MaxDatapoints;
};
// A period without data has no value. Its timestamp is when it begins.
struct MetricDataResult {
  std::string Id;
  std::string Label;
  std::vector<Time> Timestamps;
  std::vector<double> Values;
  std::string StatusCode = "Complete";  // or PartialData: there is a NextToken
};
struct GetMetricDataResult {
  std::vector<MetricDataResult> MetricDataResults;  // in the queries' order
  std::string NextToken;
};

struct GetMetricStatisticsRequest {
  std::string Namespace;
  std::string MetricName;
  std::vector<Dimension> Dimensions;
  Time StartTime{};
  Time EndTime{};
  int Period = 0;
  std::vector<std::string> Statistics;
  std::vector<std::string> ExtendedStatistics;
  std::string Unit;
};
struct Datapoint {
  Time Timestamp{};
  std::optional<double> SampleCount;
  std::optional<double> Average;
  std::optional<double> Sum;
  std::optional<double> Minimum;
  std::optional<double> Maximum;
  std::string Unit;
  std::map<std::string, double> ExtendedStatistics;
};
struct GetMetricStatisticsResult {
  std::string Label;
  std::vector<Datapoint> Datapoints;  // at most 1,440
};

// May be called from any thread. The service outlives the operations that are under way.
class CloudWatch {
 public:
  virtual ~CloudWatch() = default;

  virtual Async<ListMetricsResult> ListMetrics(ListMetricsRequest) {
    return not_implemented<ListMetricsResult>("ListMetrics");
  }
  virtual Async<void> PutMetricData(PutMetricDataRequest) {
    return not_implemented<void>("PutMetricData");
  }
  virtual Async<GetMetricDataResult> GetMetricData(GetMetricDataRequest) {
    return not_implemented<GetMetricDataResult>("GetMetricData");
  }
  virtual Async<GetMetricStatisticsResult> GetMetricStatistics(GetMetricStatisticsRequest) {
    return not_implemented<GetMetricStatisticsResult>("GetMetricStatistics");
  }
};

}  // namespace doorbuster::cloud
