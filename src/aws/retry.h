// When a request that failed is made again: the AWS SDKs' "standard" mode.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
#pragma once

#include <chrono>
#include <string_view>

namespace doorbuster::aws {

inline constexpr int kAttemptsMax = 3;  // the first included

// Whether a service asks to be asked less often.
bool is_throttling(std::string_view code);

// Whether an answer with this status and code may be another one next time.
bool is_passing(int status, std::string_view code);

// How long to wait after the `attempt`th failure, the first being 1: any time up to a bound that
// doubles. `random` is from 0 to 1.
std::chrono::milliseconds backoff(int attempt, bool throttled, double random);

}  // namespace doorbuster::aws
