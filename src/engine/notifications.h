// What a bucket tells topics, queues and functions of its objects. Belongs to the writer's thread.
#pragma once

#include <string>
#include <string_view>

#include "engine/buckets.h"
#include "engine/functions.h"
#include "engine/object_record.h"
#include "engine/topics.h"

namespace doorbuster::engine {

class Notifications {
 public:
  Notifications(Queues& queues, Topics& topics, Functions& functions)
      : queues_(queues), topics_(topics), functions_(functions) {}

  // Throws InvalidArgument. The destinations' policies are not asked if `skip_destinations`.
  void validate(const Bucket& from, const cloud::NotificationConfiguration& configuration,
                bool skip_destinations) const;

  // Tells every destination that it is one.
  void send_test(Turn& turn, const Bucket& from);

  // `record` is null for a removal. `sequencer` grows with every event of a key.
  void notify(Turn& turn, const Bucket& from, std::string_view event, const std::string& key,
              const ObjectRecord* record, std::uint64_t sequencer);

 private:
  bool queue_allows(const std::string& arn, const Bucket& from, std::string* why) const;
  void publish(Turn& turn, const Bucket& from, const std::string& topic_arn, std::string event);
  void send(Turn& turn, const Bucket& from, const std::string& queue_arn, std::string event);
  void call(Turn& turn, const Bucket& from, const std::string& function_arn, std::string event);
  static void not_delivered(Turn& turn, const Bucket& from, const std::string& to,
                            const std::string& why);

  Queues& queues_;
  Topics& topics_;
  Functions& functions_;
};

}  // namespace doorbuster::engine
