#include "aws/retry.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace doorbuster::aws {
namespace {

constexpr double kBase_ms = 100;
constexpr double kThrottledBase_ms = 1'000;
constexpr double kLongest_ms = 20'000;

constexpr std::array<std::string_view, 15> kThrottling = {
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "KmsThrottled",
    "LimitExceededException",
    "OverLimit",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
};

}  // namespace

bool is_throttling(std::string_view code) {
  return std::find(kThrottling.begin(), kThrottling.end(), code) != kThrottling.end();
}

bool is_passing(int status, std::string_view code) {
  const bool overloaded = status == 500 || status == 502 || status == 503 || status == 504;
  return overloaded || is_throttling(code) || code == "RequestTimeout" ||
         code == "RequestTimeoutException";
}

std::chrono::milliseconds backoff(int attempt, bool throttled, double random) {
  const double bound = (throttled ? kThrottledBase_ms : kBase_ms) * std::exp2(attempt - 1);
  return std::chrono::milliseconds(std::lround(std::min(bound, kLongest_ms) * random));
}

}  // namespace doorbuster::aws
