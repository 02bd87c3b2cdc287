// The buckets there are and how they are configured.
//
// Operations throw cloud::Error with S3's codes and then have changed nothing. Those that take a
// Turn, and bucket(), belong to the writer's thread; the others may be called from any thread and
// see what has been acknowledged.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/arn.h"
#include "cloud/s3.h"
#include "engine/metrics.h"
#include "engine/policy.h"
#include "engine/turn.h"

namespace doorbuster::engine {

// How much lies in a bucket, or how much more: its objects, without the parts of uploads.
struct BucketUsage {
  std::int64_t objects = 0;
  std::int64_t bytes = 0;
};

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
struct BucketMetrics {
  BucketMetrics(Metrics& metrics, const Measured& bucket);

  void show(const BucketUsage& usage) const;

  std::shared_ptr<Counter> puts;
  std::shared_ptr<Counter> gets;
  std::shared_ptr<Counter> bytes_uploaded;
  std::shared_ptr<Counter> events_not_delivered;
  std::shared_ptr<Gauge> number_of_objects;
  std::shared_ptr<Gauge> size_bytes;
};

struct Bucket {
  std::uint32_t id = 0;
  std::string name;
  std::string region;
  std::string account;
  cloud::Time created{};
  std::vector<cloud::Tag> tags;
  cloud::CORSConfiguration cors;
  std::string policy_text;
  Policy policy;
  cloud::NotificationConfiguration notification;
  std::shared_ptr<BucketMetrics> metrics;  // of those that are there
};

class Buckets {
 public:
  explicit Buckets(Metrics& metrics) : metrics_(metrics) {}

  void open(const Store& store);

  void create(Turn& turn, const cloud::Scope& scope, const cloud::CreateBucketRequest& request);
  void destroy(Turn& turn, const std::string& name);
  // The change must not throw.
  void modify(Turn& turn, const std::string& name, const std::function<void(Bucket&)>& change);
  void set_policy(Turn& turn, const std::string& name, const std::string& text);
  void set_notification(Turn& turn, const std::string& name,
                        cloud::NotificationConfiguration configuration);

  // Something came to lie in it, or went.
  void count(const Bucket& bucket, const BucketUsage& more);

  // Throws NoSuchBucket.
  const Bucket& bucket(const std::string& name) const;

  // As they have been acknowledged; the first throws NoSuchBucket.
  std::shared_ptr<const Bucket> known(const std::string& name) const;
  cloud::ListBucketsResult list(const std::string& account,
                                const cloud::ListBucketsRequest& request) const;

  void finish_turn(Turn& turn);
  // The turn's batch is on disk.
  void end_turn();

 private:
  using Directory = std::map<std::string, std::shared_ptr<const Bucket>, std::less<>>;

  std::shared_ptr<const Directory> directory() const;
  // Gives it metrics, if it has none yet.
  void measure(Bucket& bucket);
  void write(Turn& turn, Bucket bucket);

  Metrics& metrics_;
  Directory buckets_;
  std::uint32_t next_id_ = 1;
  bool changed_ = false;
  std::map<std::uint32_t, BucketUsage> usage_;  // by the bucket's id
  std::set<std::uint32_t> recounted_;           // whose usage this turn has changed

  mutable std::mutex mutex_;  // guards published_
  std::shared_ptr<const Directory> published_ = std::make_shared<Directory>();
};

}  // namespace doorbuster::engine
