// Objects that are being uploaded by parts. Belongs to the writer's thread.
//
// Operations throw cloud::Error with S3's codes and then have changed nothing.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
#pragma once

#include <map>
#include <string>

#include "engine/completed_uploads.h"
#include "engine/objects.h"

namespace doorbuster::engine {

class MultipartUploads {
 public:
  // Uploads that nobody has completed or aborted yet are in memory, so there is an end to them and
  // to the parts of all of them.
  static constexpr std::size_t kUploadsMax = 10'000;
  static constexpr std::size_t kPartsMax = 200'000;

  MultipartUploads(Bodies& bodies, Objects& objects) : bodies_(bodies), objects_(objects) {}

  void open(const Store& store);

  cloud::CreateMultipartUploadResult create(Turn& turn, const Bucket& in,
                                            const cloud::CreateMultipartUploadRequest& request);
  // That there is such an upload and room for a part. Throws NoSuchUpload or SlowDown.
  void require(const Bucket& in, const std::string& key, const std::string& id) const;
  // Of the checksum that each part is to have; empty if none was asked for. Throws NoSuchUpload.
  const std::string& checksum_algorithm(const Bucket& in, const std::string& key,
                                        const std::string& id) const;
  struct NewPart {
    int number = 0;
    std::string etag;
    Piece piece;
    cloud::Checksums checksum;
  };
  // In the place of a part that has the number. require() holds.
  void put_part(Turn& turn, const std::string& id, NewPart part);
  // Once more, it answers as it did the first time, and does nothing.
  cloud::CompleteMultipartUploadResult complete(
      Turn& turn, const Bucket& in, const cloud::CompleteMultipartUploadRequest& request);
  void abort(Turn& turn, const Bucket& in, const cloud::AbortMultipartUploadRequest& request);
  // Those of a bucket that goes away.
  void abort_all(Turn& turn, const Bucket& in);

  cloud::ListPartsResult list_parts(const Bucket& in, const cloud::ListPartsRequest& request) const;
  cloud::ListMultipartUploadsResult list(const Bucket& in,
                                         const cloud::ListMultipartUploadsRequest& request) const;

 private:
  struct Part {
    Piece piece;
    std::string etag;
    cloud::Time modified{};
    cloud::Checksums checksum;
  };
  struct Upload {
    std::uint32_t bucket = 0;
    std::string key;
    std::string algorithm;
    std::string checksum_type;
    ObjectRecord head;  // without pieces; modified when the upload began
    std::map<int, Part> parts;
  };
  using Chosen = std::vector<const Part*>;

  static std::string encode(const Upload& upload);
  static Upload decode_upload(std::string_view bytes);
  static std::string encode(const Part& part);
  static Part decode_part(std::string_view bytes);

  const Upload& find(const Bucket& in, const std::string& key, const std::string& id) const;
  static Chosen choose(const Upload& upload, const cloud::CompleteMultipartUploadRequest& request);
  static ObjectRecord assemble(const Upload& upload, const Chosen& parts,
                               const cloud::Checksums& claimed);
  static cloud::Checksums checksum_of_parts(const Upload& upload, const Chosen& parts,
                                            const cloud::Checksums& claimed);
  void forget(Turn& turn, const std::string& id);
  void drop(Turn& turn, const std::string& id);

  Bodies& bodies_;
  Objects& objects_;
  std::map<std::string, Upload> uploads_;  // by id
  std::size_t parts_ = 0;                  // of all of them
  CompletedUploads completed_;
};

}  // namespace doorbuster::engine
