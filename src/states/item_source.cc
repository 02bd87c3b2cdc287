#include "states/item_source.h"

#include <algorithm>
#include <boost/json.hpp>
#include <limits>
#include <set>
#include <utility>

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

void check_headers(const std::vector<std::string>& headers) {
  if (std::set<std::string>(headers.begin(), headers.end()).size() < headers.size()) {
    fail("CSV headers cannot contain duplicates.");
  }
}

json::array csv_items(std::string_view text, const ItemReader& reader) {
  auto records = parse_csv(text, reader.delimiter);
  if (!reader.headers && records.empty()) return {};
  const std::vector<std::string> headers = reader.headers ? *reader.headers : records.front();
  check_headers(headers);
  json::array items;
  for (std::size_t i = reader.headers ? 0 : 1; i < records.size(); ++i) {
    json::object item;
    // A record may be shorter; what it has too much is dropped, as AWS does.
    for (std::size_t column = 0; column < headers.size(); ++column) {
      item.emplace(headers[column], column < records[i].size() ? records[i][column] : "");
    }
    items.push_back(std::move(item));
  }
  return items;
}

json::array all_items(const ItemReader& reader, const json::value& answer) {
  if (reader.format == ItemReader::Format::listing) return array_of(answer);
  if (!answer.is_string()) fail("The object could not be read.");
  const std::string_view text = answer.get_string();
  if (!documents::is_utf8(text)) fail("The object is not text in UTF-8.");
  switch (reader.format) {
    case ItemReader::Format::csv:
      return csv_items(text, reader);
    case ItemReader::Format::jsonl:
      return json_lines(text);
    default:
      return json_items(text, reader.items_pointer);
  }
}

}  // namespace

json::array read_items(const ItemReader& reader, const json::value& answer, const Scope& scope) {
  json::array items = all_items(reader, answer);
  const auto most = integer_of(reader.items_max, scope);
  if (most && *most == 0) fail("field MaxItems must be positive");
  if (most && static_cast<std::size_t>(*most) < items.size()) {
    items.erase(items.begin() + *most, items.end());
  }
  if (reader.format == ItemReader::Format::listing && items.size() > kListedMax) {
    fail("There are more objects than the " + std::to_string(kListedMax) +
         " that a Map can work on: MaxItems can make them fewer.");
  }
  return items;
}

std::vector<std::vector<std::string>> parse_csv(std::string_view text, char delimiter) {
  std::vector<std::vector<std::string>> records;
  std::vector<std::string> record;
  std::string field;
  bool quoted = false;
  bool was_quoted = false;
  const auto end_record = [&] {
    const bool empty = record.empty() && field.empty() && !was_quoted;
    record.push_back(std::exchange(field, {}));
    was_quoted = false;
    if (!empty) records.push_back(record);
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
  return records;
}

}  // namespace doorbuster::states
