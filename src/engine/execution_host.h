// Whoever runs an execution, for the length of one call: what it says goes into the turn's batch.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/execution_history.h"
#include "engine/execution_record.h"
#include "engine/live_executions.h"
#include "engine/task_tokens.h"
#include "engine/turn.h"

namespace doorbuster::engine {

class ExecutionHost final : public states::Host {
 public:
  ExecutionHost(Turn& turn, TaskTokens& tokens, ExecutionRecord& record, OpenExecution& open)
      : turn_(turn), tokens_(tokens), record_(record), open_(open) {}

  states::Time now() const override { return turn_.now; }
  std::uint64_t random() override { return turn_.random.next(); }
  std::string token(states::TaskId task) override {
    return tokens_.make(turn_, {record_.number, task});
  }
  void append(const states::HistoryEvent& event) override {
    record_.events = static_cast<std::uint64_t>(event.id);
    ++appended_;
    if (record_.express) return;  // nobody can ask for it
    row_.add(event);
    if (row_.events() == kRowEventsMax) write_history();
  }
  void begin(states::TaskOrder order) override { begun_.push_back(std::move(order)); }
  void cancel(states::TaskId task) override {
    std::erase_if(begun_, [&](const states::TaskOrder& order) { return order.id == task; });
    if (const auto* open = open_.find(task)) cancelled_.emplace_back(task, *open);
    close(task);
  }
  void map_run(const states::MapRunState& state) override {
    MapRun* run = find_run(record_, state.arn);
    if (!run) {
      run = &record_.map_runs.emplace_back();
      run->started = turn_.now;
    } else if (run->state.status != states::Status::running) {
      if (state.status != states::Status::running) return;
      ++run->redrives;
      run->redriven = turn_.now;
      run->stopped = {};
      if (state.express) run->first = 0;  // until it is numbered again
    }
    run->state = state;
    if (state.status != states::Status::running) run->stopped = turn_.now;
    if (std::ranges::find(changed_runs_, state.arn) == changed_runs_.end()) {
      changed_runs_.push_back(state.arn);
    }
  }

  // What has been appended since the last call.
  void write_history() {
    if (row_.events() == 0) return;
    turn_.batch.put(Family::history, event_key(record_.number, record_.events), row_.take());
  }

  // The task has an answer, or needs none.
  void close(states::TaskId task) { open_.tasks.erase(task); }
  // What is to be done since the last call.
  std::vector<states::TaskOrder> take_begun() { return std::exchange(begun_, {}); }
  // Tasks that nobody waits for any more.
  using Cancelled = std::vector<std::pair<states::TaskId, OpenTask>>;
  const Cancelled& cancelled() const { return cancelled_; }
  std::uint64_t appended() const { return appended_; }  // events
  // The ARNs of those distributed Maps' runs of which something is new.
  const std::vector<std::string>& changed_runs() const { return changed_runs_; }

 private:
  Turn& turn_;
  TaskTokens& tokens_;
  ExecutionRecord& record_;
  OpenExecution& open_;
  HistoryRow row_;
  std::vector<states::TaskOrder> begun_;
  Cancelled cancelled_;
  std::uint64_t appended_ = 0;
  std::vector<std::string> changed_runs_;
};

}  // namespace doorbuster::engine
