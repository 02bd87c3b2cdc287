// The executions of state machines, on the writer's thread.
//
// Whatever happens to one is a call of states::Execution, and all that follows from it (its pieces,
// its history, what it waits for) is in the turn's batch: after a crash it goes on from there. Of
// the open ones that nothing happens to, memory has only when they wake and which tasks they wait
// for; of those that have ended, nothing. One whose pieces are damaged fails alone. Operations
// throw cloud::Error with the codes of Step Functions and then have changed nothing.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/activities.h"
#include "engine/live_executions.h"
#include "engine/state_machine_versions.h"
#include "engine/task_board.h"
#include "engine/task_tokens.h"
#include "engine/turn.h"

namespace doorbuster::engine {

class ExecutionHost;

struct StartOrder {
  std::string state_machine_arn;  // or a version's, or an alias's
  std::string name;               // a UUID if empty
  std::string input;
  boost::json::value value;  // the input's
  std::string trace_header;
};

class Executions {
 public:
  Executions(StateMachines& machines, const StateMachineVersions& versions, Functions& functions,
             Activities& activities, TaskTokens& tokens)
      : machines_(machines),
        versions_(versions),
        functions_(functions),
        activities_(activities),
        tokens_(tokens),
        live_([this](const Store& store, const ExecutionRecord& record,
                     const states::Execution::Pieces& pieces) {
          return restore(store, record, pieces);
        }) {}

  // After state machines, activities and tokens.
  void open(const Store& store);

  // The number, too, for wait().
  struct Started {
    std::uint64_t number = 0;
    std::string arn;
    cloud::Time date{};
  };
  Started start(Turn& turn, StartOrder order);
  cloud::Time stop(Turn& turn, const std::string& arn, std::string error, std::string cause);
  cloud::Time redrive(Turn& turn, const std::string& arn);
  // Throws ResourceNotFound, ValidationException of a run that has ended.
  void limit_run(Turn& turn, const cloud::UpdateMapRunInput& request);
  // Answers when it has ended. Throws ExecutionDoesNotExist.
  void wait(Turn& turn, std::uint64_t execution, std::unique_ptr<Reply<ExecutionRecord>>& reply);

  // What becomes of a task. False if nobody waits for it any more.
  bool succeed(Turn& turn, const TaskRef& task, boost::json::value output);
  bool fail(Turn& turn, const TaskRef& task, std::string error, std::string cause);
  bool submitted(Turn& turn, const TaskRef& task, boost::json::value output);
  // It has been submitted to an execution, in this turn: that one's end will be its answer.
  void nest(Turn& turn, const TaskRef& task, std::uint64_t nested, boost::json::value output);
  bool heartbeat(Turn& turn, const TaskRef& task);
  // Whether an open execution waits for it.
  bool awaited(const TaskRef& task) const;
  // Whether there is, or was, such a task's execution.
  bool knows(const Store& store, const TaskRef& task);

  TaskBoard& board() { return board_; }

  void begin_turn(Turn& turn);
  void finish_turn(Turn& turn);
  void end_turn();
  std::optional<cloud::Time> alarm() const;
  void dismiss(Turn& turn);

 private:
  using Call = std::function<bool(states::Execution&, ExecutionHost&)>;

  std::optional<std::uint64_t> number_of(const Store& store, const std::string& arn) const;
  LiveExecution& find(const Store& store, const std::string& arn);
  std::shared_ptr<const states::Definition> definition_of(const Store& store,
                                                          const ExecutionRecord& record);
  std::unique_ptr<states::Execution> restore(const Store& store, const ExecutionRecord& record,
                                             const states::Execution::Pieces& pieces);
  Started launch(Turn& turn, ExecutionRecord record, boost::json::value input,
                 const std::shared_ptr<const states::Definition>& definition);
  Started again(const Store& store, std::uint64_t execution, const StartOrder& order);

  // It goes on from where it failed. False if it has no state to go on from.
  bool reopen(Turn& turn, LiveExecution& live);
  static void note_redrive(Turn& turn, LiveExecution& live);

  // Null if it isn't open, or damaged: then it has failed.
  LiveExecution* open_one(Turn& turn, std::uint64_t execution);
  void give_up(Turn& turn, LiveExecution& live, const std::string& why);
  // One that can't be gone on with, and all that it has under way.
  void end_damaged(Turn& turn, LiveExecution& live, states::Status status, std::string error,
                   std::string cause);
  // What an open execution has asked for by that task; nothing if it has not, or not any more.
  std::optional<states::TaskOrder> order_of(Turn& turn, LiveExecution& live, states::TaskId task);

  // Lets something happen to an open execution, and sees to what follows. What the call answers.
  bool step(Turn& turn, LiveExecution& live, const Call& call);
  bool answer(Turn& turn, const TaskRef& task, const Call& call);
  // Does `work` on an open execution, and what follows unless that answers false. Whatever is
  // thrown on the way fails the execution alone, but for what is no fault of its own: a store that
  // can't be read, or memory that is short.
  bool guarded(Turn& turn, LiveExecution& live, ExecutionHost& host,
               const std::function<bool()>& work);
  void follow_up(Turn& turn, LiveExecution& live, ExecutionHost& host);
  // What it has said that is no piece of it: its history, its Map runs, and what it has cancelled.
  void take_note(Turn& turn, LiveExecution& live, ExecutionHost& host);
  // False if there is nobody to carry it out.
  bool dispatch(LiveExecution& live, states::TaskOrder order);
  // What a call has changed of it. Its row is written when the turn ends, however many of its
  // tasks have ended in it.
  void settle(Turn& turn, LiveExecution& live);
  void write_open(Turn& turn);
  void close(Turn& turn, LiveExecution& live);
  void wake(Turn& turn, std::uint64_t execution);
  // What is done without a command is done by shares of a turn, so that no batch grows without end
  // and commands get their turn, too.
  void begin_share(const Turn& turn);
  bool has_share(const Turn& turn) const;
  void set_alarm(std::uint64_t execution, OpenExecution& open, std::optional<cloud::Time> alarm);
  void forget(Turn& turn, const ExecutionRecord& record);
  void sweep(Turn& turn);

  // Executions that carry out tasks of others: the children of distributed Maps, and nested ones.
  struct Child {
    TaskRef task;  // of the parent
    std::optional<states::TaskOrder> order;
  };
  // A new one, or one that has changed.
  void write_map_run(Turn& turn, ExecutionRecord& record, MapRun& run);
  // What carries out tasks of the parent's which it has cancelled.
  void abandon(const ExecutionRecord& parent, const ExecutionHost& host);
  void leave(std::uint64_t nested, const TaskRef& task);
  // Whether an open execution was begun for somebody's task, and no task waits for it any more.
  bool is_orphan(std::uint64_t execution) const;
  void see_to_children(Turn& turn);
  void begin_child(Turn& turn, Child child);
  // By a redrive, one that there is already. False if that can't be gone on with, or is not there.
  bool begin_again(Turn& turn, LiveExecution& parent, const Child& child);
  // Also one that can't be gone on with: a child whose parent has come to an end.
  void abort(Turn& turn, LiveExecution& live, std::string error, std::string cause);
  void start_child(Turn& turn, LiveExecution& parent, const Child& child);
  // It carries out the task from now on.
  void take_over(std::uint64_t execution, const TaskRef& task);
  // Whether somebody's task waits for its end.
  bool has_parent(const ExecutionRecord& record) const;
  void answer_parents(Turn& turn, std::uint64_t ended);
  void answer_map(Turn& turn, const ExecutionRecord& child);
  void answer_task(Turn& turn, const TaskRef& task, const ExecutionRecord& nested);

  std::optional<RunnerTask> runner_task(Turn& turn, const TaskRef& task, TaskBoard::Order order);
  void begin_call(Turn& turn, RunnerTask& task);
  std::optional<cloud::GetActivityTaskOutput> activity_task(Turn& turn, const TaskRef& task,
                                                            const std::string& worker);

  StateMachines& machines_;
  const StateMachineVersions& versions_;
  Functions& functions_;
  Activities& activities_;
  TaskTokens& tokens_;
  TaskBoard board_;
  LiveExecutions live_;
  std::map<std::uint64_t, OpenExecution> open_;             // by number
  std::set<std::uint64_t> settled_;                         // of these, in this turn
  std::set<std::pair<cloud::Time, std::uint64_t>> alarms_;  // of the open ones
  std::map<std::string, std::uint64_t> started_;            // in this turn, by ARN
  std::map<std::uint64_t, std::vector<std::unique_ptr<Reply<ExecutionRecord>>>> waiting_;
  std::optional<cloud::Time> next_sweep_;
  std::size_t share_end_ = 0;       // bytes of the turn's batch
  std::uint64_t share_events_ = 0;  // that the share has brought about

  std::deque<Child> begun_children_;                      // to be started
  std::deque<std::uint64_t> ended_children_;              // whose parents are to be told
  std::deque<std::uint64_t> orphans_;                     // to be stopped, if they are it still
  std::map<std::uint64_t, std::vector<TaskRef>> nested_;  // what waits for their ends, by number
};

}  // namespace doorbuster::engine
