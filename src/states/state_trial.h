// A state tried out by itself, as TestState does: what it makes of its input, and where it leads.
// https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html
//
// Time is what the test says; nothing is waited for. Not synchronised.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "states/execution.h"

namespace doorbuster::states {

// A state, and the definition of a machine of it alone, in which whatever it leads to is an end.
struct TestedState {
  std::string machine;
  std::string type;           // "Task"
  boost::json::object state;  // as it is defined
};
// `name` is empty if the definition is a state's, and not a state machine's; it is called StateName
// then. Nothing if there is no such state.
std::optional<TestedState> state_of(std::string_view definition, const std::string& name);

// Whether a Parallel or a Map has a state of that name, however deep it is.
bool has_state(const boost::json::object& fork, const std::string& name);

class StateTrial final : private Host {
 public:
  struct Setup {
    Identity identity;
    boost::json::value input;
    boost::json::object variables;
    std::optional<boost::json::value> context;  // an object; its own if there is none
    std::optional<StandIn> mock;                // of what the state would call or run
    int retries = 0;                            // that the state has had already
    Time now{};
    std::uint64_t seed = 0;
  };
  // Throws std::invalid_argument if the input is nested too deeply.
  StateTrial(std::shared_ptr<const Definition> machine, Setup setup);

  // What the state calls, once; it is to be answered. Nothing if the test is over.
  std::optional<TaskOrder> take_task();
  void answer(const StandIn& outcome, Time now);
  // When the task's answer comes too late.
  std::optional<Time> deadline() const { return execution_->alarm(); }

  enum class Status : unsigned char { succeeded, failed, retriable, caught };
  struct Report {
    Status status = Status::failed;
    std::string output;      // JSON
    std::string next_state;  // empty if there is none
    std::optional<FailedState> failure;
    std::map<std::string, std::string> steps;  // by TestState's names, as JSON
    boost::json::object variables;             // those there are then
  };
  const Report& report() const { return report_; }

 private:
  Time now() const override { return now_; }
  std::uint64_t random() override { return seed_++; }
  std::string token(TaskId task) override { return "token-" + std::to_string(task); }
  void append(const HistoryEvent& event) override;
  void begin(TaskOrder order) override;
  void cancel(TaskId) override { task_.reset(); }
  void map_run(const MapRunState&) override {}
  void inspect(std::string_view step, const boost::json::value& data) override;
  void state_failed(const FailedState& failure) override;
  std::optional<StandIn> stand_in() override { return mock_; }
  const boost::json::value* context() override { return context_ ? &*context_ : nullptr; }

  // Lets time pass until there is a task, or the state is left, or has failed for good.
  void go_on();

  Time now_;
  std::uint64_t seed_;
  const std::optional<boost::json::value> context_;
  std::optional<StandIn> mock_;
  int retries_;
  bool over_ = false;
  bool left_ = false;              // the state
  std::optional<TaskOrder> task_;  // not taken yet
  TaskId asked_ = 0;               // of the one that was
  Report report_;
  std::unique_ptr<Execution> execution_;
};

}  // namespace doorbuster::states
