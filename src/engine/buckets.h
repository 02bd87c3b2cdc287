// All buckets: what Amazon S3 does.
//
// Operations throw cloud::Error with S3's codes and then have changed nothing. Those that take a
// Turn belong to the writer's thread; the others may be called from any thread and see what has
// been acknowledged. An object, the event it causes and every delivery of that are one turn.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cloud/arn.h"
#include "cloud/s3.h"
#include "engine/text.h"
#include "engine/topics.h"

namespace doorbuster::engine {

class Buckets {
 public:
  // The longest key, as on AWS, and the largest body that one request can carry.
  static constexpr std::size_t kKeyMax = 1'024;               // bytes
  static constexpr std::size_t kBodyMax = 128 * 1024 * 1024;  // bytes

  Buckets(Queues& queues, Topics& topics) : queues_(queues), topics_(topics) {}

  void open(const Store& store);

  void create(Turn& turn, const cloud::Scope& scope, const std::string& name);
  void destroy(Turn& turn, const std::string& name);
  void put(Turn& turn, const cloud::PutObjectRequest& request, const Md5& digest);
  void remove(Turn& turn, const std::string& bucket, const std::string& key);
  void set_notification(Turn& turn,
                        const cloud::PutBucketNotificationConfigurationRequest& request);

  std::vector<cloud::Bucket> list() const;
  void require(const std::string& bucket) const;  // throws NoSuchBucket
  cloud::NotificationConfiguration notification(const std::string& bucket) const;
  cloud::HeadObjectResult head(const Store& store, const std::string& bucket,
                               const std::string& key) const;
  cloud::GetObjectResult get(const Store& store, const std::string& bucket,
                             const std::string& key) const;
  cloud::ListObjectsV2Result list_objects(const Store& store,
                                          const cloud::ListObjectsV2Request& request) const;

  // The turn's batch is on disk.
  void end_turn();

 private:
  struct Bucket {
    std::uint32_t id = 0;
    std::string name;
    std::string region;
    std::string account;
    cloud::Time created{};
    cloud::NotificationConfiguration notification;
  };
  using Directory = std::map<std::string, Bucket, std::less<>>;

  // What an object's record says beside its head.
  struct Record {
    cloud::HeadObjectResult head;
    std::uint64_t body = 0;
    std::uint64_t chunks = 0;
  };
  static std::string encode(const Record& record);
  static Record decode(std::string_view bytes);

  Bucket& bucket(const std::string& name);
  std::shared_ptr<const Directory> directory() const;
  Bucket known(const std::string& name) const;
  std::optional<Record> find(const Store& store, std::uint32_t bucket,
                             const std::string& key) const;
  std::uint64_t next_body(Turn& turn);
  void write(Turn& turn, const Bucket& bucket);
  void drop_body(Turn& turn, std::uint32_t bucket, const std::string& key, bool* existed);
  void notify(Turn& turn, const Bucket& from, std::string_view event, const std::string& key,
              const Record* record);
  void validate(const Bucket& from, const cloud::NotificationConfiguration& configuration,
                bool skip_destinations) const;
  bool queue_allows(const std::string& arn, const Bucket& from, std::string* why) const;
  void send(Turn& turn, const Bucket& from, const std::string& queue_arn, std::string event);
  static ServiceCaller caller(const Bucket& from, const std::string& arn);

  Queues& queues_;
  Topics& topics_;
  Directory buckets_;
  std::uint32_t next_id_ = 1;
  std::uint64_t next_body_ = 0;
  std::uint64_t reserved_bodies_ = 0;
  // Of this turn: the bodies of objects that the store doesn't know yet, none where removed.
  std::map<std::pair<std::uint32_t, std::string>, std::optional<Record>> unsaved_;
  bool directory_changed_ = false;

  mutable std::mutex mutex_;  // guards published_
  std::shared_ptr<const Directory> published_ = std::make_shared<Directory>();
};

}  // namespace doorbuster::engine
