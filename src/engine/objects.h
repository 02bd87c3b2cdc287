// The objects of all buckets. An object, the event it causes and every delivery of that are one
// turn. Belongs to the writer's thread, but for the functions at the end.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/bodies.h"
#include "engine/buckets.h"
#include "engine/notifications.h"
#include "engine/object_record.h"

namespace doorbuster::engine {

class Objects {
 public:
  Objects(Bodies& bodies, Buckets& buckets, Notifications& notifications)
      : bodies_(bodies), buckets_(buckets), notifications_(notifications) {}

  // Throws what engine/conditions.h says.
  void check(const Turn& turn, const Bucket& in, const std::string& key,
             const cloud::WriteConditions& conditions) const;

  // In the place of what was there. `modified` is now.
  void put(Turn& turn, const Bucket& to, const std::string& key, ObjectRecord record,
           std::string_view event);
  // Succeeds if there is none, as on AWS.
  void remove(Turn& turn, const Bucket& from, const std::string& key);
  // Throws NoSuchKey.
  void set_tags(Turn& turn, const Bucket& in, const std::string& key, std::vector<cloud::Tag> tags);

  bool empty(const Turn& turn, const Bucket& bucket) const;

  // The turn's batch is on disk.
  void end_turn() { unsaved_.clear(); }

 private:
  std::optional<ObjectRecord> current(const Turn& turn, const Bucket& in,
                                      const std::string& key) const;
  void drop_bodies(Turn& turn, const ObjectRecord& record);

  Bodies& bodies_;
  Buckets& buckets_;
  Notifications& notifications_;
  // Of this turn: what the store doesn't know yet, nothing where it was removed.
  std::map<std::pair<std::uint32_t, std::string>, std::optional<ObjectRecord>> unsaved_;
};

// May be called from any thread.
std::optional<ObjectRecord> find_object(const Store& store, std::uint32_t bucket,
                                        std::string_view key);
std::optional<ObjectRecord> find_object(const Store::Snapshot& store, std::uint32_t bucket,
                                        std::string_view key);
cloud::Error no_such_key();

}  // namespace doorbuster::engine
