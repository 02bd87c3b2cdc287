// The whole state of the engine: (state, command, now) -> (state', reply, changes to the store).
//
// It has no hidden inputs: the same commands at the same times with the same seed lead to the same
// state, byte for byte. It belongs to the writer's thread, but for what Buckets says of its reads.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "engine/activities.h"
#include "engine/buckets.h"
#include "engine/event_source_mappings.h"
#include "engine/executions.h"
#include "engine/function_events.h"
#include "engine/functions.h"
#include "engine/message_move_tasks.h"
#include "engine/metric_history.h"
#include "engine/metrics.h"
#include "engine/multipart_uploads.h"
#include "engine/queues.h"
#include "engine/roles.h"
#include "engine/state_machine_versions.h"
#include "engine/task_tokens.h"
#include "engine/topics.h"

namespace doorbuster::engine {

class Machine {
 public:
  // `secret` is what a new store's task tokens are sealed with.
  Machine(const std::string& endpoint, std::string secret)
      : queues(endpoint, metrics),
        functions(queues, bodies, metrics),
        topics(queues, functions, metrics, endpoint),
        function_events(queues, topics, functions),
        event_source_mappings(queues, functions),
        buckets(metrics),
        notifications(queues, topics, functions),
        objects(bodies, buckets, notifications),
        multipart_uploads(bodies, objects),
        move_tasks(queues),
        state_machines(metrics),
        versions(state_machines),
        tokens(std::move(secret)),
        executions(state_machines, versions, functions, activities, tokens) {}

  Metrics metrics;
  MetricHistory metric_history;
  bool metrics_left_out = false;  // there are too many, and that has been said
  Queues queues;
  Bodies bodies;
  Functions functions;
  Topics topics;
  FunctionEvents function_events;
  EventSourceMappings event_source_mappings;
  Buckets buckets;
  Notifications notifications;
  Objects objects;
  MultipartUploads multipart_uploads;
  MessageMoveTasks move_tasks;
  Roles roles;
  StateMachines state_machines;
  StateMachineVersions versions;
  Activities activities;
  TaskTokens tokens;
  Executions executions;

  void open(Store& store, cloud::Time now) {
    queues.open(store, now);
    bodies.open(store);
    functions.open(store);
    topics.open(store);
    event_source_mappings.open(store);
    buckets.open(store);
    multipart_uploads.open(store);
    move_tasks.open(store, now);
    roles.open(store);
    state_machines.open(store);
    versions.open(store);
    activities.open(store);
    tokens.open(store);
    executions.open(store);
    metric_history.open(store);
  }

  void begin_turn(Turn& turn) {
    queues.begin_turn(turn);
    move_tasks.begin_turn(turn);
    event_source_mappings.begin_turn(turn);
    activities.begin_turn(turn);
    executions.begin_turn(turn);
  }
  void finish_turn(Turn& turn) {
    event_source_mappings.finish_turn(turn);
    queues.finish_turn(turn);
    buckets.finish_turn(turn);
    executions.finish_turn(turn);
    state_machines.finish_turn(turn);
    metric_history.finish_turn(turn);
  }
  void end_turn(Store& store) {
    queues.end_turn(store);
    topics.end_turn();
    buckets.end_turn();
    objects.end_turn();
    executions.end_turn();
    state_machines.end_turn();
    metric_history.end_turn();
  }

  // Answers everybody who waits for something to happen.
  void dismiss(Turn& turn) {
    queues.dismiss(turn);
    topics.dismiss(turn);
    function_events.dismiss(turn);
    event_source_mappings.dismiss(turn);
    activities.dismiss(turn);
    executions.dismiss(turn);
  }

  // Takes out the reply that waits under that ticket, if it does.
  void withdraw(Turn& turn, const Ticket& ticket) {
    if (ticket.queue != 0) queues.withdraw(turn, ticket);
    if (ticket.activity_poll != 0) activities.withdraw(turn, ticket.activity_poll);
  }

  // Brings the gauges up to date.
  void measure(const Store& store, cloud::Time now) { queues.measure(store, now); }

  // Writes down what was counted since the last time, as of that minute, and what was `recorded` in
  // this process outside the writer.
  void record_minute(Turn& turn, cloud::Time minute, const std::vector<MinuteValues>& recorded);

  // When there is next something to do without a command.
  std::optional<cloud::Time> alarm() const {
    std::optional<cloud::Time> first;
    for (const auto& alarm : {queues.alarm(), move_tasks.alarm(), event_source_mappings.alarm(),
                              activities.alarm(), executions.alarm()}) {
      if (alarm) first = first ? std::min(*first, *alarm) : alarm;
    }
    return first;
  }
};

}  // namespace doorbuster::engine
