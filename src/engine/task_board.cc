#include "engine/task_board.h"

#include <algorithm>

namespace doorbuster::engine {
namespace {

// Tasks whose order is kept while they wait.
constexpr std::size_t kOrdersMax = 4'096;
// Tasks that the runner has at once: each is a call that waits, and holds no thread.
constexpr std::size_t kUnderWayMax = 20'000;

}  // namespace

void TaskBoard::offer(const TaskRef& task, states::TaskOrder order) {
  if (orders_.size() < kOrdersMax) orders_.emplace(task, std::move(order));
  offer(task);
}

std::optional<states::TaskOrder> TaskBoard::take_order(const TaskRef& task) {
  auto node = orders_.extract(task);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped());
}

void TaskBoard::poll(std::size_t max, std::unique_ptr<Reply<RunnerTasks>>& reply) {
  polls_.push_back({max, std::move(reply)});
}

void TaskBoard::finish_turn(Turn& turn, const Fetch& fetch) {
  while (!polls_.empty() && !waiting_.empty() && under_way_ < kUnderWayMax) {
    auto& [max, reply] = polls_.front();
    const std::size_t room = std::min(max, kUnderWayMax - under_way_);
    while (reply->value.size() < room && !waiting_.empty()) {
      auto task = fetch(waiting_.front());
      waiting_.pop_front();
      if (task) reply->value.push_back(std::move(*task));
    }
    if (reply->value.empty()) return;
    under_way_ += reply->value.size();
    turn.done.push_back(std::move(reply));
    polls_.pop_front();
  }
}

void TaskBoard::dismiss(Turn& turn) {
  for (auto& poll : polls_) turn.done.push_back(std::move(poll.reply));
  polls_.clear();
}

}  // namespace doorbuster::engine
