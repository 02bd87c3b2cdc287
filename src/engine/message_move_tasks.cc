#include "engine/message_move_tasks.h"

#include <algorithm>
#include <boost/json.hpp>

#include "cloud/error.h"
#include "engine/codec.h"
#include "engine/json_record.h"

namespace doorbuster::engine {
namespace {

// Without a rate of its own a task moves what fits in a turn; others get theirs in between.
constexpr std::size_t kMovedAtOnce = 500;
constexpr std::chrono::milliseconds kStepEvery{100};
constexpr int kRateMax = 500;              // messages a second
constexpr std::size_t kKeptOfSource = 10;  // ended tasks that ListMessageMoveTasks can show

std::string move_task_key(const std::string& handle) {
  return Encoder().raw("M").raw(handle).bytes();
}

// How much a task moves at a time: with a rate, a tenth of a second's worth, or else one.
std::size_t step_size(const cloud::ListMessageMoveTasksResultEntry& task) {
  if (!task.MaxNumberOfMessagesPerSecond) return kMovedAtOnce;
  return static_cast<std::size_t>(std::max(1, *task.MaxNumberOfMessagesPerSecond / 10));
}

std::chrono::milliseconds step_interval(const cloud::ListMessageMoveTasksResultEntry& task) {
  if (!task.MaxNumberOfMessagesPerSecond) return kStepEvery;
  const auto rate = static_cast<std::size_t>(*task.MaxNumberOfMessagesPerSecond);
  return std::chrono::milliseconds((1'000 * step_size(task) + rate - 1) / rate);
}

cloud::Error no_such_resource(const std::string& what) {
  return {"ResourceNotFoundException", what, 404};
}

}  // namespace

void MessageMoveTasks::open(const Store& store, cloud::Time now) {
  store.scan(Family::config, "M", "N", [&](std::string_view, std::string_view value) {
    const auto json = read_json_record(value);
    Task task;
    task.TaskHandle = json.at("handle").as_string();
    task.Status = json.at("status").as_string();
    task.SourceArn = json.at("source").as_string();
    task.DestinationArn = json.at("destination").as_string();
    if (const auto& rate = json.at("rate"); !rate.is_null()) {
      task.MaxNumberOfMessagesPerSecond = rate.to_number<int>();
    }
    task.ApproximateNumberOfMessagesMoved = json.at("moved").to_number<std::int64_t>();
    task.ApproximateNumberOfMessagesToMove = json.at("to_move").to_number<std::int64_t>();
    task.FailureReason = json.at("failure").as_string();
    task.StartedTimestamp = from_ms(json.at("started").to_number<std::int64_t>());
    if (task.Status == "RUNNING") running_[task.TaskHandle] = now;
    tasks_.emplace(task.TaskHandle, task);
    return true;
  });
}

void MessageMoveTasks::write(Turn& turn, const Task& task) const {
  boost::json::object json{{"handle", task.TaskHandle},
                           {"status", task.Status},
                           {"source", task.SourceArn},
                           {"destination", task.DestinationArn},
                           {"rate", nullptr},
                           {"moved", task.ApproximateNumberOfMessagesMoved},
                           {"to_move", task.ApproximateNumberOfMessagesToMove},
                           {"failure", task.FailureReason},
                           {"started", to_ms(task.StartedTimestamp)}};
  if (task.MaxNumberOfMessagesPerSecond) json["rate"] = *task.MaxNumberOfMessagesPerSecond;
  turn.batch.put(Family::config, move_task_key(task.TaskHandle), boost::json::serialize(json));
}

std::string MessageMoveTasks::start(Turn& turn, const cloud::StartMessageMoveTaskRequest& request) {
  const Queue* source = queues_.by_arn(request.SourceArn);
  if (!source) {
    throw no_such_resource(
        "The resource that you specified for the SourceArn parameter doesn't exist.");
  }
  if (queues_.dead_letter_sources(*source).empty()) {
    throw cloud::Error("InvalidParameterValue",
                       "Source queue must be configured as a Dead Letter Queue.");
  }
  if (!request.DestinationArn.empty() && !queues_.by_arn(request.DestinationArn)) {
    throw no_such_resource(
        "The resource that you specified for the DestinationArn parameter doesn't exist.");
  }
  const int rate = request.MaxNumberOfMessagesPerSecond.value_or(kRateMax);
  if (rate < 1 || rate > kRateMax) {
    throw cloud::Error("InvalidParameterValue",
                       "Value for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: must "
                       "be a whole number from 1 to 500.");
  }
  for (const auto& [handle, next] : running_) {
    if (tasks_.at(handle).SourceArn == request.SourceArn) {
      throw cloud::Error("UnsupportedOperation",
                         "There is already a task running. Only one active task is allowed for a "
                         "source queue arn at a given time.");
    }
  }
  Task task;
  const std::string id =
      Encoder().u64(static_cast<std::uint64_t>(to_ms(turn.now))).u64(turn.random.next()).bytes();
  task.TaskHandle = hex(reinterpret_cast<const unsigned char*>(id.data()), id.size());
  task.Status = "RUNNING";
  task.SourceArn = request.SourceArn;
  task.DestinationArn = request.DestinationArn;
  task.MaxNumberOfMessagesPerSecond = request.MaxNumberOfMessagesPerSecond;
  task.ApproximateNumberOfMessagesToMove = static_cast<std::int64_t>(source->counts().visible);
  task.StartedTimestamp = turn.now;
  drop_old(turn, task.SourceArn);
  write(turn, task);
  running_[task.TaskHandle] = turn.now;
  return tasks_.emplace(task.TaskHandle, task).first->first;
}

void MessageMoveTasks::drop_old(Turn& turn, const std::string& source_arn) {
  const auto kept = list(source_arn, kKeptOfSource);
  if (kept.size() < kKeptOfSource) return;
  turn.batch.remove(Family::config, move_task_key(kept.back().TaskHandle));
  tasks_.erase(kept.back().TaskHandle);
}

std::int64_t MessageMoveTasks::cancel(Turn& turn, const std::string& handle) {
  const auto it = tasks_.find(handle);
  if (it == tasks_.end()) throw no_such_resource("Task does not exist.");
  if (running_.erase(handle) == 0) {
    throw cloud::Error("UnsupportedOperation", "Only active tasks can be cancelled: this one is " +
                                                   it->second.Status + ".");
  }
  it->second.Status = "CANCELLED";
  write(turn, it->second);
  return it->second.ApproximateNumberOfMessagesMoved;
}

std::string_view MessageMoveTasks::source(const std::string& handle) const {
  const auto it = tasks_.find(handle);
  return it == tasks_.end() ? std::string_view() : it->second.SourceArn;
}

std::vector<cloud::ListMessageMoveTasksResultEntry> MessageMoveTasks::list(
    const std::string& source_arn, std::size_t max) const {
  std::vector<Task> found;
  for (auto it = tasks_.rbegin(); it != tasks_.rend() && found.size() < max; ++it) {
    if (it->second.SourceArn == source_arn) found.push_back(it->second);
  }
  return found;
}

void MessageMoveTasks::begin_turn(Turn& turn) {
  for (auto it = running_.begin(); it != running_.end();) {
    const auto here = it++;
    if (here->second > turn.now) continue;
    Task& task = tasks_.at(here->first);
    here->second = turn.now + step_interval(task);
    step(turn, task);
    if (task.Status != "RUNNING") running_.erase(here);
  }
}

void MessageMoveTasks::step(Turn& turn, Task& task) {
  Queue* from = queues_.by_arn(task.SourceArn);
  Queue* to = task.DestinationArn.empty() ? nullptr : queues_.by_arn(task.DestinationArn);
  if (!from || (!to && !task.DestinationArn.empty())) {
    task.Status = "FAILED";
    task.FailureReason = "AWS.SimpleQueueService.NonExistentQueue";
    write(turn, task);
    return;
  }
  std::size_t max = step_size(task);
  const auto left = task.ApproximateNumberOfMessagesToMove - task.ApproximateNumberOfMessagesMoved;
  max = std::min(max, static_cast<std::size_t>(std::max<std::int64_t>(left, 0)));
  const auto moved = queues_.move(turn, *from, to, max);
  task.ApproximateNumberOfMessagesMoved += static_cast<std::int64_t>(moved.count);
  const bool all = task.ApproximateNumberOfMessagesMoved >= task.ApproximateNumberOfMessagesToMove;
  if (all || from->counts().visible == 0) {
    task.Status = "COMPLETED";
  } else if (moved.nowhere_to_go) {
    task.Status = "FAILED";
    task.FailureReason = "CouldNotDetermineMessageSource";
  }
  write(turn, task);
}

std::optional<cloud::Time> MessageMoveTasks::alarm() const {
  std::optional<cloud::Time> first;
  for (const auto& [handle, next] : running_) first = first ? std::min(*first, next) : next;
  return first;
}

}  // namespace doorbuster::engine
