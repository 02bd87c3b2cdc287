#include "cloud/error.h"
#include "engine/services.h"

namespace doorbuster::engine {
namespace {

using namespace cloud;  // NOLINT(google-build-using-namespace): every second word is one of S3's

void check_key(const std::string& key) {
  if (key.empty()) throw Error("InvalidArgument", "An object's key must not be empty");
  if (key.size() > Buckets::kKeyMax) throw Error("KeyTooLongError", "Your key is too long");
}

// Beside the writer; a disk that fails is answered as the writer answers it.
template <class Op>
auto read(const Op& op) {
  try {
    return op();
  } catch (const StoreError& e) {
    throw Error("ServiceUnavailable", e.what(), 503);
  }
}

class S3Service final : public S3 {
 public:
  S3Service(Engine& engine, Scope scope) : engine_(engine), scope_(std::move(scope)) {}

  Async<void> CreateBucket(CreateBucketRequest request) override {
    return engine_.call<Done>([this, request = std::move(request)](Machine& m, Turn& turn) {
      m.buckets.create(turn, scope_, request.Bucket);
    });
  }

  Async<void> DeleteBucket(DeleteBucketRequest request) override {
    return engine_.call<Done>([request = std::move(request)](Machine& m, Turn& turn) {
      m.buckets.destroy(turn, request.Bucket);
    });
  }

  Async<HeadBucketResult> HeadBucket(HeadBucketRequest request) override {
    buckets().require(request.Bucket);
    co_return HeadBucketResult{};
  }

  Async<ListBucketsResult> ListBuckets(ListBucketsRequest) override {
    ListBucketsResult result;
    result.Buckets = buckets().list();
    co_return result;
  }

  Async<PutObjectResult> PutObject(PutObjectRequest request) override {
    check_key(request.Key);
    request.Body = Body(co_await read_all(std::move(request.Body), Buckets::kBodyMax));
    const Md5 digest = md5(request.Body.bytes);
    auto op = [request = std::move(request), digest](Machine& m, Turn& turn) {
      m.buckets.put(turn, request, digest);
    };
    co_await engine_.call<Done>(std::move(op));
    PutObjectResult result;
    result.ETag = '"' + hex(digest) + '"';
    co_return result;
  }

  Async<GetObjectResult> GetObject(GetObjectRequest request) override {
    co_return read([&] { return buckets().get(engine_.store(), request.Bucket, request.Key); });
  }

  Async<HeadObjectResult> HeadObject(HeadObjectRequest request) override {
    co_return read([&] { return buckets().head(engine_.store(), request.Bucket, request.Key); });
  }

  Async<void> DeleteObject(DeleteObjectRequest request) override {
    return engine_.call<Done>([request = std::move(request)](Machine& m, Turn& turn) {
      m.buckets.remove(turn, request.Bucket, request.Key);
    });
  }

  Async<ListObjectsV2Result> ListObjectsV2(ListObjectsV2Request request) override {
    co_return read([&] { return buckets().list_objects(engine_.store(), request); });
  }

  Async<void> PutBucketNotificationConfiguration(
      PutBucketNotificationConfigurationRequest request) override {
    return engine_.call<Done>([request = std::move(request)](Machine& m, Turn& turn) {
      m.buckets.set_notification(turn, request);
    });
  }

  Async<NotificationConfiguration> GetBucketNotificationConfiguration(
      GetBucketNotificationConfigurationRequest request) override {
    co_return buckets().notification(request.Bucket);
  }

 private:
  const Buckets& buckets() const { return engine_.machine().buckets; }

  Engine& engine_;
  const Scope scope_;
};

}  // namespace

std::unique_ptr<cloud::S3> make_s3(Engine& engine, cloud::Scope scope) {
  return std::make_unique<S3Service>(engine, std::move(scope));
}

}  // namespace doorbuster::engine
