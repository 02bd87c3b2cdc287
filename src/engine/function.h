// One function of Lambda's: how it is configured, where its code lies, who may call it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "cloud/function_host.h"
#include "cloud/lambda.h"
#include "engine/metrics.h"
#include "engine/object_record.h"
#include "engine/policy.h"

namespace doorbuster::engine {

// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
struct FunctionMetrics {
  FunctionMetrics(Metrics& metrics, const Measured& function);

  std::shared_ptr<Counter> invocations;
  std::shared_ptr<Counter> errors;
  std::shared_ptr<Counter> throttles;
  std::shared_ptr<Counter> dead_letter_errors;
  std::shared_ptr<Counter> destination_failures;
  std::shared_ptr<Timings> duration;
  std::shared_ptr<Gauge> concurrent;
};

struct Function {
  cloud::FunctionConfiguration configuration;
  std::string account;
  std::string image_uri;      // of PackageType Image
  std::optional<Piece> code;  // the zip, of the others
  std::map<std::string, std::string> tags;
  std::string policy_text;  // empty: none
  Policy policy;
  std::optional<int> reserved_concurrency;
  std::optional<cloud::FunctionEventInvokeConfig> event_invoke;
  std::shared_ptr<FunctionMetrics> metrics;  // of those that are there
  // No two of a process have the same, not even a function that is made again by its name.
  std::uint64_t creation = 0;

  const std::string& arn() const { return configuration.FunctionArn; }
  const std::string& name() const { return configuration.FunctionName; }
  std::uint64_t code_size() const { return code ? code->size : 0; }

  // Without its code.
  cloud::Deployment deployment() const;

  std::string encode() const;
  static Function decode(std::string_view json);
};

}  // namespace doorbuster::engine
