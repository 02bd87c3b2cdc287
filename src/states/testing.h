// Runs executions for tests: by hand, with a clock that stands still until it is turned and answers
// that are given in advance.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "states/execution.h"
#include "states/json_text.h"
#include "states/timestamp.h"

namespace doorbuster::states {

// An event with what it said.
struct ToldEvent {
  explicit ToldEvent(const HistoryEvent& event)
      : id(event.id),
        previous(event.previous),
        timestamp(event.timestamp),
        type(event.type),
        details_name(event.details_name) {
    for (const auto& [name, value] : event.details) {
      if (const auto* text = std::get_if<std::string_view>(&value)) details[name] = *text;
      if (const auto* number = std::get_if<std::int64_t>(&value)) details[name] = *number;
      if (const auto* object = std::get_if<const boost::json::object*>(&value)) {
        details[name] = **object;
      }
    }
  }

  std::int64_t id;
  std::int64_t previous;
  Time timestamp;
  std::string type;
  std::string details_name;
  boost::json::object details;
};

// Records what an execution does.
class RecordingHost final : public Host {
 public:
  Time now() const override { return now_; }
  // Small numbers, one after another, so that what is random can be expected.
  std::uint64_t random() override { return random_++; }
  std::string token(TaskId task) override { return "token-" + std::to_string(task); }
  void append(const HistoryEvent& event) override { history.emplace_back(event); }
  void begin(TaskOrder order) override { orders.push_back(std::move(order)); }
  void cancel(TaskId task) override {
    cancelled.push_back(task);
    std::erase_if(orders, [task](const TaskOrder& order) { return order.id == task; });
  }
  void map_run(const MapRunState& run) override {
    auto& statuses = runs[run.arn];
    if (statuses.empty() || statuses.back() != run.status) statuses.push_back(run.status);
    last_run = run;
  }
  void set_time(Time time) { now_ = time; }

  std::vector<ToldEvent> history;
  std::deque<TaskOrder> orders;  // not answered yet
  std::vector<TaskId> cancelled;
  std::map<std::string, std::vector<Status>> runs;  // of distributed Maps, by ARN
  MapRunState last_run;                             // as it was last told

 private:
  Time now_ = parse_timestamp("2026-11-27T00:00:00Z")->milliseconds();
  std::uint64_t random_ = 0;
};

// What a task answers.
struct Answer {
  std::optional<boost::json::value> output;  // none: it fails
  std::string error, cause;
  bool never = false;  // it says nothing at all
};

inline Answer gives(std::string_view json) {
  return {.output = boost::json::parse(json)};
}
inline Answer fails(std::string error, std::string cause = "") {
  return {.output = std::nullopt, .error = std::move(error), .cause = std::move(cause)};
}
inline Answer says_nothing() {
  return {.output = std::nullopt, .error = {}, .cause = {}, .never = true};
}

// An execution, its host, and the order in which everything happens: first tasks are answered, one
// by one as they were begun, then the clock is turned to the next alarm.
class TestRun {
 public:
  TestRun(std::string_view definition, std::string_view input)
      : definition_(compile(definition)), input_(boost::json::parse(input)) {}

  // To each task of a state in turn; the last goes on for those that come after it. A task of a
  // state without answers gives back its input.
  TestRun& answer(const std::string& state, std::vector<Answer> answers) {
    answers_[state] = std::move(answers);
    return *this;
  }
  // Stores and restores the execution after everything that happens.
  TestRun& restoring() {
    restoring_ = true;
    return *this;
  }

  TestRun& begin() {
    identity_.started = host.now();
    execution = Execution::begin(definition_, identity_, input_, host);
    settle();
    return *this;
  }

  // Until it ends, or nothing but silent tasks is left.
  TestRun& run() {
    begin();
    while (execution->status() == Status::running && step()) {
    }
    return *this;
  }

  // The next thing that happens; false if there is none.
  bool step() {
    if (answer_next()) return true;
    const auto next = execution->alarm();
    if (!next) return false;
    host.set_time(std::max(host.now(), *next));
    execution->wake(host);
    settle();
    return true;
  }

  // What the test does to the execution by itself.
  void act(const std::function<void(Execution&)>& action) {
    action(*execution);
    settle();
  }

  // "SUCCEEDED {...}" or "FAILED error: cause".
  std::string result() const {
    switch (execution->status()) {
      case Status::running:
        return "RUNNING";
      case Status::succeeded:
        return to_text(execution->output());
      case Status::failed:
        return "FAILED " + execution->error() + ": " + execution->cause();
      case Status::timed_out:
        return "TIMED_OUT";
      default:
        return "ABORTED " + execution->error() + ": " + execution->cause();
    }
  }

  // "2<0 PassStateEntered", one line for each event.
  std::string events() const {
    std::string text;
    for (const ToldEvent& event : host.history) {
      text +=
          std::to_string(event.id) + "<" + std::to_string(event.previous) + " " + event.type + "\n";
    }
    return text;
  }
  // With everything in it.
  std::string full_history() const {
    std::string text;
    for (const ToldEvent& event : host.history) {
      text += std::to_string(event.id) + "<" + std::to_string(event.previous) + " " +
              format_timestamp(event.timestamp) + " " + event.type + " " + event.details_name +
              to_text(event.details) + "\n";
    }
    return text;
  }
  // The details of the last event of a type.
  boost::json::object details(std::string_view type) const {
    for (auto event = host.history.rbegin(); event != host.history.rend(); ++event) {
      if (event->type == type) return event->details;
    }
    return {};
  }
  // How often a type of event is there.
  std::size_t count(std::string_view type) const {
    return static_cast<std::size_t>(
        std::count_if(host.history.begin(), host.history.end(),
                      [type](const ToldEvent& event) { return event.type == type; }));
  }
  std::chrono::milliseconds elapsed() const {
    return host.history.back().timestamp - host.history.front().timestamp;
  }

  RecordingHost host;
  std::unique_ptr<Execution> execution;
  std::map<std::string, std::string> stored;  // the pieces
  std::size_t pieces_written = 0;
  std::vector<boost::json::value> inputs;  // of the tasks that were answered

 private:
  bool answer_next() {
    const auto next = std::find_if(host.orders.begin(), host.orders.end(),
                                   [this](const TaskOrder& order) { return !is_silent(order); });
    if (next == host.orders.end()) return false;
    const TaskOrder order = *next;
    host.orders.erase(next);
    const Answer answer = answer_to(order);
    inputs.push_back(order.input);
    if (answer.output) {
      EXPECT_TRUE(execution->succeed(order.id, *answer.output, host));
    } else {
      EXPECT_TRUE(execution->fail(order.id, answer.error, answer.cause, host));
    }
    settle();
    return true;
  }

  // Of those that were begun, what the execution knows of each that it waits for.
  std::vector<std::string> open_tasks() const {
    std::vector<std::string> open;
    for (const TaskOrder& begun : host.orders) {
      const auto task = execution->open_task(begun.id);
      if (task)
        open.push_back(std::to_string(task->id) + task->resource.arn + to_text(task->input));
    }
    return open;
  }

  bool is_silent(const TaskOrder& order) {
    const auto known = answers_.find(order.state);
    if (known == answers_.end()) return false;
    return known->second.at(std::min(given_[order.state], known->second.size() - 1)).never;
  }

  Answer answer_to(const TaskOrder& order) {
    const auto known = answers_.find(order.state);
    if (known == answers_.end()) return {.output = order.input};
    return known->second.at(std::min(given_[order.state]++, known->second.size() - 1));
  }

  void settle() {
    for (auto& [key, bytes] : execution->take_changes()) {
      ++pieces_written;
      if (bytes) {
        stored[key] = *bytes;
      } else {
        EXPECT_EQ(stored.erase(key), 1U) << key;
      }
    }
    if (!restoring_) return;
    const auto before = open_tasks();
    execution = Execution::restore(definition_, identity_, input_, {stored.begin(), stored.end()});
    EXPECT_EQ(before, open_tasks());
    EXPECT_TRUE(execution->take_changes().empty());
  }

  std::shared_ptr<const Definition> definition_;
  boost::json::value input_;
  Identity identity_{
      .execution_arn = "arn:aws:states:us-east-1:123456789012:execution:machine:run",
      .execution_name = "run",
      .state_machine_arn = "arn:aws:states:us-east-1:123456789012:stateMachine:machine",
      .state_machine_name = "machine",
      .role_arn = "arn:aws:iam::123456789012:role/states"};
  std::map<std::string, std::vector<Answer>> answers_;
  std::map<std::string, std::size_t> given_;
  bool restoring_ = false;
};

// Runs it both ways, straight through and restored at every step, which must come to the same.
inline TestRun run_both_ways(
    std::string_view definition, std::string_view input,
    const std::vector<std::pair<std::string, std::vector<Answer>>>& answers = {}) {
  TestRun run(definition, input);
  TestRun restored(definition, input);
  for (const auto& [state, given] : answers) {
    run.answer(state, given);
    restored.answer(state, given);
  }
  run.run();
  restored.restoring().run();
  EXPECT_EQ(run.full_history(), restored.full_history());
  EXPECT_EQ(run.result(), restored.result());
  return run;
}

// Only its result.
inline std::string result_of(
    std::string_view definition, std::string_view input,
    const std::vector<std::pair<std::string, std::vector<Answer>>>& answers = {}) {
  return run_both_ways(definition, input, answers).result();
}

}  // namespace doorbuster::states
