#include "history.h"

#include <boost/json.hpp>
#include <set>

namespace doorbuster::simulator {
namespace {

namespace json = boost::json;
using cloud::HistoryEvent;

constexpr int kPage = 7;  // events, so that there are several pages

// How AWS calls the last event of an execution that ended so.
const std::map<std::string, std::string> kLastEvents = {{"ExecutionSucceeded", "SUCCEEDED"},
                                                        {"ExecutionFailed", "FAILED"},
                                                        {"ExecutionTimedOut", "TIMED_OUT"},
                                                        {"ExecutionAborted", "ABORTED"}};

std::vector<HistoryEvent> read(World& world, const std::string& arn) {
  std::vector<HistoryEvent> all;
  cloud::GetExecutionHistoryInput request;
  request.executionArn = arn;
  request.maxResults = kPage;
  do {
    auto page = world.bed.run(world.bed.step_functions().GetExecutionHistory(request));
    std::move(page.events.begin(), page.events.end(), std::back_inserter(all));
    request.nextToken = page.nextToken;
  } while (!request.nextToken.empty());
  return all;
}

std::string text_of(const HistoryEvent& event, const std::string& field) {
  for (const auto& [name, details] : event.details) {
    const auto* value = details.as_object().if_contains(field);
    if (value && value->is_string()) return std::string(value->get_string());
  }
  return {};
}

class Check {
 public:
  Check(const History& history, const std::map<std::string, seconds>& waits)
      : history_(history), events_(history.events), waits_(waits) {}

  void run() {
    require_of(!events_.empty() && events_.front().type == "ExecutionStarted",
               "doesn't begin with its start");
    for (std::size_t i = 0; i < events_.size(); ++i) {
      check_order(i);
      check_task(events_[i]);
      check_wait(events_[i]);
    }
    check_end();
  }

 private:
  void require_of(bool holds, const std::string& what) const {
    require(holds, "the history of " + history_.execution.name + ' ' + what);
  }

  const HistoryEvent& before(const HistoryEvent& event) const {
    return events_.at(static_cast<std::size_t>(event.previousEventId - 1));
  }

  // The first two follow none, and neither does a stop from outside, as on AWS.
  void check_order(std::size_t i) const {
    const HistoryEvent& event = events_[i];
    const std::string id = std::to_string(event.id);
    require_of(event.id == static_cast<std::int64_t>(i) + 1, "has a gap before event " + id);
    const bool stopped = event.type == "ExecutionAborted";
    const std::int64_t first = i >= 2 && !stopped ? 1 : 0;
    const std::int64_t last = stopped ? 0 : event.id - 1;
    require_of(event.previousEventId >= first && event.previousEventId <= last,
               "says that event " + id + " follows " + std::to_string(event.previousEventId));
    const cloud::Time earliest = i == 0 ? history_.execution.startDate : events_[i - 1].timestamp;
    require_of(event.timestamp >= earliest, "goes back in time at event " + id);
  }

  // From its scheduling on, each event of a task follows the one before.
  void check_task(const HistoryEvent& event) {
    const bool of_task = event.type.starts_with("Task") || event.type.starts_with("Activity") ||
                         event.type.starts_with("LambdaFunction");
    if (!of_task || event.type.starts_with("TaskState")) return;
    if (event.type.ends_with("Scheduled")) {
      tasks_[event.id] = event.id;
      return;
    }
    const auto task = tasks_.find(event.previousEventId);
    require_of(task != tasks_.end(), "has " + event.type + " of a task that was never scheduled");
    const std::int64_t scheduled = tasks_[event.id] = task->second;
    const bool goes_on = event.type.ends_with("Started") || event.type.ends_with("Submitted");
    require_of(!ended_.contains(scheduled), "goes on with a task that had ended");
    if (!goes_on) ended_.insert(scheduled);
  }

  void check_wait(const HistoryEvent& event) const {
    if (event.type != "WaitStateExited") return;
    const HistoryEvent& entered = before(event);
    require_of(entered.type == "WaitStateEntered", "leaves a Wait that was not entered");
    const std::string name = text_of(event, "name");
    require_of(event.timestamp >= entered.timestamp + waits_.at(name), "leaves " + name + " early");
  }

  void check_end() const {
    const auto& execution = history_.execution;
    for (const HistoryEvent& event : events_) {
      const auto last = kLastEvents.find(event.type);
      const bool is_last = &event == &events_.back();
      require_of((last != kLastEvents.end()) == is_last,
                 is_last ? "ends with " + event.type : "goes on after " + event.type);
      if (!is_last) continue;
      require_of(last->second == execution.status && event.timestamp == execution.stopDate &&
                     text_of(event, "output") == execution.output &&
                     text_of(event, "error") == execution.error &&
                     text_of(event, "cause") == execution.cause,
                 "ends otherwise than the execution: " + event.type + ' ' +
                     text_of(event, "output") + text_of(event, "error") + text_of(event, "cause") +
                     " and " + execution.status + ' ' + execution.output + execution.error +
                     execution.cause);
    }
  }

  const History& history_;
  const std::vector<HistoryEvent>& events_;
  const std::map<std::string, seconds>& waits_;
  std::map<std::int64_t, std::int64_t> tasks_;  // what scheduled it, by each of a task's events
  std::set<std::int64_t> ended_;                // tasks, by what scheduled them
};

}  // namespace

int History::count(const std::string& type, const std::string& field,
                   const std::string& text) const {
  int found = 0;
  for (const auto& event : events) {
    if (event.type == type && text_of(event, field) == text) ++found;
  }
  return found;
}

History checked_history(World& world, const std::string& execution_arn,
                        const std::map<std::string, seconds>& waits) {
  History history;
  history.execution =
      world.bed.run(world.bed.step_functions().DescribeExecution({execution_arn, ""}));
  history.events = read(world, execution_arn);
  world.trace(history.execution.name + ' ' + history.execution.status + ' ' +
              history.execution.error + " after " + std::to_string(history.events.size()) +
              " events");
  require(history.execution.status != "RUNNING", execution_arn + " has not ended");
  Check(history, waits).run();
  return history;
}

}  // namespace doorbuster::simulator
