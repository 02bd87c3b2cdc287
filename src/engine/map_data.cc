#include "engine/map_data.h"

#include <boost/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cloud/error.h"
#include "documents/json_text.h"
#include "engine/execution_queries.h"
#include "engine/map_run_queries.h"
#include "engine/task_parameters.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kItemsFileMax = 64 << 20;

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
    if (!page.IsTruncated || items.size() > states::kListedMax) co_return items;
    request.ContinuationToken = std::move(page.NextContinuationToken);
  }
}

// --- Results ----------------------------------------------------------------------------------

using ResultFiles = std::vector<std::pair<std::string, std::string>>;  // key, body

// In the order in which AWS has them: by name.
json::object result_of(const ExecutionRecord& child, cloud::Time now) {
  const auto told = describe(child, true, now);
  json::object result;
  if (!told.cause.empty()) result["Cause"] = told.cause;
  if (!told.error.empty()) result["Error"] = told.error;
  result["ExecutionArn"] = told.executionArn;
  result["Input"] = told.input;
  result["InputDetails"] = {{"Included", true}};
  result["Name"] = told.name;
  if (told.outputDetails) result["Output"] = told.output;
  result["OutputDetails"] = {{"Included", true}};
  result["RedriveCount"] = told.redriveCount;
  result["RedriveStatus"] = told.redriveStatus;
  if (!told.redriveStatusReason.empty()) result["RedriveStatusReason"] = told.redriveStatusReason;
  result["StartDate"] = iso8601(told.startDate);
  result["StateMachineArn"] = told.stateMachineArn;
  result["Status"] = told.status;
  result["StopDate"] = iso8601(told.stopDate);
  return result;
}

// Adds a file, unless it would be empty; returns what the manifest says of it.
json::array add_file(ResultFiles& files, std::string key, const json::array& results) {
  if (results.empty()) return {};
  std::string body = documents::to_text(results);
  const std::size_t size = body.size();
  files.emplace_back(key, std::move(body));
  return {json::object{{"Key", std::move(key)}, {"Size", size}}};
}

// The manifest last, so that it names nothing that isn't there.
ResultFiles files_of(const Store& store, cloud::Time now, const states::TaskOrder& order) {
  const auto run = text_of(order.input, "MapRunArn");
  const auto folder = text_of(order.input, "Folder");
  json::array succeeded;
  json::array failed;
  for (const auto& [status, children] : children_of(store, run)) {
    json::array& results = status == states::Status::succeeded ? succeeded : failed;
    for (const auto& child : children) results.push_back(result_of(child, now));
  }
  ResultFiles files;
  json::array succeeded_files = add_file(files, folder + "SUCCEEDED_0.json", succeeded);
  json::array failed_files = add_file(files, folder + "FAILED_0.json", failed);
  const json::object manifest{{"DestinationBucket", text_of(order.input, "Bucket")},
                              {"MapRunArn", run},
                              {"ResultFiles",
                               {{"FAILED", std::move(failed_files)},
                                {"PENDING", json::array()},
                                {"SUCCEEDED", std::move(succeeded_files)}}}};
  files.emplace_back(folder + "manifest.json", documents::to_text(manifest));
  return files;
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
  const std::string text = co_await cloud::read_all(std::move(object.Body), kItemsFileMax);
  co_return json::value(text);
}

cloud::Async<json::value> write_results(cloud::S3& s3, const Store& store, cloud::Time now,
                                        const states::TaskOrder& order) {
  const ResultFiles files = files_of(store, now, order);
  for (const auto& [key, body] : files) {
    cloud::PutObjectRequest request;
    request.Bucket = text_of(order.input, "Bucket");
    request.Key = key;
    request.Body = body;
    request.Headers.ContentType = "application/json";
    co_await s3.PutObject(std::move(request));
  }
  co_return json::object();
}

}  // namespace doorbuster::engine
