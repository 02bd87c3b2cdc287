// What is kept of an execution beside what it is stored in while it runs, and where.
//
// An execution has a number, which grows with time. In the store, with `number` as u64:
//
//   state    "n" ARN                          the number of the execution of that name
//            "x" number                       its record: what it began with, written once
//            "w" number                       and what has become of it, once there is something
//            "o" machine:u64 ~number          an open one: what it waits for, and its pieces
//                                             (states::Execution::Pieces) while they are small
//            "y" number piece                 a piece of it that has a row of its own
//            "y" number                       the small ones, once it has ended
//            "l" machine:u64 status ~number   one that has ended
//                                             "o" and "l" list a state machine's, or a map run's,
//                                             the newest first
//            "g" ARN                          the number of the execution that a map run is of
//            "j" number run:u64               a map run of it
//            "z" stopped:u64 number           when it ended, so that it is forgotten in time
//   history  number event:u64                 events up to that one (engine/execution_history.h)
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "cloud/async.h"
#include "engine/codec.h"
#include "engine/store.h"
#include "states/execution.h"

namespace doorbuster::engine {

// A task of any execution.
struct TaskRef {
  std::uint64_t execution = 0;
  states::TaskId task = 0;

  friend auto operator<=>(const TaskRef&, const TaskRef&) = default;
};

// A distributed Map that an execution has begun. Its children are listed as a state machine's are.
struct MapRun {
  std::uint64_t number = 0;
  cloud::Time started{};
  cloud::Time stopped{};
  states::MapRunState state;
  std::uint64_t redrives = 0;
  cloud::Time redriven{};
  // A redrive begins express ones that hadn't succeeded anew: executions of smaller numbers that
  // didn't are no longer the run's.
  std::uint64_t first = 0;

  // False if it has ended before.
  bool end(states::Status status, cloud::Time now) {
    if (state.status != states::Status::running) return false;
    state.status = status;
    stopped = now;
    return true;
  }
};

struct ExecutionRecord {
  // What it began with.
  std::uint64_t number = 0;  // the key's
  std::string arn;
  std::string name;
  std::string state_machine_arn;
  std::uint64_t machine = 0;  // or the map run's
  std::uint64_t revision = 0;
  bool express = false;  // runs for five minutes at the most, and leaves no history
  std::string input;     // JSON, as it came
  std::string trace_header;
  cloud::Time started{};
  std::string map_run_arn;  // of a distributed Map's child
  std::uint64_t items = 0;  // of the Map's, that a child works on
  std::string version_arn;  // that it was started by, if it was
  std::string alias_arn;
  std::optional<TaskRef> task;  // of its parent's, that a distributed Map's child carries out

  // What has become of it.
  states::Status status = states::Status::running;
  cloud::Time stopped{};
  std::string output;  // JSON, if it succeeded
  std::string error;
  std::string cause;
  std::uint64_t redrives = 0;
  cloud::Time redriven{};
  std::uint64_t events = 0;      // of its history, when it ended
  std::uint64_t attempt = 0;     // which redrive of its Map run a child was last begun by
  bool has_map_runs = false;     // as it was read
  std::vector<MapRun> map_runs;  // each in a row of its own, in the order in which they were begun

  // Whether it can be asked for when it has ended.
  bool kept() const { return !express || task; }

  std::string encode_beginning() const;
  std::string encode_course() const;
  // `course` is empty if nothing has become of it.
  static ExecutionRecord decode(std::uint64_t number, std::string_view beginning,
                                std::string_view course);
};

// "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED".
const char* to_string(states::Status status);
// Nothing if there is no such status.
std::optional<states::Status> status_of(std::string_view name);

// What an execution that runs waits for. Where it is not yet, or no longer, somebody's, a task is
// begun again after a restart.
struct OpenTask {
  enum class State : unsigned char {
    begun,  // somebody has to carry it out
    taken,  // a worker has it, or another service has accepted it: it comes back by its token
  };
  // A child, and a nested one once its execution has been started (.sync), wait for an end of that.
  enum class Kind : unsigned char { runner, activity, child, nested };
  State state = State::begun;
  Kind kind = Kind::runner;
  std::string activity_arn;
  std::uint64_t execution = 0;  // that carries out a child or a nested one; 0 before it is begun

  bool is_execution() const { return kind == Kind::child || kind == Kind::nested; }
};
struct OpenExecution {
  std::optional<cloud::Time> alarm;
  // That it carries out, of its parent: a distributed Map's child, or one started by .sync.
  std::optional<TaskRef> own_task;
  std::map<states::TaskId, OpenTask> tasks;
  bool stored = false;  // it has a row

  OpenTask* find(states::TaskId task);
};

// The row of an open execution: how many items it works on, what it waits for, and its pieces,
// which are whatever comes last.
void encode_open(Encoder& out, const ExecutionRecord& record, const OpenExecution& open);
OpenExecution decode_open(Decoder& in);

// Null if it has none of that ARN.
MapRun* find_run(ExecutionRecord& record, std::string_view arn);

// The name of a distributed Map's child: the same each time that it is begun.
std::string derived_name(const std::string& execution_arn, states::TaskId task);

std::string name_key(const std::string& execution_arn);
std::string map_run_key(const std::string& map_run_arn);
std::string run_key(std::uint64_t execution, const MapRun& run);
std::string run_value(const MapRun& run);
std::string beginning_key(std::uint64_t execution);
std::string course_key(std::uint64_t execution);
std::string piece_prefix(std::uint64_t execution);
std::string open_key(const ExecutionRecord& record);
std::string list_prefix(std::uint64_t machine, states::Status status);
std::string list_key(const ExecutionRecord& record, states::Status status);
// What stands there, of a child, is how many items it works on and its attempt; more may follow.
std::string list_value(const ExecutionRecord& record);
struct ListedChild {
  std::uint64_t items = 0;
  std::uint64_t attempt = 0;
};
ListedChild listed_child(std::string_view list_value);
// Of the execution that a list's key is of.
std::uint64_t number_in(std::string_view list_key);
std::string end_key(const ExecutionRecord& record);
std::string event_key(std::uint64_t execution, std::uint64_t event);

// Nothing if there is none, or it is forgotten. From the store alone: any thread.
std::optional<ExecutionRecord> read_record(const Store& store, std::uint64_t execution);
std::optional<ExecutionRecord> read_record(const Store::Snapshot& store, std::uint64_t execution);
std::optional<std::uint64_t> find_execution(const Store& store, const std::string& arn);
// The number of the last event of its history; 0 if it has none.
std::uint64_t last_event(const Store& store, std::uint64_t execution);

}  // namespace doorbuster::engine
