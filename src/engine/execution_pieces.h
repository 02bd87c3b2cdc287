// The pieces of one execution (states::Execution::Pieces) as the store has them. Small ones share a
// row, so that a step writes one; when they have grown to more than that is worth, each gets its
// own, and a step writes only those that it has changed.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "engine/store.h"
#include "states/execution.h"

namespace doorbuster::engine {

class ExecutionPieces {
 public:
  // Reads them, and gives them to whoever restores the execution.
  states::Execution::Pieces read(const Store& store, std::uint64_t execution);

  void write(Batch& batch, std::uint64_t execution, states::Execution::Changes changes);
  void forget(Batch& batch, std::uint64_t execution);

 private:
  void share(Batch& batch, const std::string& row, states::Execution::Changes changes);
  void spread(Batch& batch, const std::string& row);

  std::map<std::string, std::string> shared_;  // with their bytes
  bool has_row_ = false;                       // of the shared ones
  std::set<std::string> own_;
};

}  // namespace doorbuster::engine
