// Runs an execution: takes each frame from state to state until it has to wait.
//
// Nothing here calls itself without end: frames that can go on wait in a queue, and what a call may
// do is limited, so that a loop without a wait in it does not keep its caller.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "states/execution.h"
#include "states/failure.h"
#include "states/frames.h"
#include "states/history.h"
#include "states/machine.h"
#include "states/scope.h"
#include "states/timers.h"

namespace doorbuster::states {

class Interpreter final : public Execution {
 public:
  Interpreter(std::shared_ptr<const Definition> definition, Identity identity,
              boost::json::value input);

  // One of the two comes first. Throws Failure if the input is nested too deeply.
  void start(Host& host, const boost::json::object& variables);
  void restore(const Pieces& pieces);

  Changes take_changes() override;
  bool succeed(TaskId task, boost::json::value output, Host& host) override;
  bool fail(TaskId task, std::string error, std::string cause, Host& host) override;
  bool started(TaskId task, std::string_view worker, Host& host) override;
  bool submitted(TaskId task, boost::json::value output, Host& host) override;
  bool heartbeat(TaskId task, Host& host) override;
  std::optional<Time> alarm() const override;
  void wake(Host& host) override;
  bool limit_run(std::string_view run_arn, const RunLimits& limits, Host& host) override;
  void abort(std::string error, std::string cause, Host& host) override;
  bool redrive(Host& host, std::int64_t last_event) override;
  Status status() const override { return status_; }
  const boost::json::value& output() const override { return output_.value; }
  const std::string& error() const override { return error_; }
  const std::string& cause() const override { return cause_; }
  std::optional<TaskOrder> open_task(TaskId task) const override;

 private:
  class FrameEnvironment;

  // --- interpreter.cc: turns ---
  // One call from outside: does `work`, then all that follows from it.
  template <typename Work>
  void turn(Host& host, Work work) {
    host_ = &host;
    core_changed_ = true;
    bytes_written_ = 0;
    events_before_ = history_.last();
    try {
      work();
      run();
    } catch (const HistoryFull&) {
      history_full();
    }
    host_ = nullptr;
  }
  void history_full();
  // Work on a frame: what goes wrong with it is its state's failure.
  template <typename Work>
  void attempt(FrameId frame, Work work) {
    try {
      work();
    } catch (Failure& failure) {
      fail(frames_.at(frame), std::move(failure));
    }
  }
  void run();
  void step(Frame& frame);
  void queue(Frame& frame);
  void reschedule(Frame& frame);
  void on_alarm(Frame& frame);
  void end(Status status, std::string error, std::string cause);
  void end_with_event(Status status, std::int64_t previous, std::string_view type,
                      std::string_view details_name, std::string error, std::string cause);
  void rest_all();
  void reopen_all(std::int64_t event);
  void reopen(Frame& frame, std::int64_t event);

  // --- interpreter_pieces.cc ---
  void take_core(Changes& out);
  void restore_core(const boost::json::array& core);

  // --- states.cc: from state to state ---
  void enter(Frame& frame);
  void execute(Frame& frame);
  void execute(Frame& frame, const PassState& pass);
  void execute(Frame& frame, const TaskState& task);
  void execute(Frame& frame, const ChoiceState& choice);
  void execute(Frame& frame, const WaitState& wait);
  void execute(Frame& frame, const ParallelState& parallel);
  void execute(Frame& frame, const MapState& map);
  void execute(Frame& frame, const SucceedState& succeed);
  void execute(Frame& frame, const FailState& fail);
  // What the state makes of its result: ResultSelector, ResultPath, Assign, OutputPath; and leaves.
  void complete(Frame& frame, boost::json::value result);
  // Of its result: ResultPath, OutputPath.
  Payload output_of(Frame& frame, boost::json::value result);
  // For the states that pass on their input: OutputPath, Assign; and leaves.
  void pass_on(Frame& frame, const State* next, const PayloadTemplate* assign);
  void leave(Frame& frame, const State* next, Payload output, boost::json::object assigned);
  void end_machine(Frame& frame, Payload output);
  // `made` holds it where it is not the input itself or a part of it.
  const boost::json::value& effective_input(const Frame& frame, Environment& environment,
                                            boost::json::value& made) const;
  boost::json::value parameters(const Frame& frame, Environment& environment) const;
  // Data that a state gives on, within AWS's limit.
  Payload payload(const Frame& frame, boost::json::value value) const;
  boost::json::object assigned(Frame& frame, const PayloadTemplate* assign,
                               const boost::json::value& input);
  // Whether variables can be what is assigned to them.
  void check_size(const Frame& frame, const boost::json::object& assigned) const;

  // --- tasks.cc ---
  Frame* waiting_for(TaskId task);
  void begin_task(Frame& frame, TaskId task, const Resource& resource, Payload input);
  // With its timers.
  void forget_task(Frame& frame);
  // Of all that a frame has under way elsewhere: nobody waits for it any more.
  void stop_work(Frame& frame);
  void append_scheduled(Frame& frame, const Resource& resource,
                        std::optional<std::int64_t> timeout_s, boost::json::value role);
  void append_started(Frame& frame, std::string_view worker);
  void append_task_event(Frame& frame, std::string_view what, Details details);
  void answered(Frame& frame, TaskId task, boost::json::value output);
  void task_succeeded(Frame& frame, boost::json::value output);
  void task_failed(Frame& frame, Failure failure, std::string_view what);
  void task_timed_out(Frame& frame, bool heartbeat);
  TaskOrder order_of(const Frame& frame) const;

  // --- failures.cc ---
  void fail(Frame& frame, Failure failure);
  bool retry(Frame& frame, const Failure& failure);
  bool catch_failure(Frame& frame, const Failure& failure);

  // --- forks.cc: Parallel and inline Map ---
  void execute_inline(Frame& frame, const MapState& map);
  void begin_parts(Frame& frame, std::int64_t previous);
  void begin_part(Frame& frame, std::size_t part, std::int64_t previous);
  Payload part_input(Frame& frame, std::size_t part);
  void child_succeeded(Frame& parent, Frame& child, Payload output);
  void child_failed(Frame& parent, Frame& child, Failure failure);
  void iteration_failed(Frame& parent, Frame& child, Failure failure);
  void part_ended(Frame& frame, std::int64_t last, std::int64_t ended);
  void join(Frame& frame);
  // Those not at rest already.
  void abort_children(Frame& frame, std::int64_t previous);
  void abort_frame(Frame& frame, std::int64_t previous);
  void drop_fork(Frame& frame);
  // One of its parent's parts, with all that is in it.
  void remove(Frame& frame);

  // --- stand_ins.cc: Parallel and Map tried out ---
  void execute_stand_in(Frame& frame, StandIn stand_in);
  void inspect_items(Frame& frame, const MapState& map, const std::optional<std::string>& read);

  // --- map_items.cc: what a Map works on ---
  // An array, or an object, whose members are the items.
  boost::json::value items_of(const Frame& frame, const MapState& map);
  static void take_items(Fork& fork, boost::json::value source);
  // The one comes before the event that the Map has started, the other after it, as on AWS.
  void set_concurrency(Frame& frame, const MapState& map);
  void set_tolerance(Frame& frame, const MapState& map);
  void set_items(Frame& frame, const MapState& map);
  boost::json::value selected(const Frame& frame, const MapState& map, std::size_t part);

  // --- map_runs.cc: distributed Map ---
  void execute_distributed(Frame& frame, const MapState& map);
  void check_reader(const Frame& frame, const MapState& map);
  void items_read(Frame& frame, const boost::json::value& answer);
  void begin_run(Frame& frame, const MapState& map);
  void begin_children(Frame& frame);
  void begin_child(Frame& frame, std::size_t part);
  void child_ended(Frame& frame, TaskId task, Outcome outcome);
  void write_results(Frame& frame);
  void end_run(Frame& frame, boost::json::value result);
  void run_failed(Frame& frame, Failure failure);
  // What goes wrong with the work is the run's failure. Whether it went well.
  template <typename Work>
  bool within_run(Frame& frame, Work work) {
    try {
      work();
      return true;
    } catch (Failure& failure) {
      run_failed(frame, std::move(failure));
      return false;
    }
  }
  void reopen_run(Frame& frame);
  // To the host, if the frame has a run.
  void tell_run(const Frame& frame, Status status);
  TaskOrder child_order(const Frame& frame, TaskId task, std::size_t part) const;

  // --- What everybody uses ---
  std::int64_t append(Frame& frame, std::string_view type, std::string_view details_name = {},
                      Details details = {});
  std::int64_t append_at(std::int64_t previous, std::string_view type,
                         std::string_view details_name = {}, Details details = {});
  // With the token of a task and the item of an iteration, where they are what is made just now.
  const boost::json::value& context(const Frame& frame, std::optional<TaskId> task,
                                    std::optional<std::size_t> part);
  static boost::json::object map_context(const Fork& fork, std::size_t part);
  const boost::json::value* variable(const Frame& frame, std::string_view name);
  static void settle(const Frame& frame, Failure& failure);

  std::shared_ptr<const Definition> definition_;
  Identity identity_;
  boost::json::value input_;
  boost::json::value context_;  // as it was last asked for

  Status status_ = Status::running;
  Payload output_;
  std::string error_;
  std::string cause_;
  std::optional<Time> deadline_;
  std::optional<Time> resume_at_;  // a call has ended before everything was done
  TaskId next_task_ = 1;

  Frames frames_;
  History history_;
  std::deque<FrameId> ready_;
  Timers timers_;
  std::map<TaskId, FrameId> tasks_;

  Host* host_ = nullptr;            // during a call
  std::size_t bytes_written_ = 0;   // into events, during a call
  std::int64_t events_before_ = 0;  // at a call's start
  bool core_changed_ = false;
  bool output_changed_ = false;
};

}  // namespace doorbuster::states
