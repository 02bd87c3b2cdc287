#include "engine/buckets.h"

#include <algorithm>
#include <cctype>

#include "cloud/error.h"
#include "engine/bucket_record.h"
#include "engine/codec.h"
#include "engine/object_record.h"
#include "engine/s3_rules.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

constexpr std::string_view kNextIdKey = "J";
constexpr std::string_view kFirstRegion = "us-east-1";
constexpr int kListMax = 10'000;

std::string bucket_key(std::string_view name) {
  return Encoder().raw("B").raw(name).bytes();
}

std::string usage_key(std::uint32_t bucket) {
  return Encoder().raw("s").u32(bucket).bytes();
}

BucketUsage counted(const Store& store, std::uint32_t bucket) {
  BucketUsage usage;
  const std::string prefix = object_key(bucket, "");
  store.scan(Family::objects, prefix, after_prefix(prefix), [&](auto, std::string_view value) {
    ++usage.objects;
    usage.bytes += static_cast<std::int64_t>(decode_object(value).size);
    return true;
  });
  return usage;
}

// A bucket has a record from the first object on; one from before there were such records, from its
// next change on, and is counted until then.
BucketUsage read_usage(const Store& store, std::uint32_t bucket) {
  std::string bytes;
  if (!store.get(Family::state, usage_key(bucket), &bytes)) return counted(store, bucket);
  Decoder in(bytes);
  BucketUsage usage;
  usage.objects = static_cast<std::int64_t>(in.varint());
  usage.bytes = static_cast<std::int64_t>(in.varint());
  return usage;
}

std::string encode(const BucketUsage& usage) {
  return Encoder()
      .varint(static_cast<std::uint64_t>(usage.objects))
      .varint(static_cast<std::uint64_t>(usage.bytes))
      .bytes();
}

cloud::Error no_such_bucket() {
  return {"NoSuchBucket", "The specified bucket does not exist", 404};
}

// Throws InvalidLocationConstraint for what is no region, or the one that has no name here, and
// IllegalLocationConstraintException for one that the request was not signed for.
void check_location(std::string_view location, std::string_view signed_for) {
  if (location.empty() && signed_for == kFirstRegion) return;
  if (location.empty()) {
    throw cloud::Error("IllegalLocationConstraintException",
                       "The unspecified location constraint is incompatible for the region "
                       "specific endpoint this request was sent to.");
  }
  if (location == "EU") location = "eu-west-1";
  const bool region = std::count(location.begin(), location.end(), '-') >= 2 &&
                      std::isdigit(static_cast<unsigned char>(location.back()));
  if (!region || location == kFirstRegion) {
    throw cloud::Error("InvalidLocationConstraint",
                       "The specified location-constraint is not valid");
  }
  if (location == signed_for) return;
  throw cloud::Error("IllegalLocationConstraintException",
                     "The " + std::string(location) +
                         " location constraint is incompatible for the region specific endpoint "
                         "this request was sent to.");
}

}  // namespace

BucketMetrics::BucketMetrics(Metrics& metrics, const Measured& bucket)
    : puts(metrics.counter(bucket, "PutRequests")),
      gets(metrics.counter(bucket, "GetRequests")),
      bytes_uploaded(metrics.counter(bucket, "BytesUploaded", "Bytes")),
      events_not_delivered(metrics.counter(bucket, "EventsNotDelivered")),
      number_of_objects(metrics.gauge(bucket, "NumberOfObjects")),
      size_bytes(metrics.gauge(bucket, "BucketSizeBytes", "Bytes")) {}

void BucketMetrics::show(const BucketUsage& usage) const {
  number_of_objects->set(static_cast<double>(usage.objects));
  size_bytes->set(static_cast<double>(usage.bytes));
}

void Buckets::measure(Bucket& bucket) {
  if (bucket.metrics) return;
  const Measured what{cloud::kS3Metrics, {bucket.account, bucket.region}, bucket.name};
  bucket.metrics = std::make_shared<BucketMetrics>(metrics_, what);
}

void Buckets::open(const Store& store) {
  store.scan(Family::config, "B", "C", [&](std::string_view, std::string_view value) {
    Bucket bucket = decode_bucket(value);
    measure(bucket);
    bucket.metrics->show(usage_[bucket.id] = read_usage(store, bucket.id));
    const std::string name = bucket.name;
    buckets_.emplace(name, std::make_shared<const Bucket>(std::move(bucket)));
    return true;
  });
  std::string bytes;
  if (store.get(Family::config, kNextIdKey, &bytes)) next_id_ = Decoder(bytes).u32();
  published_ = std::make_shared<Directory>(buckets_);
}

void Buckets::write(Turn& turn, Bucket bucket) {
  measure(bucket);
  turn.batch.put(Family::config, bucket_key(bucket.name), encode(bucket));
  auto& entry = buckets_[bucket.name];
  entry = std::make_shared<const Bucket>(std::move(bucket));
  changed_ = true;
}

void Buckets::create(Turn& turn, const cloud::Scope& scope,
                     const cloud::CreateBucketRequest& request) {
  const std::string& name = request.Bucket;
  check_bucket_name(name);
  check_location(request.LocationConstraint, scope.region);
  if (const auto it = buckets_.find(name); it != buckets_.end()) {
    if (it->second->account != scope.account) {
      throw cloud::Error("BucketAlreadyExists",
                         "The requested bucket name is not available. The bucket namespace is "
                         "shared by all users of the system. Please select a different name and "
                         "try again.",
                         409);
    }
    if (scope.region == kFirstRegion && it->second->region == kFirstRegion) return;
    throw cloud::Error("BucketAlreadyOwnedByYou",
                       "Your previous request to create the named bucket succeeded and you already "
                       "own it.",
                       409);
  }
  Bucket made;
  made.id = next_id_++;
  made.name = name;
  made.region = scope.region;
  made.account = scope.account;
  made.created = turn.now;
  turn.batch.put(Family::config, kNextIdKey, Encoder().u32(next_id_).bytes());
  write(turn, std::move(made));
}

void Buckets::destroy(Turn& turn, const std::string& name) {
  const std::uint32_t id = bucket(name).id;
  turn.batch.remove(Family::config, bucket_key(name));
  turn.batch.remove(Family::state, usage_key(id));
  usage_.erase(id);
  recounted_.erase(id);
  buckets_.erase(name);
  changed_ = true;
}

void Buckets::modify(Turn& turn, const std::string& name,
                     const std::function<void(Bucket&)>& change) {
  Bucket changed = bucket(name);
  change(changed);
  write(turn, std::move(changed));
}

void Buckets::set_policy(Turn& turn, const std::string& name, const std::string& text) {
  Policy policy;
  try {
    policy = Policy::parse(text);
  } catch (const PolicyError& e) {
    throw cloud::Error("MalformedPolicy", e.what());
  }
  modify(turn, name, [&](Bucket& bucket) {
    bucket.policy_text = text;
    bucket.policy = policy;
  });
}

void Buckets::set_notification(Turn& turn, const std::string& name,
                               cloud::NotificationConfiguration configuration) {
  const auto give_ids = [&turn](std::vector<cloud::NotificationDestination>& destinations) {
    for (auto& to : destinations) {
      if (to.Id.empty()) to.Id = str(turn.random.uuid());
    }
  };
  give_ids(configuration.TopicConfigurations);
  give_ids(configuration.QueueConfigurations);
  give_ids(configuration.LambdaFunctionConfigurations);
  modify(turn, name, [&](Bucket& bucket) { bucket.notification = std::move(configuration); });
}

void Buckets::count(const Bucket& bucket, const BucketUsage& more) {
  BucketUsage& usage = usage_[bucket.id];
  usage.objects += more.objects;
  usage.bytes += more.bytes;
  bucket.metrics->show(usage);
  recounted_.insert(bucket.id);
}

const Bucket& Buckets::bucket(const std::string& name) const {
  const auto it = buckets_.find(name);
  if (it == buckets_.end()) throw no_such_bucket();
  return *it->second;
}

std::shared_ptr<const Buckets::Directory> Buckets::directory() const {
  const std::lock_guard lock(mutex_);
  return published_;
}

std::shared_ptr<const Bucket> Buckets::known(const std::string& name) const {
  const auto now = directory();
  const auto it = now->find(name);
  if (it == now->end()) throw no_such_bucket();
  return it->second;
}

// A token is the name of the last bucket of the page before.
cloud::ListBucketsResult Buckets::list(const std::string& account,
                                       const cloud::ListBucketsRequest& request) const {
  const int max = request.MaxBuckets.value_or(kListMax);
  if (max < 1 || max > kListMax) {
    throw cloud::Error("InvalidArgument",
                       "Argument max-buckets must be an integer between 1 and 10000");
  }
  cloud::ListBucketsResult result;
  result.Prefix = request.Prefix;
  const auto now = directory();
  auto it = now->upper_bound(request.ContinuationToken);
  if (request.ContinuationToken.empty()) it = now->begin();
  for (; it != now->end(); ++it) {
    const Bucket& bucket = *it->second;
    if (bucket.account != account || !bucket.name.starts_with(request.Prefix) ||
        (!request.BucketRegion.empty() && bucket.region != request.BucketRegion)) {
      continue;
    }
    if (request.MaxBuckets && result.Buckets.size() == static_cast<std::size_t>(max)) {
      result.ContinuationToken = result.Buckets.back().Name;
      break;
    }
    result.Buckets.push_back({bucket.name, bucket.created, bucket.region});
  }
  return result;
}

void Buckets::finish_turn(Turn& turn) {
  for (const std::uint32_t id : recounted_) {
    turn.batch.put(Family::state, usage_key(id), encode(usage_.at(id)));
  }
  recounted_.clear();
}

void Buckets::end_turn() {
  if (!changed_) return;
  changed_ = false;
  auto next = std::make_shared<const Directory>(buckets_);
  const std::lock_guard lock(mutex_);
  published_ = std::move(next);
}

}  // namespace doorbuster::engine
