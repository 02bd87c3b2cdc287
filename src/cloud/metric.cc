#include "cloud/metric.h"

#include <array>

namespace doorbuster::cloud {
namespace {

struct ByResource {
  std::string_view namespace_name;
  std::string_view dimension;
};
constexpr std::array kByResource{
    ByResource{kSqsMetrics, "QueueName"},          ByResource{kSnsMetrics, "TopicName"},
    ByResource{kS3Metrics, "BucketName"},          ByResource{kLambdaMetrics, "FunctionName"},
    ByResource{kStatesMetrics, "StateMachineArn"},
};

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
struct ByStorage {
  std::string_view name;
  const char* storage_type;
};
constexpr std::array kByStorage{
    ByStorage{"BucketSizeBytes", "StandardStorage"},
    ByStorage{"NumberOfObjects", "AllStorageTypes"},
};

}  // namespace

Metric metric_of(const Scope& scope, std::string_view namespace_name, std::string_view name,
                 std::string_view resource) {
  Metric metric{std::string(namespace_name), std::string(name), {}};
  if (resource.empty()) return metric;
  for (const auto& row : kByResource) {
    if (row.namespace_name != namespace_name) continue;
    const bool by_arn = namespace_name == kStatesMetrics;
    metric.Dimensions.push_back({std::string(row.dimension),
                                 by_arn
                                     ? scope.arn("states", "stateMachine:" + std::string(resource))
                                     : std::string(resource)});
  }
  if (namespace_name != kS3Metrics) return metric;
  for (const auto& row : kByStorage) {
    if (row.name == name) metric.Dimensions.push_back({"StorageType", row.storage_type});
  }
  return metric;
}

std::string resource_of(const Metric& metric) {
  if (metric.Dimensions.empty()) return "";
  const std::string& value = metric.Dimensions.front().Value;
  return metric.Namespace == kStatesMetrics ? value.substr(value.rfind(':') + 1) : value;
}

}  // namespace doorbuster::cloud
