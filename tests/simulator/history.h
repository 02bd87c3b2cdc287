// The history of an execution, and what must be true of any.
#pragma once

#include <string>
#include <vector>

#include "cloud/step_functions.h"
#include "world.h"

namespace doorbuster::simulator {

struct History {
  cloud::DescribeExecutionOutput execution;
  std::vector<cloud::HistoryEvent> events;

  // How many events of that type there are that say `text` of `field`.
  int count(const std::string& type, const std::string& field, const std::string& text) const;
};

// Of an execution that has ended. Throws Violation if its events aren't whole, are out of their
// order, end it twice or otherwise than it says itself, if a task ended twice, or if a Wait of
// Seconds or SecondsPath was left early: how long it waits is the number in `waits` of its name.
History checked_history(World& world, const std::string& execution_arn,
                        const std::map<std::string, seconds>& waits = {});

}  // namespace doorbuster::simulator
