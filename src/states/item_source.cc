#include "states/item_source.h"

#include <algorithm>
#include <boost/json.hpp>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "documents/utf8.h"
#include "states/amount.h"
#include "states/failure.h"
#include "states/json_text.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

[[noreturn]] void fail(std::string cause) {
  throw Failure{.error = "States.ItemReaderFailed", .cause = std::move(cause)};
}

json::array array_of(json::value value) {
  if (!value.is_array()) fail("Attempting to map over non-iterable node.");
  return std::move(value.get_array());
}

json::array json_items(std::string_view text, const std::string& pointer) {
  auto value = from_text(text);
  if (!value) fail("The object is not valid JSON.");
  if (pointer.empty()) return array_of(*std::move(value));
  boost::system::error_code error;
  const json::value* found = value->find_pointer(pointer, error);
  if (found == nullptr) {
    fail(
        "The provided ReaderConfig.ItemsPointer does not match any valid path in the JSON "
        "structure.");
  }
  return array_of(*found);
}

json::array json_lines(std::string_view text) {
  json::array items;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t size = std::min(text.find('\n'), text.size());
    const std::string_view record = text.substr(0, size);
    text.remove_prefix(std::min(size + 1, text.size()));
    if (record.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    auto value = from_text(record);
    if (!value) fail("Line " + std::to_string(line) + " is not valid JSON.");
    items.push_back(*std::move(value));
  }
  return items;
}

using Record = std::vector<std::string>;

// Visits the records of delimited text by RFC 4180; empty lines are none.
template <typename Visit>
void for_each_record(std::string_view text, char delimiter, Visit visit) {
  Record record;
  std::string field;
  bool quoted = false;
  bool was_quoted = false;
  const auto end_record = [&] {
    const bool empty = record.empty() && field.empty() && !was_quoted;
    record.push_back(std::exchange(field, {}));
    was_quoted = false;
    if (!empty) visit(record);
    record.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      const bool doubled = c == '"' && i + 1 < text.size() && text[i + 1] == '"';
      if (doubled) ++i;
      quoted = c != '"' || doubled;
      if (quoted) field += c;
    } else if (c == '"' && field.empty()) {
      quoted = was_quoted = true;
    } else if (c == delimiter) {
      record.push_back(std::exchange(field, {}));
      was_quoted = false;
    } else if (c == '\n') {
      if (field.ends_with('\r')) field.pop_back();
      end_record();
    } else {
      field += c;
    }
  }
  if (quoted) fail("A quoted field of the CSV file has no end.");
  if (!record.empty() || !field.empty() || was_quoted) end_record();
}

void check_headers(const Record& headers) {
  if (std::set<std::string>(headers.begin(), headers.end()).size() < headers.size()) {
    fail("CSV headers cannot contain duplicates.");
  }
}

// A record may be shorter; what it has too much is dropped, as AWS does.
json::object item_of(const Record& headers, const Record& record) {
  json::object item;
  for (std::size_t column = 0; column < headers.size(); ++column) {
    item.emplace(headers[column], column < record.size() ? record[column] : "");
  }
  return item;
}

// Each item says all headers again, so that a file makes much more of them than its own size.
json::array csv_items(std::string_view text, const ItemReader& reader, std::size_t most) {
  std::optional<Record> headers = reader.headers;
  if (headers) check_headers(*headers);
  json::array items;
  std::size_t bytes = 0;
  for_each_record(text, reader.delimiter, [&](const Record& record) {
    if (!headers) return check_headers(headers.emplace(record));
    if (items.size() == most) return;
    items.push_back(item_of(*headers, record));
    bytes += to_text(items.back()).size();
    if (bytes > kItemsBytesMax) {
      fail("The items of the CSV file are larger than " + std::to_string(kItemsBytesMax) +
           " bytes.");
    }
  });
  return items;
}

// Of a CSV file no more than `most`, of others all.
json::array all_items(const ItemReader& reader, const json::value& answer, std::size_t most) {
  if (reader.format == ItemReader::Format::listing) return array_of(answer);
  if (!answer.is_string()) fail("The object could not be read.");
  const std::string_view text = answer.get_string();
  if (!documents::is_utf8(text)) fail("The object is not text in UTF-8.");
  switch (reader.format) {
    case ItemReader::Format::csv:
      return csv_items(text, reader, most);
    case ItemReader::Format::jsonl:
      return json_lines(text);
    default:
      return json_items(text, reader.items_pointer);
  }
}

}  // namespace

json::array read_items(const ItemReader& reader, const json::value& answer, const Scope& scope) {
  constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();
  const std::int64_t asked = reader.items_max ? any_integer_of(*reader.items_max, scope) : 0;
  if (asked < 0) fail("field MaxItems must be positive");
  const std::int64_t most = asked == 0 ? kAll : asked;
  json::array items = all_items(reader, answer, static_cast<std::size_t>(most));
  if (static_cast<std::size_t>(most) < items.size()) {
    items.erase(items.begin() + most, items.end());
  }
  if (reader.format == ItemReader::Format::listing && items.size() > kListedMax) {
    fail("There are more objects than the " + std::to_string(kListedMax) +
         " that a Map can work on: MaxItems can make them fewer.");
  }
  return items;
}

std::string source_of(const ItemReader& reader, const Scope& scope) {
  const json::value parameters = reader.parameters.evaluate(scope);
  const auto text_at = [&](const char* member) -> std::string {
    const auto* object = parameters.if_object();
    const auto* text = object ? object->if_contains(member) : nullptr;
    return text && text->is_string() ? std::string(text->get_string()) : "";
  };
  std::string uri = "S3://" + text_at("Bucket");
  if (reader.format != ItemReader::Format::listing) uri += '/' + text_at("Key");
  return uri;
}

}  // namespace doorbuster::states
