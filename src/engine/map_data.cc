#include "engine/map_data.h"

#include <boost/json.hpp>
#include <string>
#include <utility>

#include "cloud/error.h"
#include "documents/json_text.h"
#include "engine/execution_queries.h"
#include "engine/map_run_queries.h"
#include "engine/task_parameters.h"
#include "engine/text.h"
#include "states/map_results.h"

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

cloud::Async<void> put_file(cloud::S3& s3, std::string bucket, std::string key, std::string body) {
  cloud::PutObjectRequest request;
  request.Bucket = std::move(bucket);
  request.Key = std::move(key);
  request.Body = std::move(body);
  request.Headers.ContentType = "application/json";
  co_await s3.PutObject(std::move(request));
}

// As the results of children are to be written.
struct ResultForm {
  std::string transformation;
  bool lines = false;  // one each, and no array
  std::size_t file_max = 0;
};

// Those of one kind, in as many files as they need, or none: what the manifest says of these.
class ResultFiles {
 public:
  ResultFiles(std::string kind, const ResultForm& form) : kind_(std::move(kind)), form_(form) {}

  void add(const json::value& result) {
    if (form_.lines) {
      (body_ += documents::to_text(result)) += '\n';
    } else {
      (body_ += body_.empty() ? '[' : ',') += documents::to_text(result);
    }
  }
  bool is_full() const { return body_.size() >= form_.file_max; }
  bool empty() const { return body_.empty(); }

  // Its key in the folder, and its body; the next one begins.
  std::pair<std::string, std::string> take(const std::string& folder) {
    std::string key =
        folder + kind_ + '_' + std::to_string(listed_.size()) + (form_.lines ? ".jsonl" : ".json");
    std::string body = std::exchange(body_, {});
    if (!form_.lines) body += ']';
    listed_.push_back(json::object{{"Key", key}, {"Size", body.size()}});
    return {std::move(key), std::move(body)};
  }
  const json::array& listed() const { return listed_; }

 private:
  std::string kind_;
  const ResultForm& form_;
  std::string body_;
  json::array listed_;
};

void add_child(ResultFiles& files, const ExecutionRecord& child, const ResultForm& form,
               cloud::Time now) {
  const bool whole = form.transformation.empty() || form.transformation == "NONE";
  const bool output_only = child.status == states::Status::succeeded && !whole;
  auto output = output_only ? documents::from_text(child.output) : std::nullopt;
  if (!output) return files.add(result_of(child, now));
  json::array results;
  states::add_result(results, *std::move(output), form.transformation);
  for (const auto& result : results) files.add(result);
}

cloud::Async<void> put_next(cloud::S3& s3, const std::string& bucket, const std::string& folder,
                            ResultFiles& files) {
  auto [key, body] = files.take(folder);
  co_await put_file(s3, bucket, std::move(key), std::move(body));
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
                                        const states::TaskOrder& order, std::size_t file_max) {
  const auto run = text_of(order.input, "MapRunArn");
  const auto bucket = text_of(order.input, "Bucket");
  const auto folder = text_of(order.input, "Folder");
  const ResultForm form{text_of(order.input, "Transformation"),
                        text_of(order.input, "OutputType") == "JSONL", file_max};
  ResultFiles succeeded("SUCCEEDED", form);
  ResultFiles failed("FAILED", form);
  const auto by_status = children_of(store, run);
  for (const auto& [status, children] : by_status) {
    ResultFiles& files = status == states::Status::succeeded ? succeeded : failed;
    for (const std::uint64_t child : children) {
      if (const auto record = read_record(store, child)) add_child(files, *record, form, now);
      if (files.is_full()) co_await put_next(s3, bucket, folder, files);
    }
  }
  if (!succeeded.empty()) co_await put_next(s3, bucket, folder, succeeded);
  if (!failed.empty()) co_await put_next(s3, bucket, folder, failed);
  // Last, so that it names nothing that isn't there.
  const json::object manifest{{"DestinationBucket", bucket},
                              {"MapRunArn", run},
                              {"ResultFiles",
                               {{"FAILED", failed.listed()},
                                {"PENDING", json::array()},
                                {"SUCCEEDED", succeeded.listed()}}}};
  co_await put_file(s3, bucket, folder + "manifest.json", documents::to_text(manifest));
  co_return json::object();
}

}  // namespace doorbuster::engine
