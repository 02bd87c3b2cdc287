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
#include <string>
#include <string_view>
#include <vector>

#include "cloud/arn.h"
#include "cloud/s3.h"
#include "engine/metrics.h"
#include "engine/policy.h"
#include "engine/turn.h"

namespace doorbuster::engine {

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
struct BucketMetrics {
  BucketMetrics(Metrics& metrics, const Measured& bucket);

  std::shared_ptr<Counter> puts;
  std::shared_ptr<Counter> gets;
  std::shared_ptr<Counter> bytes_uploaded;
  std::shared_ptr<Counter> events_not_delivered;
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

  // Throws NoSuchBucket.
  const Bucket& bucket(const std::string& name) const;

  // As they have been acknowledged; the first throws NoSuchBucket.
  std::shared_ptr<const Bucket> known(const std::string& name) const;
  cloud::ListBucketsResult list(const std::string& account,
                                const cloud::ListBucketsRequest& request) const;

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

  mutable std::mutex mutex_;  // guards published_
  std::shared_ptr<const Directory> published_ = std::make_shared<Directory>();
};

}  // namespace doorbuster::engine
