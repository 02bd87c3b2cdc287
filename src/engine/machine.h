// The whole state of the engine: (state, command, now) -> (state', reply, changes to the store).
//
// It has no hidden inputs: the same commands at the same times with the same seed lead to the same
// state, byte for byte. It belongs to the writer's thread, but for what Buckets says of its reads.
#pragma once

#include <algorithm>
#include <string>

#include "engine/buckets.h"
#include "engine/message_move_tasks.h"
#include "engine/multipart_uploads.h"
#include "engine/queues.h"
#include "engine/roles.h"
#include "engine/topics.h"

namespace doorbuster::engine {

class Machine {
 public:
  explicit Machine(const std::string& endpoint)
      : queues(endpoint),
        topics(queues, endpoint),
        notifications(queues, topics),
        objects(bodies, notifications),
        multipart_uploads(bodies, objects),
        move_tasks(queues) {}

  Queues queues;
  Topics topics;
  Buckets buckets;
  Bodies bodies;
  Notifications notifications;
  Objects objects;
  MultipartUploads multipart_uploads;
  MessageMoveTasks move_tasks;
  Roles roles;

  void open(Store& store, cloud::Time now) {
    queues.open(store, now);
    topics.open(store);
    buckets.open(store);
    bodies.open(store);
    multipart_uploads.open(store);
    move_tasks.open(store, now);
    roles.open(store);
  }

  void begin_turn(Turn& turn) {
    queues.begin_turn(turn);
    move_tasks.begin_turn(turn);
  }
  void finish_turn(Turn& turn) { queues.finish_turn(turn); }
  void end_turn(Store& store) {
    queues.end_turn(store);
    topics.end_turn();
    buckets.end_turn();
    objects.end_turn();
  }

  // Answers everybody who waits for something to happen.
  void dismiss(Turn& turn) {
    queues.dismiss(turn);
    topics.dismiss(turn);
  }

  // When there is next something to do without a command.
  std::optional<cloud::Time> alarm() const {
    const auto a = queues.alarm();
    const auto b = move_tasks.alarm();
    return a && b ? std::min(*a, *b) : a ? a : b;
  }
};

}  // namespace doorbuster::engine
