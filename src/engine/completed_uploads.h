// What completed multipart uploads have answered, so that a completion whose answer was lost gets
// the same one when it is tried again. Belongs to the writer's thread.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "cloud/s3.h"
#include "engine/turn.h"

namespace doorbuster::engine {

class CompletedUploads {
 public:
  // The newest of the last day.
  static constexpr std::size_t kMax = 10'000;
  static constexpr std::chrono::hours kKept{24};

  void open(const Store& store);

  // Forgets those that are too old or too many.
  void add(Turn& turn, std::uint32_t bucket, const cloud::CompleteMultipartUploadRequest& request,
           const cloud::CompleteMultipartUploadResult& result);

  // Nothing unless the same parts were completed under that id.
  std::optional<cloud::CompleteMultipartUploadResult> find(
      cloud::Time now, std::uint32_t bucket,
      const cloud::CompleteMultipartUploadRequest& request) const;

 private:
  struct Answered {
    cloud::Time time{};
    std::uint32_t bucket = 0;
    std::string parts;  // a digest of their list
    std::string key;
    std::string etag;
    cloud::Checksums checksum;
  };

  static std::string encode(const Answered& answered);
  static Answered decode(std::string_view bytes);
  void drop_oldest(Turn& turn);

  std::map<std::string, Answered> by_id_;
  std::deque<std::string> ids_;  // the oldest first
};

}  // namespace doorbuster::engine
