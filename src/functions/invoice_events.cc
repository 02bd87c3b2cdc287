#include "functions/invoice_events.h"

#include <boost/json.hpp>
#include <charconv>

#include "orders/timestamp.h"

namespace doorbuster::functions {
namespace {

namespace json = boost::json;

const json::value* field(const json::value& value, std::string_view name) {
  const json::object* object = value.if_object();
  return object == nullptr ? nullptr : object->if_contains(name);
}

// Nothing if there is no such field or it is not text.
std::optional<std::string_view> text(const json::value& value, std::string_view name) {
  const json::value* found = field(value, name);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return std::string_view(found->get_string());
}

std::string needed_text(const json::value& message, std::string_view name) {
  const auto found = text(message, name);
  if (!found) {
    throw std::invalid_argument("the event is not a batch of SQS messages: a record has no " +
                                std::string(name));
  }
  return std::string(*found);
}

int receive_count(const json::value& message) {
  const json::value* attributes = field(message, "attributes");
  const auto count =
      attributes == nullptr ? std::nullopt : text(*attributes, "ApproximateReceiveCount");
  int receives = 1;
  if (count) std::from_chars(count->data(), count->data() + count->size(), receives);
  return receives;
}

json::value parse_json(std::string_view text) {
  json::error_code error;
  json::value value = json::parse(text, error);
  if (error) throw NotAnS3Event("the message is not JSON: " + error.message());
  return value;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// S3 encodes the keys in its events as forms do: a space is "+", most else is "%XX".
std::string decode_key(std::string_view encoded) {
  std::string key;
  key.reserve(encoded.size());
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    const char c = encoded[i];
    if (c != '%') {
      key += c == '+' ? ' ' : c;
      continue;
    }
    const int high = i + 2 < encoded.size() ? hex_digit(encoded[i + 1]) : -1;
    const int low = i + 2 < encoded.size() ? hex_digit(encoded[i + 2]) : -1;
    if (high < 0 || low < 0) {
      throw NotAnS3Event("the object key is not URL-encoded: " + std::string(encoded));
    }
    key += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return key;
}

// "2010-12-01T08:26:00.000Z", the fraction left out.
std::optional<cloud::Time> event_time(const json::value& record) {
  const auto found = text(record, "eventTime");
  if (!found) return std::nullopt;
  return orders::parse_timestamp(found->substr(0, found->find('.')));
}

CreatedObject parse_record(const json::value& record) {
  const json::value* s3 = field(record, "s3");
  const json::value* bucket = s3 == nullptr ? nullptr : field(*s3, "bucket");
  const json::value* object = s3 == nullptr ? nullptr : field(*s3, "object");
  const auto name = bucket == nullptr ? std::nullopt : text(*bucket, "name");
  const auto key = object == nullptr ? std::nullopt : text(*object, "key");
  if (!name || name->empty() || !key || key->empty()) {
    throw NotAnS3Event("the message is an S3 event without a bucket's name or an object's key");
  }
  CreatedObject created;
  created.bucket = *name;
  created.key = decode_key(*key);
  created.created_at = event_time(record);
  if (const json::value* size = field(*object, "size")) {
    json::error_code no_size;
    created.size = size->to_number<std::uint64_t>(no_size);
    if (no_size) created.size = 0;
  }
  return created;
}

}  // namespace

std::vector<QueueMessage> parse_sqs_event(const json::value& event) {
  const json::value* records = field(event, "Records");
  if (records == nullptr || !records->is_array()) {
    throw std::invalid_argument("the event is not a batch of SQS messages: it has no Records");
  }
  std::vector<QueueMessage> messages;
  messages.reserve(records->get_array().size());
  for (const json::value& record : records->get_array()) {
    messages.push_back({needed_text(record, "messageId"), needed_text(record, "receiptHandle"),
                        needed_text(record, "body"), needed_text(record, "eventSourceARN"),
                        receive_count(record)});
  }
  return messages;
}

std::vector<CreatedObject> parse_s3_event(std::string_view body) {
  json::value event = parse_json(body);
  if (text(event, "Type") == "Notification") {
    const auto message = text(event, "Message");
    if (!message) throw NotAnS3Event("the message is an SNS notification without a Message");
    // Parsed before it is assigned: `message` lies in the old value.
    json::value inner = parse_json(*message);
    event = std::move(inner);
  }
  if (text(event, "Event") == "s3:TestEvent") return {};

  const json::value* records = field(event, "Records");
  if (records == nullptr || !records->is_array()) {
    throw NotAnS3Event("the message is JSON but not an S3 event: it has no Records");
  }
  std::vector<CreatedObject> objects;
  for (const json::value& record : records->get_array()) {
    const auto name = text(record, "eventName");
    if (!name) throw NotAnS3Event("the message is not an S3 event: a record has no eventName");
    if (name->starts_with("ObjectCreated:")) objects.push_back(parse_record(record));
  }
  return objects;
}

}  // namespace doorbuster::functions
