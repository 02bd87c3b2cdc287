#include "engine/completed_uploads.h"

#include "engine/checksums.h"
#include "engine/codec.h"
#include "engine/object_record.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

std::string store_key(cloud::Time time, std::string_view id) {
  return Encoder().raw("c").u64(static_cast<std::uint64_t>(to_ms(time))).raw(id).bytes();
}

std::string digest_of(const std::vector<cloud::CompletedPart>& parts) {
  Encoder list;
  for (const auto& part : parts) {
    list.varint(static_cast<std::uint64_t>(part.PartNumber)).text(bare_etag(part.ETag));
  }
  return hex(md5(list.bytes()));
}

}  // namespace

std::string CompletedUploads::encode(const Answered& answered) {
  Encoder out;
  out.u32(answered.bucket).text(answered.parts).text(answered.key).text(answered.etag);
  write_checksums(out, answered.checksum);
  return std::move(out).bytes();
}

CompletedUploads::Answered CompletedUploads::decode(std::string_view bytes) {
  Decoder in(bytes);
  Answered answered;
  answered.bucket = in.u32();
  answered.parts = in.text();
  answered.key = in.text();
  answered.etag = in.text();
  answered.checksum = read_checksums(in);
  return answered;
}

void CompletedUploads::open(const Store& store) {
  store.scan(Family::state, "c", "d", [this](std::string_view key, std::string_view value) {
    Decoder in(key.substr(1));
    Answered answered = decode(value);
    answered.time = from_ms(static_cast<std::int64_t>(in.u64()));
    ids_.emplace_back(in.rest());
    by_id_.emplace(ids_.back(), std::move(answered));
    return true;
  });
}

void CompletedUploads::add(Turn& turn, std::uint32_t bucket,
                           const cloud::CompleteMultipartUploadRequest& request,
                           const cloud::CompleteMultipartUploadResult& result) {
  while (!ids_.empty() &&
         (ids_.size() >= kMax || by_id_.at(ids_.front()).time + kKept < turn.now)) {
    drop_oldest(turn);
  }
  Answered answered{turn.now,    bucket,      digest_of(request.Parts),
                    request.Key, result.ETag, result.Checksum};
  turn.batch.put(Family::state, store_key(turn.now, request.UploadId), encode(answered));
  ids_.push_back(request.UploadId);
  by_id_.emplace(request.UploadId, std::move(answered));
}

void CompletedUploads::drop_oldest(Turn& turn) {
  const auto oldest = by_id_.find(ids_.front());
  turn.batch.remove(Family::state, store_key(oldest->second.time, oldest->first));
  by_id_.erase(oldest);
  ids_.pop_front();
}

std::optional<cloud::CompleteMultipartUploadResult> CompletedUploads::find(
    cloud::Time now, std::uint32_t bucket,
    const cloud::CompleteMultipartUploadRequest& request) const {
  const auto it = by_id_.find(request.UploadId);
  if (it == by_id_.end()) return std::nullopt;
  const Answered& answered = it->second;
  if (answered.bucket != bucket || answered.key != request.Key || answered.time + kKept < now ||
      answered.parts != digest_of(request.Parts)) {
    return std::nullopt;
  }
  return cloud::CompleteMultipartUploadResult{request.Bucket, answered.key, answered.etag,
                                              answered.checksum};
}

}  // namespace doorbuster::engine
