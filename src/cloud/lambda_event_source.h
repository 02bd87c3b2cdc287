// What feeds a function of AWS Lambda from a queue.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
//
// A mapping polls the queue and calls the function with batches of messages. If the function
// throws, the batch stays in flight until its visibility timeout ends; if it answers, the batch is
// deleted, but for the messages that it names in {"batchItemFailures": [{"itemIdentifier":
// MESSAGE_ID}]}, which it is asked to do by the function response type ReportBatchItemFailures.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cloud/async.h"

namespace doorbuster::cloud {

struct Filter {
  std::string Pattern;  // JSON, of EventBridge's kind
};
// Of several filters, a message must match one.
struct FilterCriteria {
  std::vector<Filter> Filters;
};
struct ScalingConfig {
  std::optional<int> MaximumConcurrency;  // calls at the same time, 2 to 1,000
};

struct CreateEventSourceMappingRequest {
  std::string EventSourceArn;
  std::string FunctionName;
  bool Enabled = true;
  std::optional<int> BatchSize;                       // messages, 1 to 10,000; 10 if absent
  std::optional<int> MaximumBatchingWindowInSeconds;  // 0 to 300
  std::optional<cloud::FilterCriteria> FilterCriteria;
  std::optional<cloud::ScalingConfig> ScalingConfig;
  std::vector<std::string> FunctionResponseTypes;
  std::map<std::string, std::string> Tags;
};

struct EventSourceMappingConfiguration {
  std::string UUID;
  std::string EventSourceMappingArn;
  std::string EventSourceArn;
  std::string FunctionArn;
  int BatchSize = 10;
  int MaximumBatchingWindowInSeconds = 0;
  std::optional<cloud::FilterCriteria> FilterCriteria;
  std::optional<cloud::ScalingConfig> ScalingConfig;
  std::vector<std::string> FunctionResponseTypes;
  Time LastModified{};
  std::string LastProcessingResult;  // "No records processed", "OK", "PROBLEM: …"
  std::string State;                 // "Enabled", "Disabled", or on the way there: "Creating" …
  std::string StateTransitionReason = "USER_INITIATED";
};

struct GetEventSourceMappingRequest {
  std::string UUID;
};
struct UpdateEventSourceMappingRequest {
  std::string UUID;
  std::string FunctionName;  // empty: as it was, like whatever is absent
  std::optional<bool> Enabled;
  std::optional<int> BatchSize;
  std::optional<int> MaximumBatchingWindowInSeconds;
  std::optional<cloud::FilterCriteria> FilterCriteria;  // without Filters: none any more
  std::optional<cloud::ScalingConfig> ScalingConfig;    // the same
  std::optional<std::vector<std::string>> FunctionResponseTypes;
};
struct DeleteEventSourceMappingRequest {
  std::string UUID;
};
struct ListEventSourceMappingsRequest {
  std::string EventSourceArn;
  std::string FunctionName;
  std::string Marker;
  std::optional<int> MaxItems;
};
struct ListEventSourceMappingsResult {
  std::string NextMarker;
  std::vector<EventSourceMappingConfiguration> EventSourceMappings;
};

}  // namespace doorbuster::cloud
