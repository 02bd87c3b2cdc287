#include "documents/json_text.h"

#include <array>
#include <boost/json.hpp>
#include <charconv>

namespace doorbuster::documents {

namespace json = boost::json;

namespace {

template <typename Number>
void append_digits(std::string& out, Number number) {
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  out.append(buffer.data(), end);
}

void append_double(std::string& out, double number) {
  const std::size_t start = out.size();
  append_digits(out, number);
  // A number that came with a fraction keeps one: 1.0 does not become 1.
  if (out.find_first_not_of("-0123456789", start) == std::string::npos) out += ".0";
}

void append_string(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          const auto code = static_cast<unsigned char>(c);
          out.append("\\u00").append({kHex[code >> 4], kHex[code & 15]});
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void append_value(std::string& out, const json::value& value, std::size_t depth_left);

void append_array(std::string& out, const json::array& array, std::size_t depth_left) {
  out += '[';
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (i > 0) out += ',';
    append_value(out, array[i], depth_left - 1);
  }
  out += ']';
}

void append_object(std::string& out, const json::object& object, std::size_t depth_left) {
  out += '{';
  bool first = true;
  for (const auto& [key, member] : object) {
    if (!first) out += ',';
    first = false;
    append_string(out, key);
    out += ':';
    append_value(out, member, depth_left - 1);
  }
  out += '}';
}

void append_value(std::string& out, const json::value& value, std::size_t depth_left) {
  switch (value.kind()) {
    case json::kind::null:
      out += "null";
      break;
    case json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      break;
    case json::kind::string:
      append_string(out, value.get_string());
      break;
    case json::kind::array:
      if (depth_left == 0) throw TooDeep();
      append_array(out, value.get_array(), depth_left);
      break;
    case json::kind::object:
      if (depth_left == 0) throw TooDeep();
      append_object(out, value.get_object(), depth_left);
      break;
    default:
      append_number(out, value);
  }
}

}  // namespace

void append_number(std::string& out, const json::value& number) {
  if (number.is_int64()) {
    append_digits(out, number.get_int64());
  } else if (number.is_uint64()) {
    append_digits(out, number.get_uint64());
  } else {
    append_double(out, number.get_double());
  }
}

std::string to_text(const json::value& value, std::size_t depth_max) {
  std::string out;
  append_value(out, value, depth_max);
  return out;
}

std::optional<json::value> from_text(std::string_view text, std::size_t depth_max) {
  json::parse_options options;
  options.max_depth = depth_max;
  boost::system::error_code error;
  json::value value = json::parse(text, error, {}, options);
  if (error) return std::nullopt;
  return value;
}

}  // namespace doorbuster::documents
