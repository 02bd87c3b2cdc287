#include "engine/objects.h"

#include "cloud/error.h"
#include "engine/codec.h"
#include "engine/conditions.h"

namespace doorbuster::engine {
namespace {

template <class Source>
std::optional<ObjectRecord> find(const Source& source, std::uint32_t bucket, std::string_view key) {
  std::string bytes;
  if (!source.get(Family::objects, object_key(bucket, key), &bytes)) return std::nullopt;
  return decode_object(bytes);
}

std::int64_t signed_size(const ObjectRecord& record) {
  return static_cast<std::int64_t>(record.size);
}

}  // namespace

std::optional<ObjectRecord> find_object(const Store& store, std::uint32_t bucket,
                                        std::string_view key) {
  return find(store, bucket, key);
}
std::optional<ObjectRecord> find_object(const Store::Snapshot& store, std::uint32_t bucket,
                                        std::string_view key) {
  return find(store, bucket, key);
}

cloud::Error no_such_key() {
  return {"NoSuchKey", "The specified key does not exist.", 404};
}

std::optional<ObjectRecord> Objects::current(const Turn& turn, const Bucket& in,
                                             const std::string& key) const {
  const auto it = unsaved_.find({in.id, key});
  return it != unsaved_.end() ? it->second : find(turn.store, in.id, key);
}

void Objects::drop_bodies(Turn& turn, const ObjectRecord& record) {
  for (const auto& piece : record.pieces) bodies_.remove(turn, piece);
}

void Objects::check(const Turn& turn, const Bucket& in, const std::string& key,
                    const cloud::WriteConditions& conditions) const {
  if (conditions.IfMatch.empty() && conditions.IfNoneMatch.empty()) return;
  const auto there = current(turn, in, key);
  engine::check(conditions, there ? std::optional<std::string_view>(there->etag) : std::nullopt);
}

void Objects::put(Turn& turn, const Bucket& to, const std::string& key, ObjectRecord record,
                  std::string_view event) {
  to.metrics->puts->add();
  if (event != "ObjectCreated:Copy") to.metrics->bytes_uploaded->add(record.size);
  record.modified = turn.now;
  BucketUsage more{1, signed_size(record)};
  if (const auto old = current(turn, to, key)) {
    drop_bodies(turn, *old);
    more = {0, more.bytes - signed_size(*old)};
  }
  buckets_.count(to, more);
  turn.batch.put(Family::objects, object_key(to.id, key), encode(record));
  // Bodies are numbered before they are put, so events get numbers of their own.
  notifications_.notify(turn, to, event, key, &record, bodies_.next(turn));
  unsaved_[{to.id, key}] = std::move(record);
}

void Objects::remove(Turn& turn, const Bucket& from, const std::string& key) {
  const auto old = current(turn, from, key);
  if (!old) return;
  drop_bodies(turn, *old);
  buckets_.count(from, {-1, -signed_size(*old)});
  turn.batch.remove(Family::objects, object_key(from.id, key));
  unsaved_[{from.id, key}] = std::nullopt;
  notifications_.notify(turn, from, "ObjectRemoved:Delete", key, nullptr, bodies_.next(turn));
}

void Objects::set_tags(Turn& turn, const Bucket& in, const std::string& key,
                       std::vector<cloud::Tag> tags) {
  auto record = current(turn, in, key);
  if (!record) throw no_such_key();
  const std::string_view event = tags.empty() ? "ObjectTagging:Delete" : "ObjectTagging:Put";
  record->tags = std::move(tags);
  turn.batch.put(Family::objects, object_key(in.id, key), encode(*record));
  notifications_.notify(turn, in, event, key, &*record, bodies_.next(turn));
  unsaved_[{in.id, key}] = std::move(record);
}

bool Objects::empty(const Turn& turn, const Bucket& bucket) const {
  for (const auto& [where, record] : unsaved_) {
    if (where.first == bucket.id && record) return false;
  }
  bool empty = true;
  const std::string prefix = object_key(bucket.id, "");
  turn.store.scan(Family::objects, prefix, after_prefix(prefix), [&](std::string_view key, auto) {
    const auto it = unsaved_.find({bucket.id, std::string(key.substr(prefix.size()))});
    empty = it != unsaved_.end() && !it->second;
    return empty;
  });
  return empty;
}

}  // namespace doorbuster::engine
