#include "states/map_results.h"

#include <boost/json.hpp>
#include <utility>

#include "states/failure.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

std::string text_at(const json::value& parameters, std::string_view field) {
  const json::value* value =
      parameters.is_object() ? parameters.get_object().if_contains(field) : nullptr;
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

}  // namespace

json::value results_to_write(const std::string& run_arn, const ResultWriter& writer,
                             const json::value& parameters) {
  const std::string bucket = text_at(parameters, "Bucket");
  if (bucket.empty()) {
    throw Failure{.error = "States.ResultWriterFailed",
                  .cause = "The ResultWriter has no Bucket to write to."};
  }
  std::string folder = text_at(parameters, "Prefix");
  if (!folder.empty() && !folder.ends_with('/')) folder += '/';
  folder += run_arn.substr(run_arn.rfind(':') + 1) + "/";
  return json::object{{"Bucket", bucket},
                      {"Folder", folder},
                      {"MapRunArn", run_arn},
                      {"Transformation", writer.transformation},
                      {"OutputType", writer.output_type}};
}

json::value results_written(const json::value& order) {
  const std::string manifest = text_at(order, "Folder") + "manifest.json";
  return json::object{{"MapRunArn", order.at("MapRunArn")},
                      {"ResultWriterDetails", {{"Bucket", order.at("Bucket")}, {"Key", manifest}}}};
}

void add_result(json::array& results, json::value output, std::string_view transformation) {
  if (transformation != "FLATTEN" || !output.is_array()) {
    results.push_back(std::move(output));
    return;
  }
  for (auto& item : output.get_array()) results.push_back(std::move(item));
}

}  // namespace doorbuster::states
