#include "engine/bucket_record.h"

#include <boost/json.hpp>

#include "engine/json_record.h"
#include "engine/tag_list.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

using boost::json::value_from;
using Strings = std::vector<std::string>;

std::string string_of(const boost::json::object& json, const char* name) {
  return std::string(json.at(name).as_string());
}
Strings strings_of(const boost::json::object& json, const char* name) {
  return boost::json::value_to<Strings>(json.at(name));
}

boost::json::array to_json(const std::vector<cloud::NotificationDestination>& destinations) {
  boost::json::array array;
  for (const auto& d : destinations) {
    array.push_back({{"id", d.Id},
                     {"arn", d.Arn},
                     {"events", value_from(d.Events)},
                     {"prefix", d.FilterPrefix},
                     {"suffix", d.FilterSuffix}});
  }
  return array;
}

std::vector<cloud::NotificationDestination> destinations_from(const boost::json::value& json) {
  std::vector<cloud::NotificationDestination> destinations;
  for (const auto& item : json.as_array()) {
    const auto& d = item.as_object();
    destinations.push_back({string_of(d, "id"), string_of(d, "arn"), strings_of(d, "events"),
                            string_of(d, "prefix"), string_of(d, "suffix")});
  }
  return destinations;
}

boost::json::array to_json(const cloud::CORSConfiguration& cors) {
  boost::json::array array;
  for (const auto& rule : cors.CORSRules) {
    boost::json::object json{{"id", rule.ID},
                             {"headers", value_from(rule.AllowedHeaders)},
                             {"methods", value_from(rule.AllowedMethods)},
                             {"origins", value_from(rule.AllowedOrigins)},
                             {"expose", value_from(rule.ExposeHeaders)}};
    if (rule.MaxAgeSeconds) json["max_age_s"] = *rule.MaxAgeSeconds;
    array.push_back(std::move(json));
  }
  return array;
}

cloud::CORSConfiguration cors_from(const boost::json::value& json) {
  cloud::CORSConfiguration cors;
  for (const auto& item : json.as_array()) {
    const auto& r = item.as_object();
    cloud::CORSRule rule{string_of(r, "id"),       strings_of(r, "headers"),
                         strings_of(r, "methods"), strings_of(r, "origins"),
                         strings_of(r, "expose"),  {}};
    if (const auto* age = r.if_contains("max_age_s")) rule.MaxAgeSeconds = age->to_number<int>();
    cors.CORSRules.push_back(std::move(rule));
  }
  return cors;
}

}  // namespace

std::string encode(const Bucket& bucket) {
  const boost::json::object json{
      {"id", bucket.id},
      {"name", bucket.name},
      {"region", bucket.region},
      {"account", bucket.account},
      {"created", to_ms(bucket.created)},
      {"tags", to_json(bucket.tags)},
      {"cors", to_json(bucket.cors)},
      {"policy", bucket.policy_text},
      {"topics", to_json(bucket.notification.TopicConfigurations)},
      {"queues", to_json(bucket.notification.QueueConfigurations)},
      {"functions", to_json(bucket.notification.LambdaFunctionConfigurations)}};
  return boost::json::serialize(json);
}

Bucket decode_bucket(std::string_view text) {
  const auto json = read_json_record(text);
  Bucket bucket;
  bucket.id = json.at("id").to_number<std::uint32_t>();
  bucket.name = string_of(json, "name");
  bucket.region = string_of(json, "region");
  bucket.account = string_of(json, "account");
  bucket.created = from_ms(json.at("created").to_number<std::int64_t>());
  bucket.tags = tags_of(json.at("tags"));
  bucket.cors = cors_from(json.at("cors"));
  bucket.policy_text = string_of(json, "policy");
  bucket.policy = Policy::parse(bucket.policy_text);
  bucket.notification.TopicConfigurations = destinations_from(json.at("topics"));
  bucket.notification.QueueConfigurations = destinations_from(json.at("queues"));
  if (const auto* functions = json.if_contains("functions")) {
    bucket.notification.LambdaFunctionConfigurations = destinations_from(*functions);
  }
  return bucket;
}

}  // namespace doorbuster::engine
