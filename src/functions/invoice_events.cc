#include "functions/invoice_events.h"

#include <boost/json.hpp>

#include "functions/json_fields.h"
#include "orders/timestamp.h"

namespace doorbuster::functions {
namespace {

namespace json = boost::json;

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
