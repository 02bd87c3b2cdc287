#include "engine/map_data.h"

#include <boost/json.hpp>
#include <string>

#include "cloud/error.h"
#include "engine/task_parameters.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kObjectMax = 64 << 20;
constexpr std::size_t kListedMax = 100'000;

json::value item_of(const cloud::Object& object) {
  return json::object{{"Etag", object.ETag},
                      {"Key", object.Key},
                      {"LastModified", object.LastModified.time_since_epoch().count() / 1'000},
                      {"Size", object.Size},
                      {"StorageClass", "STANDARD"}};
}

cloud::Async<json::value> list(cloud::S3& s3, cloud::ListObjectsV2Request request) {
  json::array items;
  for (;;) {
    auto page = co_await s3.ListObjectsV2(request);
    for (const auto& object : page.Contents) items.push_back(item_of(object));
    if (!page.IsTruncated || items.size() >= kListedMax) co_return items;
    request.ContinuationToken = std::move(page.NextContinuationToken);
  }
}

}  // namespace

cloud::Async<json::value> read_items(cloud::S3& s3, const states::TaskOrder& order) {
  if (order.resource.action == "listObjectsV2") {
    cloud::ListObjectsV2Request listing;
    listing.Bucket = text_of(order.input, "Bucket");
    listing.Prefix = text_of(order.input, "Prefix");
    co_return co_await list(s3, std::move(listing));
  }
  cloud::GetObjectRequest request;
  request.Bucket = text_of(order.input, "Bucket");
  request.Key = text_of(order.input, "Key");
  auto object = co_await s3.GetObject(std::move(request));
  const std::string text = co_await cloud::read_all(std::move(object.Body), kObjectMax);
  co_return json::value(text);
}

cloud::Async<json::value> write_results(cloud::S3& s3, const states::TaskOrder& order) {
  const auto bucket = text_of(order.input, "Bucket");
  for (const auto& object : order.input.at("Objects").as_array()) {
    cloud::PutObjectRequest request;
    request.Bucket = bucket;
    request.Key = text_of(object, "Key");
    request.Body = text_of(object, "Body");
    request.Headers.ContentType = "application/json";
    co_await s3.PutObject(std::move(request));
  }
  co_return json::object();
}

}  // namespace doorbuster::engine
