#include "engine/multipart_uploads.h"

#include <algorithm>
#include <cstdio>
#include <set>
#include <tuple>

#include "cloud/error.h"
#include "engine/checksums.h"
#include "engine/codec.h"
#include "engine/s3_rules.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

constexpr std::size_t kIdSize = 44;

std::string upload_key(std::string_view id) {
  return Encoder().raw("m").raw(id).bytes();
}
std::string part_key(std::string_view id, int number) {
  return Encoder().raw("p").raw(id).u32(static_cast<std::uint32_t>(number)).bytes();
}

// Those of one key sort by when they began.
std::string new_id(Turn& turn) {
  const Uuid random = turn.random.uuid();
  char time[13];
  std::snprintf(time, sizeof time, "%012llx", static_cast<unsigned long long>(to_ms(turn.now)));
  return time + hex(random.data(), random.size());
}

cloud::Error malformed() {
  return {"MalformedXML",
          "The XML you provided was not well-formed or did not validate against our published "
          "schema"};
}

// The type of the checksum that an upload will have.
std::string checksum_type(const std::string& algorithm, const std::string& asked) {
  cloud::Checksums known;
  if (algorithm.empty()) return {};
  if (!checksum_of(known, algorithm)) {
    throw cloud::Error("InvalidRequest",
                       "Checksum algorithm provided is unsupported. Please try "
                       "again with any of the valid types: [CRC32, CRC32C, "
                       "CRC64NVME, SHA1, SHA256]");
  }
  const bool sha = algorithm.starts_with("SHA");
  if ((asked == "FULL_OBJECT" && sha) || (asked == "COMPOSITE" && algorithm == "CRC64NVME")) {
    throw cloud::Error("InvalidRequest", "The " + asked +
                                             " checksum type cannot be used with the " + algorithm +
                                             " checksum algorithm.");
  }
  if (!asked.empty()) return asked;
  return algorithm == "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE";
}

bool contradicts(const cloud::Checksums& claimed, const cloud::Checksums& known) {
  const auto differ = [](const std::string& a, const std::string& b) {
    return !a.empty() && !b.empty() && a != b;
  };
  return differ(claimed.CRC32, known.CRC32) || differ(claimed.CRC32C, known.CRC32C) ||
         differ(claimed.CRC64NVME, known.CRC64NVME) || differ(claimed.SHA1, known.SHA1) ||
         differ(claimed.SHA256, known.SHA256);
}

// What the completion says of the whole object, against what its parts say.
void check_claim(const cloud::Checksums& claimed, const cloud::Checksums& computed) {
  if (!claimed.ChecksumType.empty() && claimed.ChecksumType != computed.ChecksumType) {
    throw cloud::Error("InvalidRequest", "The upload does not have the checksum type " +
                                             claimed.ChecksumType +
                                             ". The complete request must use the upload's own.");
  }
  const auto known = algorithms_of(computed);
  for (const auto& algorithm : algorithms_of(claimed)) {
    if (std::find(known.begin(), known.end(), algorithm) != known.end()) continue;
    throw cloud::Error("InvalidRequest",
                       "The upload was not created with the " + algorithm +
                           " checksum, nor can it be computed from its parts' checksums.");
  }
  if (contradicts(claimed, computed)) {
    throw cloud::Error("BadDigest",
                       "The checksum you specified did not match what we calculated for the "
                       "object.");
  }
}

}  // namespace

// --- Records ----------------------------------------------------------------------------------

std::string MultipartUploads::encode(const Upload& upload) {
  return Encoder()
      .u32(upload.bucket)
      .text(upload.key)
      .text(upload.algorithm)
      .text(upload.checksum_type)
      .raw(engine::encode(upload.head))
      .bytes();
}

MultipartUploads::Upload MultipartUploads::decode_upload(std::string_view bytes) {
  Decoder in(bytes);
  Upload upload;
  upload.bucket = in.u32();
  upload.key = in.text();
  upload.algorithm = in.text();
  upload.checksum_type = in.text();
  upload.head = decode_object(in.rest());
  return upload;
}

std::string MultipartUploads::encode(const Part& part) {
  Encoder out;
  out.varint(part.piece.body)
      .varint(part.piece.size)
      .varint(static_cast<std::uint64_t>(to_ms(part.modified)))
      .text(part.etag);
  write_checksums(out, part.checksum);
  return std::move(out).bytes();
}

MultipartUploads::Part MultipartUploads::decode_part(std::string_view bytes) {
  Decoder in(bytes);
  Part part;
  part.piece.body = in.varint();
  part.piece.size = in.varint();
  part.modified = from_ms(static_cast<std::int64_t>(in.varint()));
  part.etag = in.text();
  part.checksum = read_checksums(in);
  return part;
}

void MultipartUploads::open(const Store& store) {
  completed_.open(store);
  store.scan(Family::state, "m", "n", [this](std::string_view key, std::string_view value) {
    uploads_.emplace(key.substr(1), decode_upload(value));
    return true;
  });
  store.scan(Family::state, "p", "q", [this](std::string_view key, std::string_view value) {
    const std::string id(key.substr(1, kIdSize));
    const auto number = static_cast<int>(Decoder(key.substr(1 + kIdSize)).u32());
    uploads_.at(id).parts.emplace(number, decode_part(value));
    ++parts_;
    return true;
  });
}

// --- An upload's life -------------------------------------------------------------------------

cloud::CreateMultipartUploadResult MultipartUploads::create(
    Turn& turn, const Bucket& in, const cloud::CreateMultipartUploadRequest& request) {
  if (uploads_.size() >= kUploadsMax) {
    throw cloud::Error("SlowDown",
                       "There are 10000 multipart uploads under way: complete or abort some", 503);
  }
  Upload upload;
  upload.bucket = in.id;
  upload.key = request.Key;
  upload.algorithm = request.ChecksumAlgorithm;
  upload.checksum_type = checksum_type(request.ChecksumAlgorithm, request.ChecksumType);
  upload.head.modified = turn.now;
  upload.head.headers = request.Headers;
  upload.head.metadata = request.Metadata;
  upload.head.tags = request.Tagging;
  const std::string id = new_id(turn);
  turn.batch.put(Family::state, upload_key(id), encode(upload));
  cloud::CreateMultipartUploadResult result{in.name, request.Key, id, upload.algorithm,
                                            upload.checksum_type};
  uploads_.emplace(id, std::move(upload));
  return result;
}

const MultipartUploads::Upload& MultipartUploads::find(const Bucket& in, const std::string& key,
                                                       const std::string& id) const {
  const auto it = uploads_.find(id);
  if (it != uploads_.end() && it->second.bucket == in.id && it->second.key == key) {
    return it->second;
  }
  throw cloud::Error("NoSuchUpload",
                     "The specified upload does not exist. The upload ID may be invalid, or the "
                     "upload may have been aborted or completed.",
                     404);
}

void MultipartUploads::require(const Bucket& in, const std::string& key,
                               const std::string& id) const {
  find(in, key, id);
  if (parts_ < kPartsMax) return;
  throw cloud::Error("SlowDown",
                     "The multipart uploads under way have " + std::to_string(kPartsMax) +
                         " parts: complete or abort some",
                     503);
}

const std::string& MultipartUploads::checksum_algorithm(const Bucket& in, const std::string& key,
                                                        const std::string& id) const {
  return find(in, key, id).algorithm;
}

void MultipartUploads::put_part(Turn& turn, const std::string& id, NewPart part) {
  const auto [it, made] = uploads_.at(id).parts.try_emplace(part.number);
  Part& there = it->second;
  if (made) {
    ++parts_;
  } else {
    bodies_.remove(turn, there.piece);
  }
  there = {part.piece, std::move(part.etag), turn.now, std::move(part.checksum)};
  turn.batch.put(Family::state, part_key(id, part.number), encode(there));
}

MultipartUploads::Chosen MultipartUploads::choose(
    const Upload& upload, const cloud::CompleteMultipartUploadRequest& request) {
  if (request.Parts.empty() || request.Parts.size() > std::size_t{kPartNumberMax}) {
    throw malformed();
  }
  Chosen chosen;
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < request.Parts.size(); ++i) {
    const auto& wanted = request.Parts[i];
    if (i > 0 && wanted.PartNumber <= request.Parts[i - 1].PartNumber) {
      throw cloud::Error("InvalidPartOrder",
                         "The list of parts was not in ascending order. Parts must be ordered by "
                         "part number.");
    }
    const auto it = upload.parts.find(wanted.PartNumber);
    if (it == upload.parts.end() || bare_etag(it->second.etag) != bare_etag(wanted.ETag) ||
        contradicts(wanted.Checksum, it->second.checksum)) {
      throw cloud::Error("InvalidPart",
                         "One or more of the specified parts could not be found. The part may not "
                         "have been uploaded, or the specified entity tag may not match the part's "
                         "entity tag.");
    }
    chosen.push_back(&it->second);
    size += it->second.piece.size;
  }
  const bool small = std::any_of(chosen.begin(), chosen.end() - 1,
                                 [](const Part* part) { return part->piece.size < kPartMin; });
  if (small) {
    throw cloud::Error("EntityTooSmall",
                       "Your proposed upload is smaller than the minimum allowed size");
  }
  if (size > kObjectMax) {
    throw cloud::Error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
  }
  if (request.MpuObjectSize && *request.MpuObjectSize != size) {
    throw cloud::Error("InvalidRequest",
                       "The provided 'x-amz-mp-object-size' header value " +
                           std::to_string(*request.MpuObjectSize) +
                           " does not match what was computed: " + std::to_string(size));
  }
  return chosen;
}

cloud::Checksums MultipartUploads::checksum_of_parts(const Upload& upload, const Chosen& parts,
                                                     const cloud::Checksums& claimed) {
  std::vector<std::string> algorithms = {upload.algorithm};
  if (upload.algorithm.empty()) algorithms = algorithms_of(claimed);
  const bool composite = upload.checksum_type == "COMPOSITE";
  cloud::Checksums result;
  for (const auto& algorithm : algorithms) {
    std::vector<SummedPart> sums;
    for (const Part* part : parts) {
      cloud::Checksums checksum = part->checksum;
      sums.push_back({*checksum_of(checksum, algorithm), part->piece.size});
    }
    *checksum_of(result, algorithm) =
        composite ? composite_checksum(algorithm, sums) : full_object_checksum(algorithm, sums);
  }
  if (result != cloud::Checksums()) {
    result.ChecksumType = composite ? "COMPOSITE" : "FULL_OBJECT";
  }
  return result;
}

ObjectRecord MultipartUploads::assemble(const Upload& upload, const Chosen& parts,
                                        const cloud::Checksums& claimed) {
  ObjectRecord record = upload.head;
  record.by_parts = true;
  std::vector<std::string> etags;
  for (const Part* part : parts) {
    record.pieces.push_back(part->piece);
    record.size += part->piece.size;
    etags.push_back(part->etag);
  }
  record.etag = composite_etag(etags);
  record.checksum = checksum_of_parts(upload, parts, claimed);
  check_claim(claimed, record.checksum);
  return record;
}

cloud::CompleteMultipartUploadResult MultipartUploads::complete(
    Turn& turn, const Bucket& in, const cloud::CompleteMultipartUploadRequest& request) {
  if (auto answered = completed_.find(turn.now, in.id, request)) return std::move(*answered);
  const Upload& upload = find(in, request.Key, request.UploadId);
  const Chosen chosen = choose(upload, request);
  ObjectRecord record = assemble(upload, chosen, request.Checksum);
  objects_.check(turn, in, request.Key, request.Conditions);
  const std::set<const Part*> used(chosen.begin(), chosen.end());
  for (const auto& [number, part] : upload.parts) {
    if (used.count(&part) == 0) bodies_.remove(turn, part.piece);
  }
  forget(turn, request.UploadId);
  cloud::CompleteMultipartUploadResult result{in.name, request.Key, record.etag, record.checksum};
  completed_.add(turn, in.id, request, result);
  objects_.put(turn, in, request.Key, std::move(record), "ObjectCreated:CompleteMultipartUpload");
  return result;
}

void MultipartUploads::forget(Turn& turn, const std::string& id) {
  turn.batch.remove_range(Family::state, part_key(id, 0), part_key(id, kPartNumberMax + 1));
  turn.batch.remove(Family::state, upload_key(id));
  parts_ -= uploads_.at(id).parts.size();
  uploads_.erase(id);
}

void MultipartUploads::drop(Turn& turn, const std::string& id) {
  for (const auto& [number, part] : uploads_.at(id).parts) bodies_.remove(turn, part.piece);
  forget(turn, id);
}

void MultipartUploads::abort(Turn& turn, const Bucket& in,
                             const cloud::AbortMultipartUploadRequest& request) {
  find(in, request.Key, request.UploadId);
  drop(turn, request.UploadId);
}

void MultipartUploads::abort_all(Turn& turn, const Bucket& in) {
  std::vector<std::string> ids;
  for (const auto& [id, upload] : uploads_) {
    if (upload.bucket == in.id) ids.push_back(id);
  }
  for (const auto& id : ids) drop(turn, id);
}

// --- What there is ----------------------------------------------------------------------------

cloud::ListPartsResult MultipartUploads::list_parts(const Bucket& in,
                                                    const cloud::ListPartsRequest& request) const {
  const Upload& upload = find(in, request.Key, request.UploadId);
  const std::size_t max = page_size(request.MaxParts, "max-parts");
  cloud::ListPartsResult result;
  result.Bucket = in.name;
  result.Key = request.Key;
  result.UploadId = request.UploadId;
  result.PartNumberMarker = request.PartNumberMarker;
  result.MaxParts = static_cast<int>(max);
  result.ChecksumAlgorithm = upload.algorithm;
  result.ChecksumType = upload.checksum_type;
  for (auto it = upload.parts.upper_bound(request.PartNumberMarker); it != upload.parts.end();
       ++it) {
    if (result.Parts.size() == max) {
      result.IsTruncated = true;
      break;
    }
    const Part& part = it->second;
    result.Parts.push_back({it->first, part.etag, part.piece.size, part.modified, part.checksum});
  }
  if (!result.Parts.empty()) result.NextPartNumberMarker = result.Parts.back().PartNumber;
  return result;
}

cloud::ListMultipartUploadsResult MultipartUploads::list(
    const Bucket& in, const cloud::ListMultipartUploadsRequest& request) const {
  const std::size_t max = page_size(request.MaxUploads, "max-uploads");
  cloud::ListMultipartUploadsResult result;
  result.Bucket = in.name;
  result.Prefix = request.Prefix;
  result.Delimiter = request.Delimiter;
  result.KeyMarker = request.KeyMarker;
  result.UploadIdMarker = request.KeyMarker.empty() ? "" : request.UploadIdMarker;
  result.MaxUploads = static_cast<int>(max);
  result.EncodingType = request.EncodingType;
  std::set<std::pair<std::string_view, std::string_view>> sorted;
  for (const auto& [id, upload] : uploads_) {
    if (upload.bucket == in.id && upload.key.starts_with(request.Prefix)) {
      sorted.emplace(upload.key, id);
    }
  }
  const auto passed = [&](std::string_view key, std::string_view id) {
    if (request.KeyMarker.empty()) return false;
    if (result.UploadIdMarker.empty()) return key <= request.KeyMarker;
    return std::tie(key, id) <= std::make_tuple(std::string_view(request.KeyMarker),
                                                std::string_view(result.UploadIdMarker));
  };
  for (const auto& [key, id] : sorted) {
    const auto cut = request.Delimiter.empty() ? std::string_view::npos
                                               : key.find(request.Delimiter, request.Prefix.size());
    const std::string common(
        cut == std::string_view::npos ? "" : key.substr(0, cut + request.Delimiter.size()));
    if (passed(key, id)) continue;
    if (!common.empty() &&
        (request.KeyMarker.starts_with(common) ||
         (!result.CommonPrefixes.empty() && result.CommonPrefixes.back() == common))) {
      continue;
    }
    if (result.Uploads.size() + result.CommonPrefixes.size() == max) {
      result.IsTruncated = max > 0;
      break;
    }
    if (!common.empty()) {
      result.CommonPrefixes.push_back(common);
      result.NextKeyMarker = common;
      result.NextUploadIdMarker.clear();
      continue;
    }
    const Upload& upload = uploads_.find(std::string(id))->second;
    cloud::MultipartUpload entry;
    entry.Key = upload.key;
    entry.UploadId = id;
    entry.Initiated = upload.head.modified;
    entry.ChecksumAlgorithm = upload.algorithm;
    entry.ChecksumType = upload.checksum_type;
    result.Uploads.push_back(std::move(entry));
    result.NextKeyMarker = upload.key;
    result.NextUploadIdMarker = id;
  }
  if (!result.IsTruncated) {
    result.NextKeyMarker.clear();
    result.NextUploadIdMarker.clear();
  }
  return result;
}

}  // namespace doorbuster::engine
