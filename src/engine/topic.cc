#include "engine/topic.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>
#include <set>

#include "engine/json_record.h"
#include "engine/sns_error.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

constexpr std::size_t kNameMax = 256;
constexpr std::size_t kDisplayNameMax = 100;
constexpr std::size_t kKeyIdMax = 2'048;
constexpr std::size_t kTagsMax = 50;
constexpr std::size_t kTagKeyMax = 128;
constexpr std::size_t kTagValueMax = 256;
constexpr std::string_view kFifoSuffix = ".fifo";

bool to_bool(const std::string& name, const std::string& value) {
  if (value == "true") return true;
  if (value == "false") return false;
  throw invalid_parameter(name + ": Invalid value [" + value + "]. Must be true or false.");
}

void check_choice(const std::string& name, const std::string& value, const char* a, const char* b) {
  if (value == a || value == b) return;
  throw invalid_parameter(name + ": Invalid value [" + value + "]. Must be " + a + " or " + b +
                          ".");
}

void check_name(std::string_view name, bool fifo) {
  if (fifo && !name.ends_with(kFifoSuffix)) {
    throw invalid_parameter(
        "Topic Name Reason: Fifo Topic names must end with .fifo and must be made up of only "
        "uppercase and lowercase ASCII letters, numbers, underscores, and hyphens, and must be "
        "between 1 and 256 characters long.");
  }
  const std::string_view base = fifo ? name.substr(0, name.size() - kFifoSuffix.size()) : name;
  const bool letters = std::all_of(base.begin(), base.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_';
  });
  if (base.empty() || name.size() > kNameMax || !letters) throw invalid_parameter("Topic Name");
}

Policy to_policy(const std::string& text) {
  try {
    return Policy::parse(text);
  } catch (const PolicyError& e) {
    throw invalid_parameter(std::string("Policy Error: ") + e.what());
  }
}

bool set_fifo(Topic& topic, const std::string& attribute, const std::string& value) {
  if (attribute == "ContentBasedDeduplication") {
    topic.content_based_deduplication = to_bool(attribute, value);
  } else if (attribute == "FifoThroughputScope") {
    check_choice(attribute, value, "Topic", "MessageGroup");
    topic.deduplicate_by_group = value == "MessageGroup";
  } else {
    return false;
  }
  if (!topic.fifo) {
    throw invalid_parameter(attribute + " attribute can only be set on FIFO topics");
  }
  return true;
}

// Those that are only kept and answered.
bool check_other(const std::string& attribute, const std::string& value) {
  if (attribute == "DisplayName") {
    const bool too_long = value.size() > kDisplayNameMax;
    if (too_long || value.find_first_of("\r\n") != std::string::npos) {
      throw invalid_parameter("DisplayName");
    }
  } else if (attribute == "KmsMasterKeyId") {
    if (value.size() > kKeyIdMax) throw invalid_parameter("KmsMasterKeyId");
  } else if (attribute == "TracingConfig") {
    check_choice(attribute, value, "PassThrough", "Active");
  } else {
    return false;
  }
  return true;
}

// https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
std::string default_policy(const std::string& arn, const std::string& owner) {
  const json::object statement{{"Sid", "__default_statement_ID"},
                               {"Effect", "Allow"},
                               {"Principal", {{"AWS", "*"}}},
                               {"Action",
                                {"SNS:GetTopicAttributes", "SNS:SetTopicAttributes",
                                 "SNS:AddPermission", "SNS:RemovePermission", "SNS:DeleteTopic",
                                 "SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish"}},
                               {"Resource", arn},
                               {"Condition", {{"StringEquals", {{"AWS:SourceOwner", owner}}}}}};
  return json::serialize(json::object{{"Version", "2008-10-17"},
                                      {"Id", "__default_policy_ID"},
                                      {"Statement", json::array{statement}}});
}

}  // namespace

TopicMetrics::TopicMetrics(Metrics& metrics, const Measured& topic)
    : published(metrics.counter(topic, "NumberOfMessagesPublished")),
      delivered(metrics.counter(topic, "NumberOfNotificationsDelivered")),
      filtered_out(metrics.counter(topic, "NumberOfNotificationsFilteredOut")),
      failed(metrics.counter(topic, "NumberOfNotificationsFailed")),
      redriven(metrics.counter(topic, "NumberOfNotificationsRedrivenToDlq")),
      not_redriven(metrics.counter(topic, "NumberOfNotificationsFailedToRedriveToDlq")) {}

Topic Topic::make(const cloud::Scope& scope, const cloud::CreateTopicRequest& request) {
  Topic topic;
  const auto fifo = request.Attributes.find("FifoTopic");
  topic.fifo = fifo != request.Attributes.end() && to_bool(fifo->first, fifo->second);
  check_name(request.Name, topic.fifo);
  topic.arn = scope.arn("sns", request.Name);
  topic.name = request.Name;
  topic.owner = scope.account;
  topic.region = scope.region;
  for (const auto& [name, value] : request.Attributes) {
    if (name != "FifoTopic") in_attributes([&, &n = name, &v = value] { topic.set(n, v); });
  }
  topic.tag(request.Tags);
  return topic;
}

void Topic::set(const std::string& attribute, const std::string& value) {
  if (attribute == "Policy") {
    policy = to_policy(value);
  } else if (attribute == "DeliveryPolicy") {
    delivery = DeliveryPolicy::parse_of_topic(value);
  } else if (attribute == "SignatureVersion") {
    check_choice(attribute, value, "1", "2");
    signature_version = value == "2" ? 2 : 1;
  } else if (!set_fifo(*this, attribute, value) && !check_other(attribute, value)) {
    throw invalid_parameter("AttributeName");
  }
  if (value.empty()) {
    text.erase(attribute);
  } else {
    text[attribute] = value;
  }
}

void Topic::tag(const std::vector<cloud::Tag>& more) {
  std::set<std::string_view> keys;
  auto next = tags;
  for (const auto& [key, value] : more) {
    if (!keys.insert(key).second) throw invalid_parameter("Duplicated keys are not allowed.");
    if (key.empty() || key.size() > kTagKeyMax || key.starts_with("aws:")) {
      throw invalid_parameter(
          "Tags Reason: a key has 1 to 128 characters and does not begin with "
          "aws:");
    }
    if (value.size() > kTagValueMax) {
      throw invalid_parameter("Tags Reason: a value has up to 256 characters");
    }
    next[key] = value;
  }
  if (next.size() > kTagsMax) {
    throw cloud::Error("TagLimitExceeded",
                       "Could not complete request: tag quota of per resource exceeded");
  }
  tags = std::move(next);
}

std::string Topic::policy_text() const {
  const auto it = text.find("Policy");
  return it == text.end() ? default_policy(arn, owner) : it->second;
}

cloud::AttributeMap Topic::attributes() const {
  cloud::AttributeMap all = text;
  all["TopicArn"] = arn;
  all["Owner"] = owner;
  all["Policy"] = policy_text();
  all["EffectiveDeliveryPolicy"] = delivery.effective_of_topic();
  all.emplace("DisplayName", "");
  if (fifo) {
    all["FifoTopic"] = "true";
    all.emplace("ContentBasedDeduplication", "false");
  }
  return all;
}

std::string Topic::encode() const {
  return json::serialize(json::object{{"arn", arn},
                                      {"name", name},
                                      {"fifo", fifo},
                                      {"id", id},
                                      {"deleted", deleted_subscriptions},
                                      {"tags", json::value_from(tags)},
                                      {"attributes", json::value_from(text)}});
}

Topic Topic::decode(std::string_view bytes) {
  const auto record = read_json_record(bytes);
  Topic topic;
  topic.arn = record.at("arn").as_string();
  topic.name = record.at("name").as_string();
  const auto arn = cloud::Arn::parse(topic.arn);
  topic.owner = arn.value().account;
  topic.region = arn.value().region;
  topic.fifo = record.at("fifo").as_bool();
  topic.id = record.at("id").to_number<std::uint32_t>();
  topic.deleted_subscriptions = record.at("deleted").to_number<std::uint64_t>();
  topic.tags = json::value_to<std::map<std::string, std::string>>(record.at("tags"));
  for (const auto& [name, value] : record.at("attributes").as_object()) {
    topic.set(name, std::string(value.as_string()));
  }
  return topic;
}

}  // namespace doorbuster::engine
