// What CloudWatch accepts. Each check throws cloud::Error with its codes.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
#pragma once

#include <string>
#include <vector>

#include "cloud/cloud_watch.h"
#include "engine/metric_statistics.h"

namespace doorbuster::engine {

inline constexpr std::size_t kMetricsPerPage = 500;
// How far ahead of the clock data may be.
inline constexpr std::chrono::hours kMetricAheadMax{2};
inline constexpr std::size_t kDatapointsMax = 100'800;      // of GetMetricData
inline constexpr std::size_t kStatisticsPointsMax = 1'440;  // of GetMetricStatistics

// The metric, its dimensions in the order in which they are kept.
cloud::Metric checked_metric(std::string namespace_name, std::string name,
                             std::vector<cloud::Dimension> dimensions);

// What a datum measured. `now` is what its timestamp is held against.
cloud::Distribution checked_values(const cloud::MetricDatum& datum, cloud::Time now);
void check_put(const cloud::PutMetricDataRequest& request);

void check_queries(const cloud::GetMetricDataRequest& request);
Statistic checked_statistic(const std::string& name);
void check_statistics(const cloud::GetMetricStatisticsRequest& request);

}  // namespace doorbuster::engine
