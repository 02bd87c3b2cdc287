#include "engine/task_board.h"

#include <algorithm>
#include <chrono>

#include "cloud/error.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

// Tasks whose order is kept while they wait.
constexpr std::size_t kOrdersMax = 4'096;
// Tasks that the runner has at once: each is a call that waits, and holds no thread.
constexpr std::size_t kUnderWayMax = 20'000;
// Tasks that are given out before there was time for the last ones to end. What takes longer waits
// for something, and keeps nobody waiting.
constexpr std::size_t kFreshMax = 1'024;
constexpr std::chrono::milliseconds kFreshFor{10};

}  // namespace

void TaskBoard::offer(const TaskRef& task, states::TaskOrder order) {
  const auto [it, is_new] = waiting_.try_emplace(task);
  if (!is_new || orders_ >= kOrdersMax) return;
  it->second = std::move(order);
  ++orders_;
}

void TaskBoard::try_out(RunnerTask task, cloud::Time due,
                        std::unique_ptr<Reply<TaskOutcome>>& reply) {
  const TaskRef ref{0, next_trial_++};
  task.ref = ref;
  offer(ref);
  trials_.emplace(ref.task, Trial{std::move(task), due, std::move(reply)});
}

void TaskBoard::tried_out(Turn& turn, const TaskRef& task, TaskOutcome& outcome) {
  auto trial = trials_.extract(task.task);
  if (trial.empty()) return;  // it has timed out
  trial.mapped().reply->value = std::move(outcome);
  turn.done.push_back(std::move(trial.mapped().reply));
}

std::optional<RunnerTask> TaskBoard::fetch_trial(const TaskRef& task) {
  const auto it = trials_.find(task.task);
  if (it == trials_.end()) return std::nullopt;
  RunnerTask asked = std::move(it->second.task);
  return asked;
}

void TaskBoard::begin_turn(Turn& turn) {
  for (auto it = trials_.begin(); it != trials_.end();) {
    Trial& trial = it->second;
    if (trial.due > turn.now) {
      ++it;
      continue;
    }
    trial.reply->value.error = "States.Timeout";
    turn.done.push_back(std::move(trial.reply));
    it = trials_.erase(it);
  }
}

void TaskBoard::poll(std::size_t max, std::unique_ptr<Reply<RunnerTasks>>& reply) {
  polls_.push_back({max, std::move(reply)});
}

void TaskBoard::ended() {
  --under_way_;
  if (fresh_ > 0) --fresh_;
}

bool TaskBoard::wanted() const {
  return !polls_.empty() && !waiting_.empty() && under_way_ < kUnderWayMax;
}

std::size_t TaskBoard::room() const {
  return std::min(kUnderWayMax - under_way_, kFreshMax - std::min(fresh_, kFreshMax));
}

void TaskBoard::finish_turn(Turn& turn, const Fetch& fetch) {
  if (fresh_ > 0 && (turn.now >= given_out_ + kFreshFor || turn.now < given_out_)) fresh_ = 0;
  while (wanted() && fresh_ < kFreshMax) give_out(turn, fetch);
}

void TaskBoard::give_out(Turn& turn, const Fetch& fetch) {
  auto& [max, reply] = polls_.front();
  auto& tasks = reply->value;
  const std::size_t tasks_max = std::min(max, room());
  while (tasks.size() < tasks_max && !waiting_.empty()) {
    auto first = waiting_.extract(waiting_.begin());
    if (first.mapped()) --orders_;
    const TaskRef& ref = first.key();
    auto task = ref.execution == 0 ? fetch_trial(ref) : fetch(ref, std::move(first.mapped()));
    if (!task) continue;
    task->request_id = task->call ? task->call->request_id : str(turn.random.uuid());
    tasks.push_back(std::move(*task));
  }
  if (tasks.empty()) return;
  under_way_ += tasks.size();
  fresh_ += tasks.size();
  given_out_ = turn.now;
  turn.done.push_back(std::move(reply));
  polls_.pop_front();
}

std::optional<cloud::Time> TaskBoard::alarm() const {
  std::optional<cloud::Time> first;
  if (wanted()) first = given_out_ + kFreshFor;
  for (const auto& [id, trial] : trials_) first = first ? std::min(*first, trial.due) : trial.due;
  return first;
}

void TaskBoard::dismiss(Turn& turn) {
  for (auto& [id, trial] : trials_) {
    trial.reply->fail(
        std::make_exception_ptr(cloud::Error("ServiceUnavailable", "doorbuster is stopping", 503)));
    turn.done.push_back(std::move(trial.reply));
  }
  trials_.clear();
  for (auto& poll : polls_) turn.done.push_back(std::move(poll.reply));
  polls_.clear();
}

}  // namespace doorbuster::engine
