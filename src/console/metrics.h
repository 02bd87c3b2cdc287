// Metrics as the console's charts want them: some of their time, and all as they stand now.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "cloud/cloud_watch.h"
#include "wire/http.h"

namespace doorbuster::console {

// One metric by one statistic: "AWS/SQS/NumberOfMessagesSent/orders-queue/Sum".
struct Series {
  cloud::Metric metric;
  std::string stat;
};

// A chart's window, in whole periods.
struct Window {
  std::chrono::sys_seconds from{};
  std::chrono::sys_seconds to{};  // exclusive
  std::chrono::seconds period{60};
};

struct MetricQuery {
  Window window;
  std::vector<Series> series;
};

// Reads "from=EPOCH&to=EPOCH&period=60&metric=NAMESPACE/NAME/RESOURCE/STAT&metric=...". A RESOURCE
// may be empty, or "*", which is each that there is. Completes with an error, shop::Problem (400),
// if it is too much or makes no sense; throws cloud::Error, too. The service outlives it.
cloud::Async<MetricQuery> read_metric_query(cloud::CloudWatch& cloud_watch, cloud::Scope scope,
                                            std::string query);

// {"period": 60, "times": [...], "series": [{"metric": "...", "values": [1, null, ...]}]}. Throws
// cloud::Error. The service outlives it.
cloud::Async<boost::json::object> metric_data(cloud::CloudWatch& cloud_watch, MetricQuery query);

// By "NAMESPACE/NAME/RESOURCE", or "NAMESPACE/NAME" where there is none; a distribution is two
// numbers, ".count" and ".sum".
boost::json::object to_json(const std::vector<cloud::MetricTotal>& totals);

}  // namespace doorbuster::console
