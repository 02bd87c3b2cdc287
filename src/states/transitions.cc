#include "states/transitions.h"

#include <set>

namespace doorbuster::states {

bool Transitions::add(State* state) {
  if (!states_.emplace(state->name, state).second) return false;
  in_order_.push_back(state);
  return true;
}

const State* Transitions::follow(const State* from, const std::string& name,
                                 const std::string& location) {
  const auto found = states_.find(name);
  if (found == states_.end()) {
    diagnostics_.error("MISSING_TRANSITION_TARGET", "Missing 'Next' target: " + name, location);
    return nullptr;
  }
  if (from == nullptr) start_ = found->second;
  if (from != nullptr) targets_[from].push_back(found->second);
  return found->second;
}

void Transitions::mark(const State* state) {
  std::vector<const State*> open{state};
  while (!open.empty()) {
    const State* next = open.back();
    open.pop_back();
    if (std::exchange(reached_[next], true)) continue;
    const auto targets = targets_.find(next);
    if (targets == targets_.end()) continue;
    open.insert(open.end(), targets->second.begin(), targets->second.end());
  }
}

void Transitions::report_unreachable(const State* state) {
  if (reached_[state]) return;
  diagnostics_.error("MISSING_TRANSITION_TARGET", "State \"" + state->name + "\" is not reachable.",
                     (location_ == "/" ? "" : location_) + "/States/" + state->name);
  mark(state);
}

void Transitions::check() {
  if (!terminal_ && !in_order_.empty()) {
    diagnostics_.error("MISSING_END_STATE", "Workflow has no terminal state", "");
    return;
  }
  if (start_ != nullptr) mark(start_);
  // Of what can't be reached, only where it begins is told.
  std::set<const State*> targeted;
  for (const auto& [from, targets] : targets_) targeted.insert(targets.begin(), targets.end());
  for (const State* state : in_order_) {
    if (!targeted.contains(state)) report_unreachable(state);
  }
  for (const State* state : in_order_) report_unreachable(state);
}

}  // namespace doorbuster::states
