// One order's way through the checkout: its queue, its execution, each state and retry.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/system.h"

namespace doorbuster::cli {

// A state that the order went through.
struct OrderStep {
  struct Failure {
    cloud::Time at{};
    std::string error;
    std::string cause;
  };

  std::string state;
  cloud::Time entered{};
  std::optional<cloud::Time> left;
  std::vector<Failure> failures;  // of its tasks; what follows them is a retry, or the state's end
};

struct OrderTrace {
  // "completed", "running", "failed", "stopped"; "dead-lettered" or "waiting" in its queue;
  // "unknown", which also one is that waits where a look is not free.
  std::string state = "unknown";
  std::optional<std::string> accepted;  // when the order says that it was submitted
  std::optional<std::string> queued;    // when it came into its queue
  std::optional<cloud::Time> started;
  std::optional<cloud::Time> ended;
  std::vector<OrderStep> steps;
  std::string error;  // the name of the state that it failed in, or of what stopped it
  std::string cause;
  std::string queue;  // that the order's message is in
};

// An order's execution has its name; of those that somebody started by hand and gave other names,
// the latest are looked through. Without an execution, the dead letters are looked through, and the
// queue if a look is free.
OrderTrace trace_order(System& system, const topology::Checkout& checkout, const std::string& id);

// Nothing if there is none of that ARN.
std::optional<cloud::DescribeExecutionOutput> find_execution(System& system,
                                                             const std::string& arn);

// Whose execution it is, by its input; nothing if that says nothing.
std::optional<std::string> order_started_by(System& system, const std::string& execution_arn);

boost::json::value to_json(const OrderTrace& trace);
std::string to_text(const OrderTrace& trace);

}  // namespace doorbuster::cli
