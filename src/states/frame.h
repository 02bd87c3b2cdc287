// Where an execution is: one frame for each place that goes on by itself. The root is one; so are
// each branch of a Parallel and each iteration of an inline Map while they run.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "states/execution.h"
#include "states/machine.h"

namespace doorbuster::states {

using FrameId = std::uint64_t;  // ordered as they came to be

inline constexpr FrameId kRootFrame = 1;

// Data with its text, which is written into events and pieces more than once.
struct Payload {
  boost::json::value value;
  std::string text;
};

// How one branch or iteration ended.
struct Outcome {
  bool succeeded = false;
  Payload output;            // of one that succeeded
  std::string error, cause;  // of one that failed
  // Of a distributed Map's that failed, or was stopped: which task it was, and whether it is to be
  // done again.
  TaskId task = 0;
  bool again = false;
};

// What a Parallel or a Map has under way. Its parts are counted from 0: branches, iterations, or
// the children of a distributed Map.
struct Fork {
  std::size_t count = 0;
  std::size_t next = 0;  // the first part that was not begun yet
  RunLimits limits;
  boost::json::array items;    // of a Map: what each part works on
  bool keyed = false;          // they are an object's members: {"Key", "Value"}
  std::string source;          // the URI that they were read from, until they have been selected
  std::size_t item_count = 0;  // of a Map: how many there were before they were put into batches

  std::map<std::size_t, FrameId> children;  // those running here
  std::map<TaskId, std::size_t> tasks;      // those of a distributed Map, running elsewhere
  std::map<std::size_t, Outcome> outcomes;  // of those that ended
  std::size_t failed = 0;                   // items of those that failed

  std::string run_arn;   // of a distributed Map
  bool writing = false;  // all parts ended; their results are being written

  // How many parts may be under way, if no more than `most` ever can be.
  std::size_t concurrency(std::size_t most) const;
  bool tolerates_failures() const;
};

struct Frame {
  enum class Phase : unsigned char {
    entering,     // its state is to be entered
    executing,    // its state has been entered and is to be executed, maybe again
    waiting,      // for wake_at, to leave
    backing_off,  // for wake_at, to execute again
    task,         // for the answer of a task
    reading,      // for the items of a distributed Map
    forked,       // for its branches, iterations or children
    joining,      // those have all ended, and their outputs are to be gathered
    failed,       // for ever, unless the execution is redriven
    aborted,      // likewise
  };

  FrameId id = 0;
  FrameId parent = 0;
  std::size_t part = 0;  // which of the parent's
  const State* state = nullptr;
  Phase phase = Phase::entering;

  Time entered{};
  std::int64_t entered_event = 0;  // 0: its state has not been entered yet
  std::int64_t last_event = 0;     // what the next one follows
  std::int64_t retries = 0;
  std::vector<std::int64_t> attempts;  // by retrier

  std::optional<Time> wake_at;
  std::optional<Time> timeout_at;
  std::optional<Time> heartbeat_at;
  std::int64_t heartbeat_s = 0;

  TaskId task = 0;
  bool task_started = false;
  std::string task_input;

  Payload input;
  boost::json::object variables;   // Frames::assign() changes them
  std::size_t variable_bytes = 0;  // of their values, as JSON

  std::unique_ptr<Fork> fork;

  // When it has to be woken next.
  std::optional<Time> alarm() const;
  // Whether it has something to do at once.
  bool goes_on() const {
    return phase == Phase::entering || phase == Phase::executing || phase == Phase::joining;
  }
  bool at_rest() const { return phase == Phase::failed || phase == Phase::aborted; }
};

// How many of a Map's items one of its parts works on.
std::size_t items_in(const Frame& frame, std::size_t part);

}  // namespace doorbuster::states
