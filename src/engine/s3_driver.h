// Amazon S3 as a test of it speaks: one bucket, bodies as strings.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/test_bed.h"

namespace doorbuster::engine {

// Gives its pieces, and then ends or breaks.
class PieceByPiece final : public cloud::ByteStream {
 public:
  PieceByPiece(std::vector<std::string> pieces, bool breaks = false)
      : pieces_(std::move(pieces)), breaks_(breaks) {}

  cloud::Async<std::string> read() override {
    if (next_ < pieces_.size()) co_return pieces_[next_++];
    if (breaks_) throw cloud::Error("IncompleteBody", "the sender broke off");
    co_return std::string();
  }

 private:
  std::vector<std::string> pieces_;
  std::size_t next_ = 0;
  bool breaks_;
};

template <class Request>
Request of_bucket(const std::string& bucket) {
  Request request;
  request.Bucket = bucket;
  return request;
}
template <class Request>
Request of_object(const std::string& key, const std::string& bucket = "invoices") {
  Request request;
  request.Bucket = bucket;
  request.Key = key;
  return request;
}
inline cloud::PutObjectRequest put_request(const std::string& key, cloud::Body body,
                                           const std::string& bucket = "invoices") {
  auto request = of_object<cloud::PutObjectRequest>(key, bucket);
  request.Body = std::move(body);
  return request;
}

class S3Test : public testing::Test {
 protected:
  S3Test() { bed.run(s3().CreateBucket(of_bucket<cloud::CreateBucketRequest>("invoices"))); }

  cloud::S3& s3() { return bed.s3(); }
  std::string put(const std::string& key, cloud::Body body) {
    return bed.run(s3().PutObject(put_request(key, std::move(body)))).ETag;
  }
  std::string get(const std::string& key) {
    return get(of_object<cloud::GetObjectRequest>(key)).second;
  }
  // The answer without its body, and that.
  std::pair<cloud::GetObjectResult, std::string> get(const cloud::GetObjectRequest& request) {
    auto result = bed.run(s3().GetObject(request));
    std::string body = read(std::exchange(result.Body, {}));
    return {std::move(result), std::move(body)};
  }
  std::string read(cloud::Body body) {
    return bed.run(cloud::read_all(std::move(body), std::size_t{1} << 30));
  }
  std::string error_of_get(const std::string& key) {
    return bed.error_of(s3().GetObject(of_object<cloud::GetObjectRequest>(key)));
  }
  std::size_t chunks() { return count(Family::bodies, "", "\xff"); }
  // Of all bodies that are being uploaded.
  std::size_t uploading() { return count(Family::state, "u", "v"); }
  std::size_t count(Family family, std::string_view begin, std::string_view end) {
    std::size_t count = 0;
    bed.engine().store().scan(family, begin, end, [&count](auto, auto) { return ++count, true; });
    return count;
  }

  TestBed bed;
};

}  // namespace doorbuster::engine
