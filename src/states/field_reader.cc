#include "states/field_reader.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "states/json_text.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

bool looks_computed(const json::value& value) {
  if (!value.is_string()) return false;
  const std::string_view text = value.get_string();
  return text.starts_with("$.") || text.starts_with("$$.") ||
         (text.starts_with("States.") && text.find('(') != std::string_view::npos);
}

// "1", not "1.0".
std::string plain(double number) {
  std::string text = to_text(number);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

}  // namespace

std::string list_of(const std::vector<std::string_view>& words) {
  std::string list = "[";
  for (const std::string_view word : words) {
    if (list.size() > 1) list += ", ";
    list += word;
  }
  return list + "]";
}

std::string FieldReader::location(std::string_view field) const {
  return (location_ == "/" ? "" : location_) + "/" + std::string(field);
}

const json::value* FieldReader::any(std::string_view field) {
  const json::value* value = object_.if_contains(field);
  if (value != nullptr) known_.emplace(field);
  return value;
}

void FieldReader::expect_type(std::string_view type, std::string_view field) {
  diagnostics_.schema("Expected value of type " + std::string(type), location(field));
}

const json::object* FieldReader::object(std::string_view field) {
  const json::value* value = any(field);
  if (value == nullptr || value->is_object()) return value ? &value->get_object() : nullptr;
  expect_type("Object", field);
  return nullptr;
}

const json::array* FieldReader::array(std::string_view field) {
  const json::value* value = any(field);
  if (value == nullptr || value->is_array()) return value ? &value->get_array() : nullptr;
  expect_type("Array", field);
  return nullptr;
}

std::optional<std::string> FieldReader::string(std::string_view field) {
  const json::value* value = any(field);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return std::string(value->get_string());
  expect_type("String", field);
  return std::nullopt;
}

std::optional<bool> FieldReader::boolean(std::string_view field) {
  const json::value* value = any(field);
  if (value == nullptr) return std::nullopt;
  if (value->is_bool()) return value->get_bool();
  expect_type("Boolean", field);
  return std::nullopt;
}

std::optional<std::int64_t> FieldReader::integer(std::string_view field, std::int64_t least,
                                                 std::int64_t most) {
  const json::value* value = any(field);
  if (value == nullptr) return std::nullopt;
  if (!value->is_int64()) {
    expect_type("Integer", field);
    return std::nullopt;
  }
  const std::int64_t n = value->get_int64();
  if (n >= least && n <= most) return n;
  diagnostics_.schema(
      "Value must be between " + std::to_string(least) + " and " + std::to_string(most),
      location(field));
  return std::nullopt;
}

std::optional<double> FieldReader::number(std::string_view field, double least, double most) {
  const json::value* value = any(field);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) {
    expect_type("Number", field);
    return std::nullopt;
  }
  const auto n = value->to_number<double>();
  if (n >= least && n <= most) return n;
  diagnostics_.schema("Value must be between " + plain(least) + " and " + plain(most),
                      location(field));
  return std::nullopt;
}

std::optional<std::vector<std::string>> FieldReader::strings(std::string_view field) {
  const json::array* values = array(field);
  if (values == nullptr) return std::nullopt;
  std::vector<std::string> all;
  for (const json::value& value : *values) {
    if (!value.is_string()) {
      expect_type("String", std::string(field) + "[" + std::to_string(all.size()) + "]");
      return std::nullopt;
    }
    all.emplace_back(value.get_string());
  }
  if (all.empty()) diagnostics_.schema("Value cannot be empty", location(field));
  return all;
}

std::optional<std::string> FieldReader::word(std::string_view field,
                                             std::initializer_list<std::string_view> words) {
  auto value = string(field);
  if (!value || std::find(words.begin(), words.end(), *value) != words.end()) return value;
  diagnostics_.schema(
      "The field '" + std::string(field) + "' should have one of these values: " + list_of(words),
      location(field));
  return std::nullopt;
}

std::optional<JsonPath> FieldReader::path(std::string_view field) {
  const auto text = string(field);
  if (!text) return std::nullopt;
  try {
    return JsonPath::parse(*text);
  } catch (const InvalidPath& wrong) {
    diagnostics_.schema(wrong.what(), location(field));
    return std::nullopt;
  }
}

std::optional<JsonPath> FieldReader::reference_path(std::string_view field) {
  auto found = path(field);
  if (!found || found->is_reference()) return found;
  diagnostics_.schema("Value is not a Reference Path", location(field));
  return std::nullopt;
}

DataFilter FieldReader::filter(std::string_view field) {
  const json::value* value = any(field);
  if (value != nullptr && value->is_null()) return {.path = std::nullopt, .discards = true};
  auto found = path(field);
  if (found && found->root() == JsonPath::Root::input && found->is_root()) return {};
  return {.path = std::move(found), .discards = false};
}

std::optional<PayloadTemplate> FieldReader::payload(std::string_view field) {
  return object(field) == nullptr ? std::nullopt : any_payload(field);
}

std::optional<PayloadTemplate> FieldReader::any_payload(std::string_view field) {
  const json::value* value = any(field);
  if (value == nullptr) return std::nullopt;
  std::vector<PayloadTemplate::Fault> faults;
  auto compiled = PayloadTemplate::compile(*value, faults);
  for (const auto& fault : faults) {
    diagnostics_.schema(fault.message, location(field) + fault.location);
  }
  warn_of_paths(*value, location(field));
  return compiled;
}

void FieldReader::warn_of_paths(const json::value& value, const std::string& location) {
  if (!value.is_object()) return;
  for (const auto& [key, member] : value.get_object()) {
    const std::string place = location + "/" + std::string(key);
    if (looks_computed(member) && !std::string_view(key).ends_with(".$")) {
      diagnostics_.warning("NO_DOLLAR",
                           "No .$ on a field that appears to be a JSONPath or Intrinsic Function.",
                           place);
    }
    warn_of_paths(member, place);
  }
}

std::optional<Expression> FieldReader::expression(std::string_view field) {
  const auto text = string(field);
  if (!text) return std::nullopt;
  try {
    return Expression::parse(*text);
  } catch (const std::runtime_error&) {
    diagnostics_.schema("The value for the field '" + std::string(field) +
                            "' must be a valid JSONPath or a valid intrinsic function call",
                        location(field));
    return std::nullopt;
  }
}

std::optional<Amount> FieldReader::amount(const std::string& field, std::int64_t least,
                                          std::int64_t most) {
  const auto constant = integer(field, least, most);
  auto result = constant_or_path(
      field, constant ? std::optional(static_cast<double>(*constant)) : std::nullopt);
  if (result) {
    result->least = static_cast<double>(least);
    result->most = static_cast<double>(most);
  }
  return result;
}

std::optional<Amount> FieldReader::percentage(const std::string& field) {
  constexpr double kMost = 100;
  auto result = constant_or_path(field, number(field, 0, kMost));
  if (result) result->most = kMost;
  return result;
}

std::optional<Amount> FieldReader::constant_or_path(const std::string& field,
                                                    std::optional<double> constant) {
  const std::string path_field = field + "Path";
  at_most_one({field, path_field});
  auto found = reference_path(path_field);
  if (found) return Amount{.constant = 0, .path = std::move(found), .field = path_field};
  if (!constant) return std::nullopt;
  return Amount{.constant = *constant, .path = std::nullopt, .field = field};
}

void FieldReader::require(std::initializer_list<std::string_view> fields) {
  std::vector<std::string_view> missing;
  for (const std::string_view field : fields) {
    if (!has(field)) missing.push_back(field);
  }
  if (missing.empty()) return;
  diagnostics_.schema("These fields are required: " + list_of(missing), location_);
}

void FieldReader::at_most_one(std::initializer_list<std::string_view> fields) {
  const auto present =
      std::count_if(fields.begin(), fields.end(), [this](auto field) { return has(field); });
  if (present <= 1) return;
  diagnostics_.schema("Only one of these fields can be specified: " + list_of(fields), location_);
}

void FieldReader::finish() {
  for (const auto& [key, value] : object_) {
    if (!known_.contains(std::string_view(key))) {
      diagnostics_.schema("Field is not supported", location(key));
    }
  }
}

}  // namespace doorbuster::states
