#include "documents/json_text.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace doorbuster::documents {

namespace json = boost::json;

namespace {

// What a thread keeps of the room that its texts have needed.
constexpr std::size_t kGrownMax = std::size_t{64} << 10;

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

void append_escaped(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  if (const auto at = kShort.find(c); at != std::string_view::npos) {
    out.append({'\\', kLetters[at]});
  } else {
    const auto code = static_cast<unsigned char>(c);
    out.append("\\u00").append({kHex[code >> 4], kHex[code & 15]});
  }
}

bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
}

// The same of eight characters at once: less than n, as unsigned ones, is a byte whose highest bit
// is not set but is borrowed when n is taken from it.
bool are_plain(std::uint64_t eight) {
  constexpr std::uint64_t kEach = 0x0101010101010101;
  const auto less = [](std::uint64_t bytes, std::uint64_t n) {
    return (bytes - kEach * n) & ~bytes;
  };
  const std::uint64_t special =
      less(eight, 0x20) | less(eight ^ kEach * '"', 1) | less(eight ^ kEach * '\\', 1);
  return (special & kEach * 0x80) == 0;
}

std::size_t count_plain(std::string_view text) {
  std::size_t count = 0;
  for (std::uint64_t eight; count + sizeof eight <= text.size(); count += sizeof eight) {
    std::memcpy(&eight, text.data() + count, sizeof eight);
    if (!are_plain(eight)) break;
  }
  while (count < text.size() && is_plain(text[count])) ++count;
  return count;
}

// Most texts have nothing to escape, and go over as they are.
void append_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t plain = count_plain(text);
    out.append(text, 0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    append_escaped(out, text.front());
    text.remove_prefix(1);
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
  // Texts grow here, so that each is allocated once, and no larger than it is.
  thread_local std::string grown;
  grown.clear();
  append_value(grown, value, depth_max);
  std::string text = grown;
  if (grown.size() > kGrownMax) {
    grown.clear();
    grown.shrink_to_fit();
  }
  return text;
}

bool is_finite(const json::value& value) {
  switch (value.kind()) {
    case json::kind::double_:
      return std::isfinite(value.get_double());
    case json::kind::array:
      return std::all_of(value.get_array().begin(), value.get_array().end(), is_finite);
    case json::kind::object:
      return std::all_of(value.get_object().begin(), value.get_object().end(),
                         [](const auto& member) { return is_finite(member.value()); });
    default:
      return true;
  }
}

std::optional<json::value> from_text(std::string_view text, std::size_t depth_max) {
  json::parse_options options;
  options.max_depth = depth_max;
  boost::system::error_code error;
  json::value value = json::parse(text, error, {}, options);
  if (error || !is_finite(value)) return std::nullopt;
  return value;
}

std::optional<UnknownToken> unknown_token(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  const auto* after = std::find_if_not(text.begin() + begin, text.end(), is_letter);
  const auto end = static_cast<std::size_t>(after - text.begin());
  const std::string_view word = text.substr(begin, end - begin);
  if (word.empty() || word == "true" || word == "false" || word == "null") return std::nullopt;
  return UnknownToken{"Unrecognized token '" + std::string(word) +
                          "': was expecting (JSON String, Number, Array, Object or token 'null', "
                          "'true' or 'false')",
                      end};
}

}  // namespace doorbuster::documents
