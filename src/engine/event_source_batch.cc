#include "engine/event_source_batch.h"

#include <algorithm>
#include <boost/json.hpp>

#include "cloud/arn.h"
#include "engine/message_rules.h"

namespace doorbuster::engine {

namespace json = boost::json;

// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
json::value to_record(const Delivery& delivery, const std::string& queue_arn) {
  cloud::ReceiveMessageRequest everything;
  everything.MessageSystemAttributeNames = {"All"};
  everything.MessageAttributeNames = {"All"};
  cloud::Message message = to_message(delivery, everything);
  json::object attributes;
  for (auto& [name, value] : message.Attributes) attributes.emplace(name, std::move(value));
  json::object message_attributes;
  for (auto& [name, value] : message.MessageAttributes) {
    json::object attribute{{"dataType", value.DataType}};
    if (value.DataType.starts_with("Binary")) {
      attribute["binaryValue"] = base64(value.BinaryValue);
    } else {
      attribute["stringValue"] = value.StringValue;
    }
    message_attributes.emplace(name, std::move(attribute));
  }
  return json::object{{"messageId", message.MessageId},
                      {"receiptHandle", message.ReceiptHandle},
                      {"body", message.Body},
                      {"attributes", std::move(attributes)},
                      {"messageAttributes", std::move(message_attributes)},
                      {"md5OfBody", message.MD5OfBody},
                      {"eventSource", "aws:sqs"},
                      {"eventSourceARN", queue_arn},
                      {"awsRegion", cloud::Arn::parse(queue_arn)->region}};
}

json::value to_event(const Deliveries& deliveries, const std::string& queue_arn) {
  json::array records;
  records.reserve(deliveries.size());
  for (const auto& delivery : deliveries) records.push_back(to_record(delivery, queue_arn));
  return json::object{{"Records", std::move(records)}};
}

// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
bool matches(const Delivery& delivery, const std::string& queue_arn,
             const std::vector<FilterPolicy>& patterns) {
  if (patterns.empty()) return true;
  json::value record = to_record(delivery, queue_arn);
  json::error_code bad;
  json::value body = json::parse(delivery.message.body, bad);
  if (!bad) record.as_object()["body"] = std::move(body);
  const std::string text = json::serialize(record);
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const FilterPolicy& pattern) { return pattern.matches_body(text); });
}

std::optional<std::set<std::string>> failed_ids(const json::value& result,
                                                const Deliveries& deliveries) {
  std::set<std::string> failed;
  const auto* answer = result.if_object();
  const auto* failures = answer ? answer->if_contains("batchItemFailures") : nullptr;
  if (!failures || failures->is_null()) return failed;
  if (!failures->is_array()) return std::nullopt;
  std::set<std::string> known;
  for (const auto& delivery : deliveries) known.insert(str(delivery.message.id));
  for (const auto& failure : failures->get_array()) {
    const auto* item = failure.if_object();
    const auto* id = item ? item->if_contains("itemIdentifier") : nullptr;
    if (!id || !id->is_string() || !known.contains(std::string(id->get_string()))) {
      return std::nullopt;
    }
    failed.emplace(id->get_string());
  }
  return failed;
}

std::vector<ReceiptHandle> handles_without(const std::set<std::string>& failed,
                                           const Deliveries& deliveries) {
  std::vector<ReceiptHandle> handles;
  for (const auto& delivery : deliveries) {
    if (failed.empty() || !failed.contains(str(delivery.message.id))) {
      handles.push_back(delivery.handle);
    }
  }
  return handles;
}

}  // namespace doorbuster::engine
