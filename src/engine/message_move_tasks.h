// Redriving dead letters: what StartMessageMoveTask began, on the writer's thread.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
#pragma once

#include <map>
#include <optional>
#include <string>

#include "engine/queues.h"

namespace doorbuster::engine {

class MessageMoveTasks {
 public:
  explicit MessageMoveTasks(Queues& queues) : queues_(queues) {}

  void open(const Store& store, cloud::Time now);

  std::string start(Turn& turn, const cloud::StartMessageMoveTaskRequest& request);
  // How many it has moved.
  std::int64_t cancel(Turn& turn, const std::string& handle);
  // The ARN of the queue that a task empties; empty if there is no such task.
  std::string_view source(const std::string& handle) const;
  // The last ones first.
  std::vector<cloud::ListMessageMoveTasksResultEntry> list(const std::string& source_arn,
                                                           std::size_t max) const;

  void begin_turn(Turn& turn);
  std::optional<cloud::Time> alarm() const;

 private:
  using Task = cloud::ListMessageMoveTasksResultEntry;

  void step(Turn& turn, Task& task);
  void write(Turn& turn, const Task& task) const;
  void drop_old(Turn& turn, const std::string& source_arn);

  Queues& queues_;
  std::map<std::string, Task> tasks_;           // by handle, which grows with time
  std::map<std::string, cloud::Time> running_;  // handle, next step
};

}  // namespace doorbuster::engine
