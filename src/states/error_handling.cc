#include "states/error_handling.h"

#include <algorithm>
#include <cmath>

namespace doorbuster::states {
namespace {

// What a retry waits at the most: AWS's limit on MaxDelaySeconds, a year.
constexpr double kDelayMaxS = 31'622'400;

}  // namespace

bool matches(const std::vector<std::string>& error_equals, const Failure& failure) {
  if (failure.error == "States.Runtime") return false;
  return std::any_of(error_equals.begin(), error_equals.end(), [&](const std::string& name) {
    return name == failure.error ||
           (name == "States.ALL" && failure.error != "States.DataLimitExceeded") ||
           (name == "States.TaskFailed" && failure.error != "States.Timeout") ||
           (name == "States.HeartbeatTimeout" && failure.missed_heartbeat) ||
           (name == "States.BranchFailed" && failure.of_branch);
  });
}

std::chrono::milliseconds Retrier::delay(std::int64_t attempt, std::uint64_t chance) const {
  const double limit = max_delay_s ? static_cast<double>(*max_delay_s) : kDelayMaxS;
  const double seconds =
      std::min(static_cast<double>(interval_s) * std::pow(backoff_rate, attempt), limit);
  const std::chrono::milliseconds full(static_cast<std::int64_t>(std::llround(seconds * 1000)));
  if (!full_jitter) return full;
  return std::chrono::milliseconds(chance % static_cast<std::uint64_t>(full.count() + 1));
}

}  // namespace doorbuster::states
