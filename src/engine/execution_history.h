// What has happened to an execution, event by event, as the store has it.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "cloud/step_functions.h"
#include "engine/store.h"
#include "states/execution.h"

namespace doorbuster::engine {

// A row of the store: events that follow each other, under the number of the last one. They are
// those of one step, which tell the same texts again and again: a row has each text once.
//
//   row     varint(events) event…
//   event   varint(ms) varint(previous) text(type) text(details' name) [varint(members) member…]
//   member  text(name) varint(0) text(JSON)
//         | text(name) varint(1) text(a string that is new in the row)
//         | text(name) varint(2 + n): the row's nth string again
inline constexpr std::size_t kRowEventsMax = 64;
std::string encode_row(std::span<const states::HistoryEvent> events);

// A page of it, from the store alone: any thread. A page ends early if it grows beyond 1 MiB.
// Throws cloud::Error ExecutionDoesNotExist, InvalidToken.
cloud::GetExecutionHistoryOutput read_history(const Store& store,
                                              const cloud::GetExecutionHistoryInput& request);

}  // namespace doorbuster::engine
