#include "engine/event_source_rules.h"

#include <algorithm>
#include <boost/json.hpp>

#include "cloud/arn.h"
#include "engine/function_rules.h"
#include "engine/json_record.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

constexpr int kBatchMax = 10'000;
constexpr int kBatchMaxWithoutWindow = 10;
constexpr int kWindowMax_s = 300;
constexpr int kConcurrencyMin = 2;
constexpr int kConcurrencyMax = 1'000;
constexpr std::size_t kFiltersMax = 5;
constexpr std::size_t kPatternMax = 4'096;  // bytes

void check_fifo(const cloud::EventSourceMappingConfiguration& mapping) {
  if (!mapping.EventSourceArn.ends_with(".fifo")) return;
  if (mapping.MaximumBatchingWindowInSeconds > 0) {
    throw invalid_value("Batching window is not supported for FIFO queues.");
  }
  if (mapping.BatchSize > kBatchMaxWithoutWindow) {
    throw invalid_value("Maximum batch size for FIFO queues is 10.");
  }
}

std::string text(const json::object& from, std::string_view name) {
  return std::string(from.at(name).as_string());
}

}  // namespace

void check(const cloud::EventSourceMappingConfiguration& mapping) {
  const auto queue = cloud::Arn::parse(mapping.EventSourceArn);
  if (!queue || queue->service != "sqs") {
    throw invalid_value("Unrecognized event source, must be an SQS queue here: " +
                        mapping.EventSourceArn);
  }
  check_range(mapping.BatchSize, 1, kBatchMax, "batchSize");
  check_range(mapping.MaximumBatchingWindowInSeconds, 0, kWindowMax_s,
              "maximumBatchingWindowInSeconds");
  check_fifo(mapping);
  if (mapping.BatchSize > kBatchMaxWithoutWindow && mapping.MaximumBatchingWindowInSeconds < 1) {
    throw invalid_value(
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater "
        "than 10");
  }
  if (mapping.ScalingConfig) {
    check_range(mapping.ScalingConfig->MaximumConcurrency, kConcurrencyMin, kConcurrencyMax,
                "scalingConfig.maximumConcurrency");
  }
  for (const auto& type : mapping.FunctionResponseTypes) {
    if (type == "ReportBatchItemFailures") continue;
    throw violation(type, "functionResponseTypes",
                    "Member must satisfy enum value set: [ReportBatchItemFailures]");
  }
}

std::vector<FilterPolicy> patterns_of(const cloud::EventSourceMappingConfiguration& mapping) {
  std::vector<FilterPolicy> patterns;
  if (!mapping.FilterCriteria) return patterns;
  const auto& filters = mapping.FilterCriteria->Filters;
  if (filters.size() > kFiltersMax)
    throw invalid_value("An event source mapping can have at most 5 filters.");
  for (const auto& filter : filters) {
    if (filter.Pattern.size() > kPatternMax) {
      throw violation(filter.Pattern, "filterCriteria.filters.member.pattern",
                      "Member must have length less than or equal to 4096");
    }
    try {
      patterns.push_back(FilterPolicy::parse(filter.Pattern, FilterScope::kMessageBody));
    } catch (const cloud::Error& e) {
      throw invalid_value("Invalid filter pattern definition. " + e.message());
    }
  }
  return patterns;
}

std::string encode(const cloud::EventSourceMappingConfiguration& mapping,
                   const std::map<std::string, std::string>& tags) {
  json::object json{{"uuid", mapping.UUID},
                    {"arn", mapping.EventSourceMappingArn},
                    {"source", mapping.EventSourceArn},
                    {"function", mapping.FunctionArn},
                    {"batch_size", mapping.BatchSize},
                    {"window", mapping.MaximumBatchingWindowInSeconds},
                    {"response_types", json::value_from(mapping.FunctionResponseTypes)},
                    {"modified", to_ms(mapping.LastModified)},
                    {"state", mapping.State},
                    {"tags", json::value_from(tags)}};
  if (mapping.ScalingConfig && mapping.ScalingConfig->MaximumConcurrency) {
    json["concurrency"] = *mapping.ScalingConfig->MaximumConcurrency;
  }
  if (mapping.FilterCriteria) {
    json::array filters;
    for (const auto& filter : mapping.FilterCriteria->Filters) {
      filters.emplace_back(filter.Pattern);
    }
    json["filters"] = std::move(filters);
  }
  return json::serialize(json);
}

StoredMapping decode_mapping(std::string_view bytes) {
  const auto json = read_json_record(bytes);
  StoredMapping stored;
  auto& mapping = stored.mapping;
  mapping.UUID = text(json, "uuid");
  mapping.EventSourceMappingArn = text(json, "arn");
  mapping.EventSourceArn = text(json, "source");
  mapping.FunctionArn = text(json, "function");
  mapping.BatchSize = json.at("batch_size").to_number<int>();
  mapping.MaximumBatchingWindowInSeconds = json.at("window").to_number<int>();
  mapping.FunctionResponseTypes =
      json::value_to<std::vector<std::string>>(json.at("response_types"));
  mapping.LastModified = from_ms(json.at("modified").to_number<std::int64_t>());
  mapping.State = text(json, "state");
  mapping.LastProcessingResult = "No records processed";
  if (const auto* concurrency = json.if_contains("concurrency")) {
    mapping.ScalingConfig.emplace().MaximumConcurrency = concurrency->to_number<int>();
  }
  if (const auto* filters = json.if_contains("filters")) {
    auto& criteria = mapping.FilterCriteria.emplace();
    for (const auto& pattern : filters->as_array()) {
      criteria.Filters.push_back({std::string(pattern.as_string())});
    }
  }
  stored.tags = json::value_to<std::map<std::string, std::string>>(json.at("tags"));
  return stored;
}

}  // namespace doorbuster::engine
