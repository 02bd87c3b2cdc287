// Where the states of one machine lead, and what is wrong with that.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "states/diagnostics.h"
#include "states/machine.h"

namespace doorbuster::states {

class Transitions {
 public:
  // `location` is that of the machine: "/", or "/States/All/Branches[0]".
  Transitions(std::string location, Diagnostics& diagnostics)
      : location_(std::move(location)), diagnostics_(diagnostics) {}

  // False if the machine has one of that name already.
  bool add(State* state);
  // Follows a field that names a state: StartAt (from nullptr), Next, Default. nullptr, and a
  // diagnostic, if there is none of the name.
  const State* follow(const State* from, const std::string& name, const std::string& location);
  void ends(const State*) { terminal_ = true; }

  // Once all are known: what can't be reached, and whether there is an end.
  void check();

 private:
  void mark(const State* state);
  void report_unreachable(const State* state);

  std::string location_;
  Diagnostics& diagnostics_;
  std::map<std::string, State*, std::less<>> states_;
  std::vector<const State*> in_order_;
  std::map<const State*, std::vector<const State*>> targets_;
  std::map<const State*, bool> reached_;
  const State* start_ = nullptr;
  bool terminal_ = false;
};

}  // namespace doorbuster::states
