#include "states/map_results.h"

#include <boost/json.hpp>
#include <string>
#include <utility>

#include "states/failure.h"
#include "states/json_text.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

std::string text_at(const json::value& parameters, std::string_view field) {
  const json::value* value =
      parameters.is_object() ? parameters.get_object().if_contains(field) : nullptr;
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

// The children that succeeded, or those that failed.
json::array children(const Fork& fork, bool succeeded) {
  json::array all;
  for (const auto& [part, outcome] : fork.outcomes) {
    if (outcome.succeeded != succeeded) continue;
    json::object child{{"Input", to_text(fork.items.at(part))},
                       {"InputDetails", {{"Included", true}}},
                       {"Status", succeeded ? "SUCCEEDED" : "FAILED"}};
    if (succeeded) {
      child.emplace("Output", to_text(outcome.output.value));
      child.emplace("OutputDetails", json::object{{"Included", true}});
    } else {
      child.emplace("Error", outcome.error);
      child.emplace("Cause", outcome.cause);
    }
    all.push_back(std::move(child));
  }
  return all;
}

// Adds a file to the objects, unless it would be empty; returns what the manifest says of it.
json::array add_file(json::array& objects, const std::string& key, const json::array& results) {
  if (results.empty()) return {};
  std::string body = to_text(results);
  const std::size_t size = body.size();
  objects.push_back(json::object{{"Key", key}, {"Body", std::move(body)}});
  return {json::object{{"Key", key}, {"Size", size}}};
}

}  // namespace

json::value results_to_write(const Fork& fork, const json::value& parameters) {
  const std::string bucket = text_at(parameters, "Bucket");
  if (bucket.empty()) {
    throw Failure{.error = "States.ResultWriterFailed",
                  .cause = "The ResultWriter has no Bucket to write to."};
  }
  std::string folder = text_at(parameters, "Prefix");
  if (!folder.empty() && !folder.ends_with('/')) folder += '/';
  folder += fork.run_arn.substr(fork.run_arn.rfind(':') + 1) + "/";

  json::array objects;
  json::array succeeded = add_file(objects, folder + "SUCCEEDED_0.json", children(fork, true));
  json::array failed = add_file(objects, folder + "FAILED_0.json", children(fork, false));
  const json::object manifest{{"DestinationBucket", bucket},
                              {"MapRunArn", fork.run_arn},
                              {"ResultFiles",
                               {{"FAILED", std::move(failed)},
                                {"PENDING", json::array()},
                                {"SUCCEEDED", std::move(succeeded)}}}};
  objects.push_back(json::object{{"Key", folder + "manifest.json"}, {"Body", to_text(manifest)}});
  return json::object{{"Bucket", bucket}, {"Objects", std::move(objects)}};
}

json::value results_written(const Fork& fork, const json::value& order) {
  const json::array& objects = order.at("Objects").as_array();
  return json::object{
      {"MapRunArn", fork.run_arn},
      {"ResultWriterDetails", {{"Bucket", order.at("Bucket")}, {"Key", objects.back().at("Key")}}}};
}

}  // namespace doorbuster::states
