// A metric: what is measured, of what, and as what. Names are CloudWatch's.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cloud/arn.h"
#include "cloud/distribution.h"

namespace doorbuster::cloud {

struct Dimension {
  std::string Name;
  std::string Value;

  friend auto operator<=>(const Dimension&, const Dimension&) = default;
};

struct Metric {
  std::string Namespace;
  std::string MetricName;
  std::vector<Dimension> Dimensions;

  friend auto operator<=>(const Metric&, const Metric&) = default;
};

// The namespaces of what this program measures.
inline constexpr const char* kSqsMetrics = "AWS/SQS";        // by QueueName
inline constexpr const char* kSnsMetrics = "AWS/SNS";        // by TopicName
inline constexpr const char* kS3Metrics = "AWS/S3";          // by BucketName
inline constexpr const char* kLambdaMetrics = "AWS/Lambda";  // by FunctionName
inline constexpr const char* kStatesMetrics = "AWS/States";  // by StateMachineArn
inline constexpr const char* kOwnMetrics = "Doorbuster";     // without a dimension

// The metric of one resource by its name, with the dimension that its namespace has: a queue's name
// is its QueueName, a state machine's becomes its ARN in the scope. S3 says of what is stored also
// as which StorageType. Without a resource, or in a namespace that is none of the above, it has no
// dimension.
Metric metric_of(const Scope& scope, std::string_view namespace_name, std::string_view name,
                 std::string_view resource);
// The name again; empty if the metric has no dimension. Of several it is the first one's value.
std::string resource_of(const Metric& metric);

enum class MetricKind : unsigned char {
  counter,       // a sum that only grows, from 0 on at every start of the process
  gauge,         // how much there is now
  distribution,  // values of which each was measured once
};

// A metric as it stands now, for whoever watches: counters and distributions since the process
// began, gauges as they are.
struct MetricTotal {
  cloud::Metric Metric;
  std::string Unit;  // as in CloudWatch: "Count", "Bytes", "Milliseconds", "Percent", "None" ...
  MetricKind Kind = MetricKind::counter;
  double Value = 0;                  // of a counter or a gauge
  cloud::Distribution Distribution;  // of a distribution
};

}  // namespace doorbuster::cloud
