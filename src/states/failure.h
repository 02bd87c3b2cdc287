// How evaluating a state goes wrong.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace doorbuster::states {

// What a state fails with: what its Retry and Catch are asked about. Thrown by whatever evaluates a
// part of a state.
struct Failure {
  std::string error;  // "States.Runtime"
  std::optional<std::string> cause = {};
  // Whether the cause is told with the state's name and event before it.
  bool located = false;
  // It is reported as States.Timeout, and met as States.HeartbeatTimeout too.
  bool missed_heartbeat = false;
  // Of a Parallel: one of its branches has failed with it.
  bool of_branch = false;
  // Of a Parallel or a Map that has begun its parts: they have failed, and if it is not retried, an
  // event says so.
  bool of_parts = false;
};

// "An error occurred while executing the state 'Pay' (entered at the event id #2). CAUSE"
inline Failure located(std::string error, std::string cause) {
  return {.error = std::move(error), .cause = std::move(cause), .located = true};
}

inline Failure runtime_failure(std::string cause) {
  return located("States.Runtime", std::move(cause));
}

inline Failure data_limit_exceeded(const std::string& what) {
  return {.error = "States.DataLimitExceeded",
          .cause = "The state/task '" + what +
                   "' returned a result with a size exceeding the maximum number of bytes service "
                   "limit."};
}

inline Failure threshold_exceeded() {
  return {.error = "States.ExceedToleratedFailureThreshold",
          .cause = "The specified tolerated failure threshold was exceeded"};
}

}  // namespace doorbuster::states
