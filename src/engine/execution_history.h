// What has happened to an execution, event by event, as the store has it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/step_functions.h"
#include "engine/codec.h"
#include "engine/store.h"
#include "states/execution.h"

namespace doorbuster::engine {

// A row of the store: events that follow each other, under the number of the last one. They are
// those of one step, which tell the same texts again and again: a row has each text once.
//
//   row     event…
//   event   varint(ms) varint(previous) text(type) text(details' name) [varint(members) member…]
//   member  text(name) varint(0) text(JSON)
//         | text(name) varint(1) text(a string that is new in the row)
//         | text(name) varint(2 + n): the row's nth string again
//
// That AWS says of a member that it is not cut ("inputDetails") is not stored: none ever is.
inline constexpr std::size_t kRowEventsMax = 64;
class HistoryRow {
 public:
  void add(const states::HistoryEvent& event);
  std::size_t events() const { return events_; }  // at most kRowEventsMax
  // Its bytes; it is empty then.
  std::string take();

 private:
  void add_text(std::string_view text);

  struct Place {
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  Encoder out_;
  std::vector<Place> texts_;  // in what has been written
  std::size_t events_ = 0;
};

// A page of it, from the store alone: any thread. A page ends early if it grows beyond 1 MiB.
// Throws cloud::Error ExecutionDoesNotExist, InvalidToken.
cloud::GetExecutionHistoryOutput read_history(const Store& store,
                                              const cloud::GetExecutionHistoryInput& request);

}  // namespace doorbuster::engine
