// Calling a function of AWS Lambda, how many calls may be under way, and what becomes of those that
// nobody waits for.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cloud/async.h"

namespace doorbuster::cloud {

// What a function is told about the call it serves.
struct Context {
  std::string FunctionName;
  std::string AwsRequestId;
};

// A function: an event of AWS's own shape in, a result of AWS's own shape out. It may be called
// again before an earlier call has ended, from any thread. What it throws fails the call.
using Handler = std::function<Async<boost::json::value>(boost::json::value event, Context)>;

struct InvokeRequest {
  std::string FunctionName;
  std::string InvocationType;  // "RequestResponse" (also if empty), "Event", "DryRun"
  std::string LogType;         // "Tail": LogResult is wanted; "None"
  std::string ClientContext;   // base64 of JSON
  std::string Payload;         // JSON; empty: {}
  std::string Qualifier;
  // X-Amzn-Trace-Id; not a parameter of AWS's, but a header that its services send along.
  std::string TraceHeader;
};
struct InvokeResult {
  int StatusCode = 200;       // 202 of an Event, 204 of a DryRun
  std::string FunctionError;  // "Unhandled": the function failed and Payload says why; else empty
  std::string LogResult;      // base64 of the log's last 4 KiB
  std::string Payload;        // JSON
  std::string ExecutedVersion;
};

struct PutFunctionConcurrencyRequest {
  std::string FunctionName;
  std::optional<int> ReservedConcurrentExecutions;
};
struct GetFunctionConcurrencyRequest {
  std::string FunctionName;
};
struct DeleteFunctionConcurrencyRequest {
  std::string FunctionName;
};

struct EventDestination {
  std::string Destination;  // the ARN of a queue, topic or function; empty: none
};
struct DestinationConfig {
  cloud::EventDestination OnSuccess;
  cloud::EventDestination OnFailure;
};

struct PutFunctionEventInvokeConfigRequest {
  std::string FunctionName;
  std::string Qualifier;
  std::optional<int> MaximumRetryAttempts;      // 0 to 2
  std::optional<int> MaximumEventAgeInSeconds;  // 60 to 21,600
  std::optional<cloud::DestinationConfig> DestinationConfig;
};
struct UpdateFunctionEventInvokeConfigRequest : PutFunctionEventInvokeConfigRequest {};
struct FunctionEventInvokeConfig {
  Time LastModified{};
  std::string FunctionArn;
  std::optional<int> MaximumRetryAttempts;
  std::optional<int> MaximumEventAgeInSeconds;
  cloud::DestinationConfig DestinationConfig;
};
struct GetFunctionEventInvokeConfigRequest {
  std::string FunctionName;
  std::string Qualifier;
};
struct DeleteFunctionEventInvokeConfigRequest {
  std::string FunctionName;
  std::string Qualifier;
};
struct ListFunctionEventInvokeConfigsRequest {
  std::string FunctionName;
  std::string Marker;
  std::optional<int> MaxItems;
};
struct ListFunctionEventInvokeConfigsResult {
  std::vector<FunctionEventInvokeConfig> FunctionEventInvokeConfigs;
  std::string NextMarker;
};

}  // namespace doorbuster::cloud
