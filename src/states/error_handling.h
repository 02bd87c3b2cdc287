// Retry and Catch: what happens to a state that failed.
// https://states-language.net/spec.html#errors
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "states/failure.h"
#include "states/json_path.h"
#include "states/payload_template.h"

namespace doorbuster::states {

struct State;

// Whether ErrorEquals names the error, by itself or as one of many: States.ALL is everything but
// States.Runtime and States.DataLimitExceeded, States.TaskFailed everything but States.Timeout, and
// States.BranchFailed whatever a branch has failed with. States.Runtime can be named but is never
// met: it always ends an execution.
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
bool matches(const std::vector<std::string>& error_equals, const Failure& failure);

struct Retrier {
  std::vector<std::string> error_equals;
  std::int64_t interval_s = 1;
  std::int64_t max_attempts = 3;
  double backoff_rate = 2.0;
  std::optional<std::int64_t> max_delay_s;
  bool full_jitter = false;

  // How long to wait before the attempt (the first is 0), of chance where jitter is asked for.
  std::chrono::milliseconds delay(std::int64_t attempt, std::uint64_t chance) const;
};

struct Catcher {
  std::vector<std::string> error_equals;
  const State* next = nullptr;
  std::optional<JsonPath> result_path;  // none: the error is dropped
  std::optional<PayloadTemplate> assign;
};

}  // namespace doorbuster::states
