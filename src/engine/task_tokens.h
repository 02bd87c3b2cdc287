// The secrets by which whoever has one may answer a task.
//
// A token says which task it is for and is sealed with a key of the store's own (HMAC-SHA256), so
// that nothing has to be kept of it and nobody can guess another's.
#pragma once

#include <optional>
#include <string>

#include "engine/execution_record.h"
#include "engine/turn.h"

namespace doorbuster::engine {

class TaskTokens {
 public:
  // `fresh` is the key that a store without one gets: 32 bytes that nobody can guess.
  explicit TaskTokens(std::string fresh) : key_(std::move(fresh)) {}

  void open(const Store& store);

  // URL-safe text. The key is in the turn's batch before the first token is given.
  std::string make(Turn& turn, const TaskRef& task);
  // Throws cloud::Error InvalidToken if this store has never given it.
  TaskRef read(const std::string& token) const;

 private:
  std::string seal(std::string_view task) const;

  std::string key_;
  bool written_ = false;
};

}  // namespace doorbuster::engine
