// The tasks that wait for the task runner, in the order they were begun, and how many it has.
//
// What a task is asked to do is kept for the first ones only: of others its execution knows it.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/execution_record.h"
#include "engine/turn.h"

namespace doorbuster::engine {

struct RunnerTask {
  TaskRef ref;
  states::TaskOrder order;
  bool submitted = false;  // the other service has accepted it before the last restart
  std::string execution_arn;
  std::string state_machine_arn;
  std::string role_arn;
};
using RunnerTasks = std::vector<RunnerTask>;

class TaskBoard {
 public:
  void offer(const TaskRef& task) { waiting_.push_back(task); }
  void offer(const TaskRef& task, states::TaskOrder order);
  // What a waiting task is asked to do, if that has been kept.
  std::optional<states::TaskOrder> take_order(const TaskRef& task);

  // A runner asks for up to `max` tasks. It is answered at the end of a turn that has some for it.
  void poll(std::size_t max, std::unique_ptr<Reply<RunnerTasks>>& reply);
  // A task that was given out has come to an end.
  void ended() { --under_way_; }

  // `fetch` gives nothing of a task that nobody waits for any more.
  using Fetch = std::function<std::optional<RunnerTask>(const TaskRef&)>;
  void finish_turn(Turn& turn, const Fetch& fetch);
  // Answers whoever polls with nothing.
  void dismiss(Turn& turn);

 private:
  struct Poll {
    std::size_t max = 0;
    std::unique_ptr<Reply<RunnerTasks>> reply;
  };

  std::deque<TaskRef> waiting_;
  std::map<TaskRef, states::TaskOrder> orders_;
  std::deque<Poll> polls_;
  std::size_t under_way_ = 0;
};

}  // namespace doorbuster::engine
