// The executions that are in memory: those that something has happened to lately, as many as are
// not too heavy together. Of the others, however many are open, there is nothing but the pieces in
// the store.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <unordered_map>

#include "engine/execution_pieces.h"
#include "engine/execution_record.h"

namespace doorbuster::engine {

struct LiveExecution {
  ExecutionRecord record;
  std::unique_ptr<states::Execution> execution;  // null if it can't be gone on with
  ExecutionPieces pieces;
  std::string damage = {};  // why it can't, if the store has pieces of it
};

class LiveExecutions {
 public:
  // Makes an execution of its pieces. It may throw: the execution is damaged then.
  using Restore = std::function<std::unique_ptr<states::Execution>(
      const Store& store, const ExecutionRecord& record, const states::Execution::Pieces& pieces)>;
  explicit LiveExecutions(Restore restore) : restore_(std::move(restore)) {}

  // Valid until the turn has ended. Null if there is no such execution.
  LiveExecution* find(const Store& store, std::uint64_t execution);
  LiveExecution& add(LiveExecution live);
  // One of them may have grown.
  void weigh(const LiveExecution& live);

  // It is gone from the end of the turn on.
  void drop(std::uint64_t execution) { gone_.push_back(execution); }

  // What this turn has changed is in the store now: those used longest ago can go.
  void end_turn();

 private:
  using Recent = std::list<std::uint64_t>;  // the last used first
  struct Entry {
    LiveExecution live;
    Recent::iterator place;
    std::size_t bytes = 0;  // as it was last weighed
  };

  LiveExecution read(const Store& store, ExecutionRecord record);
  void erase(std::uint64_t execution);

  const Restore restore_;
  std::unordered_map<std::uint64_t, Entry> entries_;  // by number; never iterated
  Recent recent_;
  std::size_t bytes_ = 0;  // of all
  std::vector<std::uint64_t> gone_;
};

}  // namespace doorbuster::engine
