// Metrics as Prometheus reads them.
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
#pragma once

#include <string>
#include <vector>

#include "cloud/metric.h"

namespace doorbuster::wire {

inline constexpr const char* kPrometheusContentType = "text/plain; version=0.0.4; charset=utf-8";

// AWS/SQS NumberOfMessagesSent of a queue becomes
// doorbuster_aws_sqs_number_of_messages_sent_total{queue_name="orders-queue"}: names in snake case,
// with their unit if it isn't a plain count, counters with _total at the end. A distribution is a
// histogram whose buckets end at powers of two. Counters begin at 0 with the process, as Prometheus
// expects them to.
//
// Lines are ordered by name, then as they come. Metrics of which one was given already, by name and
// dimensions, are left out: a series must not be there twice.
std::string prometheus_text(const std::vector<cloud::MetricTotal>& totals);

}  // namespace doorbuster::wire
