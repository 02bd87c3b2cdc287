// The pieces of one execution (states::Execution::Pieces) as the store has them. Small ones are in
// the row of the open execution, so that a step writes one; when they have grown to more than that
// is worth, each gets its own, and a step writes only those that it has changed.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "engine/codec.h"
#include "engine/store.h"
#include "states/execution.h"

namespace doorbuster::engine {

class ExecutionPieces {
 public:
  // Reads them, and gives them to whoever restores the execution. `small` is what encode() wrote.
  states::Execution::Pieces read(const Store& store, std::uint64_t execution, Decoder& small);

  // Takes the changes. Small pieces are for encode() to write.
  void write(Batch& batch, std::uint64_t execution, states::Execution::Changes changes);
  void encode(Encoder& out) const;

  // The execution has ended, and may be redriven: small pieces get a row until it is.
  void keep(Batch& batch, std::uint64_t execution);
  void redrive(Batch& batch, std::uint64_t execution);
  void forget(Batch& batch, std::uint64_t execution);

  // Of those that don't share a row; the others are few.
  std::size_t bytes() const { return own_bytes_; }

 private:
  void set_own(const std::string& key, std::size_t bytes);
  void share(states::Execution::Changes changes);
  void spread(Batch& batch, const std::string& prefix);

  std::map<std::string, std::string> shared_;  // with their bytes
  bool kept_ = false;                          // these have a row
  std::map<std::string, std::size_t> own_;     // the bytes of each
  std::size_t own_bytes_ = 0;                  // of all of them
};

}  // namespace doorbuster::engine
