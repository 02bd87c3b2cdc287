// The executions that are in memory: those that something has happened to lately. Of the others,
// however many are open, there is nothing but the pieces in the store.
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
  // What an execution runs by; null if that is gone. It may throw: the execution is damaged then.
  using DefinitionOf = std::function<std::shared_ptr<const states::Definition>(
      const Store& store, const ExecutionRecord& record)>;
  explicit LiveExecutions(DefinitionOf definition_of) : definition_of_(std::move(definition_of)) {}

  // Valid until the turn has ended. Null if there is no such execution.
  LiveExecution* find(const Store& store, std::uint64_t execution);
  LiveExecution& add(LiveExecution live);

  // It is gone from the end of the turn on.
  void drop(std::uint64_t execution) { gone_.push_back(execution); }

  // What this turn has changed is in the store now: those used longest ago can go.
  void end_turn();

 private:
  using Recent = std::list<std::uint64_t>;  // the last used first
  struct Entry {
    LiveExecution live;
    Recent::iterator place;
  };

  LiveExecution restore(const Store& store, ExecutionRecord record);

  const DefinitionOf definition_of_;
  void erase(std::uint64_t execution);

  std::unordered_map<std::uint64_t, Entry> entries_;  // by number; never iterated
  Recent recent_;
  std::vector<std::uint64_t> gone_;
};

}  // namespace doorbuster::engine
