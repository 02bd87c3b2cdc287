#include "engine/buckets.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>

#include "cloud/error.h"
#include "engine/codec.h"
#include "engine/s3_event.h"

namespace doorbuster::engine {
namespace {

constexpr std::size_t kChunk = 1 << 20;               // bytes of a body in one record
constexpr std::uint64_t kBodiesReserved = 1'000'000;  // identifiers taken with one write
constexpr int kReadsMax = 100;                        // of an object that is being replaced
constexpr std::string_view kNextBodyKey = "b";
constexpr std::string_view kNextBucketKey = "J";

std::string object_key(std::uint32_t bucket, std::string_view key) {
  return Encoder().u32(bucket).raw(key).bytes();
}
std::string chunk_key(std::uint64_t body, std::uint64_t chunk) {
  return Encoder().u64(body).u32(static_cast<std::uint32_t>(chunk)).bytes();
}
std::string config_key(std::string_view name) {
  return Encoder().raw("B").raw(name).bytes();
}

cloud::Error no_such_key(const std::string& key) {
  return {"NoSuchKey", "The specified key does not exist: " + key, 404};
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
void check_name(std::string_view name) {
  const auto ok = [](unsigned char c) {
    return std::islower(c) || std::isdigit(c) || c == '-' || c == '.';
  };
  const auto end = [](unsigned char c) { return std::islower(c) || std::isdigit(c); };
  if (name.size() < 3 || name.size() > 63 || !std::all_of(name.begin(), name.end(), ok) ||
      !end(static_cast<unsigned char>(name.front())) ||
      !end(static_cast<unsigned char>(name.back())) || name.find("..") != std::string_view::npos) {
    throw cloud::Error("InvalidBucketName",
                       "The specified bucket is not valid: " + std::string(name) +
                           " (3 to 63 lower-case letters, digits, hyphens and dots)");
  }
}

using Destinations = std::vector<cloud::NotificationDestination>;

boost::json::array to_json(const Destinations& destinations) {
  boost::json::array array;
  for (const auto& d : destinations) {
    array.push_back({{"id", d.Id},
                     {"arn", d.Arn},
                     {"events", boost::json::value_from(d.Events)},
                     {"prefix", d.FilterPrefix},
                     {"suffix", d.FilterSuffix}});
  }
  return array;
}

Destinations destinations_from(const boost::json::value& json) {
  Destinations destinations;
  for (const auto& item : json.as_array()) {
    const auto& d = item.as_object();
    destinations.push_back(
        {std::string(d.at("id").as_string()), std::string(d.at("arn").as_string()),
         boost::json::value_to<std::vector<std::string>>(d.at("events")),
         std::string(d.at("prefix").as_string()), std::string(d.at("suffix").as_string())});
  }
  return destinations;
}

cloud::Error invalid_notification(const std::string& why) {
  return {"InvalidArgument", why};
}

}  // namespace

// --- Buckets ----------------------------------------------------------------------------------

void Buckets::open(const Store& store) {
  store.scan(Family::config, "B", "C", [this](std::string_view, std::string_view value) {
    const auto json = boost::json::parse(value).as_object();
    Bucket bucket;
    bucket.id = json.at("id").to_number<std::uint32_t>();
    bucket.name = json.at("name").as_string();
    bucket.region = json.at("region").as_string();
    bucket.account = json.at("account").as_string();
    bucket.created = from_ms(json.at("created").to_number<std::int64_t>());
    bucket.notification.TopicConfigurations = destinations_from(json.at("topics"));
    bucket.notification.QueueConfigurations = destinations_from(json.at("queues"));
    buckets_.emplace(bucket.name, std::move(bucket));
    return true;
  });
  std::string bytes;
  if (store.get(Family::config, kNextBucketKey, &bytes)) next_id_ = Decoder(bytes).u32();
  if (store.get(Family::state, kNextBodyKey, &bytes)) next_body_ = Decoder(bytes).u64();
  reserved_bodies_ = next_body_;
  published_ = std::make_shared<Directory>(buckets_);
}

void Buckets::write(Turn& turn, const Bucket& bucket) {
  const boost::json::object json{{"id", bucket.id},
                                 {"name", bucket.name},
                                 {"region", bucket.region},
                                 {"account", bucket.account},
                                 {"created", to_ms(bucket.created)},
                                 {"topics", to_json(bucket.notification.TopicConfigurations)},
                                 {"queues", to_json(bucket.notification.QueueConfigurations)}};
  turn.batch.put(Family::config, config_key(bucket.name), boost::json::serialize(json));
  directory_changed_ = true;
}

Buckets::Bucket& Buckets::bucket(const std::string& name) {
  const auto it = buckets_.find(name);
  if (it != buckets_.end()) return it->second;
  throw cloud::Error("NoSuchBucket", "The specified bucket does not exist: " + name, 404);
}

std::shared_ptr<const Buckets::Directory> Buckets::directory() const {
  const std::lock_guard lock(mutex_);
  return published_;
}

Buckets::Bucket Buckets::known(const std::string& name) const {
  const auto now = directory();
  const auto it = now->find(name);
  if (it != now->end()) return it->second;
  throw cloud::Error("NoSuchBucket", "The specified bucket does not exist: " + name, 404);
}

void Buckets::create(Turn& turn, const cloud::Scope& scope, const std::string& name) {
  check_name(name);
  if (const auto it = buckets_.find(name); it != buckets_.end()) {
    if (scope.region == "us-east-1" && it->second.account == scope.account) return;
    throw cloud::Error("BucketAlreadyOwnedByYou",
                       "Your previous request to create the named bucket succeeded and you already "
                       "own it: " +
                           name,
                       409);
  }
  const Bucket made{next_id_++, name, scope.region, scope.account, turn.now, {}};
  turn.batch.put(Family::config, kNextBucketKey, Encoder().u32(next_id_).bytes());
  write(turn, made);
  buckets_.emplace(name, made);
}

void Buckets::destroy(Turn& turn, const std::string& name) {
  const std::uint32_t id = bucket(name).id;
  bool empty = true;
  const std::string prefix = Encoder().u32(id).bytes();
  turn.store.scan(Family::objects, prefix, after_prefix(prefix), [&](std::string_view key, auto) {
    const auto it = unsaved_.find({id, std::string(key.substr(prefix.size()))});
    empty = it != unsaved_.end() && !it->second;
    return empty;
  });
  for (const auto& [where, record] : unsaved_) {
    if (where.first == id && record) empty = false;
  }
  if (!empty) {
    throw cloud::Error("BucketNotEmpty", "The bucket you tried to delete is not empty: " + name,
                       409);
  }
  turn.batch.remove(Family::config, config_key(name));
  buckets_.erase(name);
  directory_changed_ = true;
}

std::vector<cloud::Bucket> Buckets::list() const {
  std::vector<cloud::Bucket> all;
  for (const auto& [name, bucket] : *directory())
    all.push_back({name, bucket.created, bucket.region});
  return all;
}

void Buckets::require(const std::string& bucket) const {
  known(bucket);
}

void Buckets::end_turn() {
  unsaved_.clear();
  if (!directory_changed_) return;
  directory_changed_ = false;
  auto next = std::make_shared<const Directory>(buckets_);
  const std::lock_guard lock(mutex_);
  published_ = std::move(next);
}

// --- Objects ----------------------------------------------------------------------------------

std::string Buckets::encode(const Record& record) {
  Encoder out;
  out.varint(record.body)
      .varint(record.chunks)
      .varint(record.head.ContentLength)
      .varint(static_cast<std::uint64_t>(to_ms(record.head.LastModified)))
      .text(record.head.ETag)
      .text(record.head.Headers.ContentType)
      .varint(record.head.Metadata.size());
  for (const auto& [name, value] : record.head.Metadata) out.text(name).text(value);
  return std::move(out).bytes();
}

Buckets::Record Buckets::decode(std::string_view bytes) {
  Decoder in(bytes);
  Record record;
  record.body = in.varint();
  record.chunks = in.varint();
  record.head.ContentLength = in.varint();
  record.head.LastModified = from_ms(static_cast<std::int64_t>(in.varint()));
  record.head.ETag = in.text();
  record.head.Headers.ContentType = in.text();
  for (std::uint64_t left = in.varint(); left > 0; --left) {
    const std::string name(in.text());
    record.head.Metadata[name] = in.text();
  }
  return record;
}

std::uint64_t Buckets::next_body(Turn& turn) {
  if (next_body_ == reserved_bodies_) {
    reserved_bodies_ += kBodiesReserved;
    turn.batch.put(Family::state, kNextBodyKey, Encoder().u64(reserved_bodies_).bytes());
  }
  return next_body_++;
}

std::optional<Buckets::Record> Buckets::find(const Store& store, std::uint32_t bucket,
                                             const std::string& key) const {
  std::string bytes;
  if (!store.get(Family::objects, object_key(bucket, key), &bytes)) return std::nullopt;
  return decode(bytes);
}

void Buckets::drop_body(Turn& turn, std::uint32_t bucket, const std::string& key, bool* existed) {
  const auto it = unsaved_.find({bucket, key});
  const auto record = it != unsaved_.end() ? it->second : find(turn.store, bucket, key);
  *existed = record.has_value();
  if (!record) return;
  for (std::uint64_t chunk = 0; chunk < record->chunks; ++chunk) {
    turn.batch.remove_written_once(Family::bodies, chunk_key(record->body, chunk));
  }
}

void Buckets::put(Turn& turn, const cloud::PutObjectRequest& request, const Md5& digest) {
  const Bucket& to = bucket(request.Bucket);
  Record record;
  record.head.ContentLength = request.Body.bytes.size();
  record.head.Headers.ContentType = request.Headers.ContentType.empty()
                                        ? "application/octet-stream"
                                        : request.Headers.ContentType;
  record.head.ETag = '"' + hex(digest) + '"';
  record.head.LastModified = turn.now;
  record.head.Metadata = request.Metadata;
  record.body = next_body(turn);
  bool existed = false;
  drop_body(turn, to.id, request.Key, &existed);
  for (std::string_view rest = request.Body.bytes; !rest.empty(); ++record.chunks) {
    const std::string_view chunk = rest.substr(0, kChunk);
    turn.batch.put(Family::bodies, chunk_key(record.body, record.chunks), chunk);
    rest.remove_prefix(chunk.size());
  }
  turn.batch.put(Family::objects, object_key(to.id, request.Key), encode(record));
  notify(turn, to, "ObjectCreated:Put", request.Key, &record);
  unsaved_[{to.id, request.Key}] = std::move(record);
}

void Buckets::remove(Turn& turn, const std::string& name, const std::string& key) {
  const Bucket& from = bucket(name);
  bool existed = false;
  drop_body(turn, from.id, key, &existed);
  if (!existed) return;  // S3 answers success
  next_body(turn);       // events of one key are told apart by this number, a removal's too
  turn.batch.remove(Family::objects, object_key(from.id, key));
  unsaved_[{from.id, key}] = std::nullopt;
  notify(turn, from, "ObjectRemoved:Delete", key, nullptr);
}

cloud::HeadObjectResult Buckets::head(const Store& store, const std::string& name,
                                      const std::string& key) const {
  const auto record = find(store, known(name).id, key);
  if (!record) throw no_such_key(key);
  return record->head;
}

cloud::GetObjectResult Buckets::get(const Store& store, const std::string& name,
                                    const std::string& key) const {
  const std::uint32_t bucket = known(name).id;
  for (int attempt = 0; attempt < kReadsMax; ++attempt) {
    auto record = find(store, bucket, key);
    if (!record) throw no_such_key(key);
    cloud::GetObjectResult result;
    static_cast<cloud::HeadObjectResult&>(result) = std::move(record->head);
    result.Body.bytes.reserve(result.ContentLength);
    std::string chunk;
    for (std::uint64_t i = 0; i < record->chunks; ++i) {
      if (!store.get(Family::bodies, chunk_key(record->body, i), &chunk)) break;
      result.Body.bytes += chunk;
    }
    // If the body is not whole, the object was replaced between the reads: read the new one.
    if (result.Body.bytes.size() == result.ContentLength) return result;
  }
  throw cloud::Error("InternalError", "The body of " + key + " can't be read", 500);
}

cloud::ListObjectsV2Result Buckets::list_objects(const Store& store,
                                                 const cloud::ListObjectsV2Request& request) const {
  const std::uint32_t bucket = known(request.Bucket).id;
  cloud::ListObjectsV2Result result;
  const std::string prefix = object_key(bucket, request.Prefix);
  const std::string end =
      request.Prefix.empty() ? object_key(bucket + 1, "") : after_prefix(prefix);
  const std::string& after =
      request.ContinuationToken.empty() ? request.StartAfter : request.ContinuationToken;
  std::string from =
      std::max(prefix, object_key(bucket, after) + (after.empty() ? "" : std::string(1, '\0')));
  const auto max = static_cast<std::size_t>(std::clamp(request.MaxKeys, 0, 1'000));
  std::string last;
  bool more = max > 0;
  while (more) {
    more = false;
    store.scan(Family::objects, from, end, [&](std::string_view raw, std::string_view value) {
      const std::string key(raw.substr(sizeof(std::uint32_t)));
      if (result.Contents.size() + result.CommonPrefixes.size() == max) {
        result.IsTruncated = true;
        return false;
      }
      const auto cut = request.Delimiter.empty()
                           ? std::string::npos
                           : key.find(request.Delimiter, request.Prefix.size());
      if (cut == std::string::npos) {
        const Record record = decode(value);
        auto& object = result.Contents.emplace_back();
        object.Key = key;
        object.LastModified = record.head.LastModified;
        object.ETag = record.head.ETag;
        object.Size = record.head.ContentLength;
        last = key;
        return true;
      }
      // One entry for all keys with this prefix; go on behind them.
      const std::string common = key.substr(0, cut + request.Delimiter.size());
      const bool seen_before_page = !after.empty() && after.starts_with(common);
      if (!seen_before_page) result.CommonPrefixes.push_back(common);
      last = common + '\xff';
      from = after_prefix(object_key(bucket, common));
      more = true;
      return false;
    });
  }
  result.KeyCount = static_cast<int>(result.Contents.size() + result.CommonPrefixes.size());
  if (result.IsTruncated) result.NextContinuationToken = last;
  return result;
}

// --- Notifications ----------------------------------------------------------------------------

ServiceCaller Buckets::caller(const Bucket& from, const std::string& arn) {
  return {"s3.amazonaws.com", arn, from.account};
}

bool Buckets::queue_allows(const std::string& arn, const Bucket& from, std::string* why) const {
  const Queue* queue = queues_.by_arn(arn);
  if (!queue) {
    *why = "the queue does not exist";
    return false;
  }
  const std::string source = "arn:aws:s3:::" + from.name;
  const std::array<ContextValue, 2> context{
      {{"aws:SourceArn", source}, {"aws:SourceAccount", from.account}}};
  const Request request{Principal::service("s3.amazonaws.com"), "sqs:SendMessage", arn, context};
  if (queue->attributes.policy.evaluate(request) == Decision::kAllowed) return true;
  *why = queue->attributes.policy.explain(request);
  return false;
}

void Buckets::send(Turn& turn, const Bucket& from, const std::string& queue_arn,
                   std::string event) {
  std::string why;
  if (queue_allows(queue_arn, from, &why)) {
    StoredMessage message;
    message.body = std::move(event);
    queues_.send(turn, *queues_.by_arn(queue_arn), std::move(message), std::nullopt);
    return;
  }
  turn.metrics.add("AWS/S3", "EventsNotDelivered", "arn:aws:s3:::" + from.name);
  turn.log("arn:aws:s3:::" + from.name + ": an event was not delivered to " + queue_arn + ": " +
           why);
}

void Buckets::notify(Turn& turn, const Bucket& from, std::string_view event, const std::string& key,
                     const Record* record) {
  const auto json = [&](const cloud::NotificationDestination& to) {
    S3Event e{event, to.Id, from.name, from.region, from.account, key, {}, 0, 0, 0, turn.now};
    if (record) {
      e.etag = std::string_view(record->head.ETag).substr(1, 32);
      e.size = record->head.ContentLength;
    }
    e.sequencer = next_body_;
    e.request_id = turn.random.next();
    return engine::to_json(e);
  };
  const std::string arn = "arn:aws:s3:::" + from.name;
  for (const auto& to : from.notification.TopicConfigurations) {
    if (!wants(to, event, key)) continue;
    topics_.publish_for(turn, caller(from, arn), to.Arn,
                        {json(to), "Amazon S3 Notification", {}, "", ""});
  }
  for (const auto& to : from.notification.QueueConfigurations) {
    if (wants(to, event, key)) send(turn, from, to.Arn, json(to));
  }
}

void Buckets::validate(const Bucket& from, const cloud::NotificationConfiguration& configuration,
                       bool skip_destinations) const {
  const std::string arn = "arn:aws:s3:::" + from.name;
  const auto check = [&](const cloud::NotificationDestination& to, bool allowed,
                         const std::string& why) {
    if (to.Events.empty() || !std::all_of(to.Events.begin(), to.Events.end(), is_event_name)) {
      throw invalid_notification("The event is not supported for notifications");
    }
    if (to.Arn.ends_with(".fifo")) {
      throw invalid_notification("Unable to validate the following destination configurations: " +
                                 to.Arn + ": S3 sends no events to FIFO queues and topics");
    }
    if (!allowed && !skip_destinations) {
      throw invalid_notification(
          "Unable to validate the following destination configurations: " + to.Arn + ": " + why);
    }
  };
  std::string why;
  for (const auto& to : configuration.TopicConfigurations) {
    check(to, topics_.allows(to.Arn, caller(from, arn), &why), why);
  }
  for (const auto& to : configuration.QueueConfigurations) {
    check(to, queue_allows(to.Arn, from, &why), why);
  }
  if (!configuration.LambdaFunctionConfigurations.empty()) {
    throw invalid_notification("Unable to validate the following destination configurations: " +
                               configuration.LambdaFunctionConfigurations.front().Arn +
                               ": the function does not exist");
  }
}

void Buckets::set_notification(Turn& turn,
                               const cloud::PutBucketNotificationConfigurationRequest& request) {
  Bucket& from = bucket(request.Bucket);
  validate(from, request.Configuration, request.SkipDestinationValidation);
  from.notification = request.Configuration;
  const auto name = [&turn](Destinations& destinations) {
    for (auto& to : destinations) {
      if (to.Id.empty()) to.Id = str(turn.random.uuid());
    }
  };
  name(from.notification.TopicConfigurations);
  name(from.notification.QueueConfigurations);
  write(turn, from);
  const std::string arn = "arn:aws:s3:::" + from.name;
  const auto event = [&] { return test_event(from.name, turn.random.next(), turn.now); };
  for (const auto& to : from.notification.TopicConfigurations) {
    topics_.publish_for(turn, caller(from, arn), to.Arn,
                        {event(), "Amazon S3 Notification", {}, "", ""});
  }
  for (const auto& to : from.notification.QueueConfigurations) send(turn, from, to.Arn, event());
}

cloud::NotificationConfiguration Buckets::notification(const std::string& name) const {
  return known(name).notification;
}

}  // namespace doorbuster::engine
