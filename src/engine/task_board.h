// The tasks that wait for the task runner, and how many it has.
//
// The oldest execution's come first: those that are under way end before others begin, however many
// there are, so that few have to be kept in memory. What a task is asked to do is kept for the
// first ones only: of others its execution knows it.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cloud/error.h"
#include "engine/execution_record.h"
#include "engine/functions.h"
#include "engine/turn.h"

namespace doorbuster::engine {

struct RunnerTask {
  TaskRef ref;
  states::TaskOrder order;
  std::string execution_arn;
  std::string state_machine_arn;
  std::string role_arn;
  std::string request_id;  // by which its service is called
  // The call of the function that an execution's task waits for, begun in the turn that gives the
  // task out; or why it could not be.
  std::optional<BegunCall> call;
  std::optional<cloud::Error> refused;
};
using RunnerTasks = std::vector<RunnerTask>;

// How a task has ended.
struct TaskOutcome {
  std::optional<boost::json::value> output;  // none: it failed
  std::string error;
  std::string cause;
};

class TaskBoard {
 public:
  void offer(const TaskRef& task) { waiting_.try_emplace(task); }
  void offer(const TaskRef& task, states::TaskOrder order);

  // A task of no execution's: whoever asks for it is told what has become of it, at `due` that it
  // has timed out.
  void try_out(RunnerTask task, cloud::Time due, std::unique_ptr<Reply<TaskOutcome>>& reply);
  // What has become of one.
  void tried_out(Turn& turn, const TaskRef& task, TaskOutcome& outcome);

  // A runner asks for up to `max` tasks. It is answered at the end of a turn that has some for it.
  void poll(std::size_t max, std::unique_ptr<Reply<RunnerTasks>>& reply);
  // A task that was given out has come to an end.
  void ended();

  void begin_turn(Turn& turn);
  // `fetch` gives nothing of a task that nobody waits for any more.
  using Order = std::optional<states::TaskOrder>;  // if it has been kept
  using Fetch = std::function<std::optional<RunnerTask>(const TaskRef&, Order)>;
  void finish_turn(Turn& turn, const Fetch& fetch);
  // When a task that is tried out times out, or there is something to give out that has to wait.
  std::optional<cloud::Time> alarm() const;
  // Answers whoever polls with nothing.
  void dismiss(Turn& turn);

 private:
  struct Poll {
    std::size_t max = 0;
    std::unique_ptr<Reply<RunnerTasks>> reply;
  };

  struct Trial {
    RunnerTask task;
    cloud::Time due{};
    std::unique_ptr<Reply<TaskOutcome>> reply;
  };
  std::optional<RunnerTask> fetch_trial(const TaskRef& task);
  bool wanted() const;
  std::size_t room() const;
  void give_out(Turn& turn, const Fetch& fetch);

  std::map<TaskRef, Order> waiting_;
  std::size_t orders_ = 0;  // that are kept
  std::deque<Poll> polls_;
  std::size_t under_way_ = 0;
  // Of these, those that were given out lately, and when the last of them were.
  std::size_t fresh_ = 0;
  cloud::Time given_out_{};
  std::map<states::TaskId, Trial> trials_;  // those of no execution
  states::TaskId next_trial_ = 1;
};

}  // namespace doorbuster::engine
