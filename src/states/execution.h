// One execution of a state machine: (state, event, now) -> (state', history, what is to be done).
//
// Pure: time and randomness come from the Host, work goes to it, and the same events lead to the
// same history, byte for byte. An execution belongs to one thread at a time.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "states/definition.h"

namespace doorbuster::states {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;

// A task of one execution. It is given once; but what a distributed Map's child of standard type
// has not brought to a good end is the same task again when the execution is redriven.
using TaskId = std::uint64_t;

// What a Task state's Resource names.
struct Resource {
  enum class Kind : unsigned char {
    function,     // the ARN of a Lambda function itself: input and result are the bare payloads
    activity,     // the ARN of an activity
    integration,  // arn:aws:states:::SERVICE:ACTION[.PATTERN]
    child,        // an iteration of a distributed Map
    // The items of a distributed Map, from S3: `input` is the ItemReader's Parameters. getObject is
    // answered with the object's text, a string; listObjectsV2 with an array of what is listed
    // ({"Etag", "Key", "LastModified", "Size", "StorageClass"}): all of
    // them, or more than kListedMax. kPayloadMax does not hold for it.
    reader,
    // The results of a distributed Map's children, to S3: `input` is {"Bucket", "Folder",
    // "MapRunArn", "Transformation", "OutputType"}. They go into files of the folder, named by its
    // manifest.json. Its answer says nothing.
    writer,
  };
  enum class Pattern : unsigned char { request_response, sync, sync2, wait_for_task_token };

  Kind kind = Kind::integration;
  std::string arn;      // as the definition has it; of a child, its Map run's
  std::string service;  // of an integration: "lambda", "sqs", "aws-sdk:s3"
  std::string action;   // "invoke", "sendMessage", "putObject"
  Pattern pattern = Pattern::request_response;
};

// Work for somebody else. It is answered by Execution::succeed() or fail(), once.
struct TaskOrder {
  TaskId id = 0;
  Resource resource;
  std::string state;         // the state's name
  boost::json::value input;  // after InputPath and Parameters
  // Of a child: what it runs. It is part of the execution's own definition.
  std::shared_ptr<const Definition> child;
  bool express = false;   // the child
  std::size_t items = 0;  // of the Map's, that the child works on
};

// A member of an event's details.
struct Detail {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, const boost::json::object*> value;
};
using Details = std::vector<Detail>;

// As GetExecutionHistory tells it: `type` is AWS's ("TaskStateEntered"), `details` are the members
// of the structure that AWS names after it ("stateEnteredEventDetails"). `input`, `output` and
// `assignedVariables` stand for what AWS says beside them, too ("inputDetails"): that nothing is
// cut. What it says are views, which last as long as Host::append().
struct HistoryEvent {
  std::int64_t id = 0;  // from 1
  std::int64_t previous = 0;
  Time timestamp{};
  std::string_view type;
  std::string_view details_name;  // empty: the type has none
  Details details;
};

inline constexpr std::int64_t kHistoryMax = 25'000;  // events of a standard execution
inline constexpr std::size_t kPayloadMax = std::size_t{256} << 10;  // bytes of a state's data
// Bytes of what a failure says: AWS's limits.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html
inline constexpr std::size_t kErrorMax = 256;
inline constexpr std::size_t kCauseMax = 32'768;
inline constexpr std::size_t kListedMax = 100'000;  // objects that a Map can work on

enum class Status : unsigned char { running, succeeded, failed, timed_out, aborted };

// How a Map runs its parts.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateMapRun.html
struct RunLimits {
  std::int64_t concurrency_max = 0;    // how many at once; 0: as many as there can be
  std::int64_t failures_max = 0;       // how many items may fail; 0: it doesn't say
  double failures_percentage_max = 0;  // of all items; 0: it doesn't say. Without either, none may

  friend bool operator==(const RunLimits&, const RunLimits&) = default;
};

// A distributed Map's run.
struct MapRunState {
  std::string arn;
  Status status = Status::running;
  RunLimits limits;
  std::size_t children = 0;  // that there are to be; none while the items are being read
  std::size_t items = 0;     // that these work on
  bool express = false;      // the children
};

// What becomes of a state that failed.
struct FailedState {
  enum class Then : unsigned char { fails, retries, caught };
  std::string error, cause;
  Then then = Then::fails;
  std::size_t handler = 0;            // the retrier's or catcher's index
  std::chrono::milliseconds delay{};  // of a retry
};

// Takes the place of what a state would do.
struct StandIn {
  std::optional<boost::json::value> result;  // none: it fails
  std::string error, cause;
  // Of a Map:
  std::optional<std::string> items_read;  // the object's text, or what is listed, as JSON
  std::size_t failures = 0;               // of its items
};

// Whoever runs an execution, for the length of one call.
class Host {
 public:
  virtual ~Host() = default;
  virtual Time now() const = 0;
  virtual std::uint64_t random() = 0;
  // The secret by which whoever has it may answer the task (`$$.Task.Token`).
  virtual std::string token(TaskId task) = 0;
  virtual void append(const HistoryEvent& event) = 0;
  virtual void begin(TaskOrder order) = 0;
  // Nobody waits for the task's answer any more: its state timed out, or failed elsewhere.
  virtual void cancel(TaskId task) = 0;
  // A distributed Map's run is in that state now. An end that is told of one that has ended is to
  // be ignored.
  virtual void map_run(const MapRunState& run) = 0;
  // What a state makes of its data on the way, by the name that TestState has for it
  // ("afterInputPath"), and how it fails: for whoever tests it.
  virtual void inspect(std::string_view /*step*/, const boost::json::value& /*data*/) {}
  virtual void state_failed(const FailedState& /*failure*/) {}
  // What a Parallel or a Map comes to, instead of being run.
  virtual std::optional<StandIn> stand_in() { return std::nullopt; }
  // What the context object is, instead of the execution's own; but for $$.Map where an item is at
  // hand. An object, or null.
  virtual const boost::json::value* context() { return nullptr; }
};

// What the context object says of it ($$.Execution, $$.StateMachine).
struct Identity {
  std::string execution_arn;
  std::string execution_name;
  std::string state_machine_arn;
  std::string state_machine_name;
  std::string role_arn;
  Time started{};
  std::int64_t redrives = 0;
  bool express = false;  // its history has no limit
};

class Execution {
 public:
  virtual ~Execution() = default;

  // Begins one and takes it to where it first has to wait, or to its end. It has the variables
  // already. Throws std::invalid_argument if the input is nested too deeply.
  static std::unique_ptr<Execution> begin(std::shared_ptr<const Definition> definition,
                                          Identity identity, boost::json::value input, Host& host,
                                          const boost::json::object& variables = {});

  // The pieces that it is stored in. A piece is rewritten only when it has changed, so that a step
  // costs what it touches, not what the execution holds; all of one call's belong in one batch.
  using Pieces = std::vector<std::pair<std::string, std::string>>;  // key, bytes; any order
  // As it was when they were written; who it is and what it began with are no pieces. Throws
  // std::runtime_error if they are damaged.
  static std::unique_ptr<Execution> restore(std::shared_ptr<const Definition> definition,
                                            Identity identity, boost::json::value input,
                                            const Pieces& pieces);
  // Those that have changed since they were last taken; without bytes, the piece is gone.
  using Changes = std::vector<std::pair<std::string, std::optional<std::string>>>;
  virtual Changes take_changes() = 0;

  // What is told of a task that is not, or no longer, waited for changes nothing: false.
  virtual bool succeed(TaskId task, boost::json::value output, Host& host) = 0;
  virtual bool fail(TaskId task, std::string error, std::string cause, Host& host) = 0;
  // A worker has taken it (of an activity, with the worker's name), or the other service has
  // accepted it (.sync and .waitForTaskToken) and `output` is what it said.
  virtual bool started(TaskId task, std::string_view worker, Host& host) = 0;
  virtual bool submitted(TaskId task, boost::json::value output, Host& host) = 0;
  virtual bool heartbeat(TaskId task, Host& host) = 0;

  // When wake() has something to do next: a Wait, a retry, a timeout.
  virtual std::optional<Time> alarm() const = 0;
  virtual void wake(Host& host) = 0;

  // UpdateMapRun. False if no distributed Map's run of that ARN is under way.
  virtual bool limit_run(std::string_view run_arn, const RunLimits& limits, Host& host) = 0;

  // StopExecution.
  virtual void abort(std::string error, std::string cause, Host& host) = 0;
  // RedriveExecution: goes on from the states that failed, or from where its host has given it up.
  // `last_event` is the last one of its history, if others than itself have added to that. False if
  // this one can't be.
  virtual bool redrive(Host& host, std::int64_t last_event = 0) = 0;

  virtual Status status() const = 0;
  virtual const boost::json::value& output() const = 0;  // of one that succeeded
  virtual const std::string& error() const = 0;
  virtual const std::string& cause() const = 0;

  // One that is under way, to be begun again after a restart. Nothing if it is not waited for.
  virtual std::optional<TaskOrder> open_task(TaskId task) const = 0;
};

}  // namespace doorbuster::states
