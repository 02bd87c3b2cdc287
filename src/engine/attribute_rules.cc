#include "engine/attribute_rules.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdio>

namespace doorbuster::engine {
namespace {

constexpr std::size_t kNameMax = 256;  // bytes; of a type, too

bool name_character(unsigned char c) {
  return std::isalnum(c) || c == '-' || c == '_' || c == '.';
}

void check_name(const std::string& name, AttributeWording wording) {
  if (name.empty() || name.size() > kNameMax) {
    throw wording("Length of message attribute name must be less than 256 bytes.");
  }
  if (name.front() == '.' || name.back() == '.') {
    throw wording(std::string("Invalid message attribute name ") +
                  (name.front() == '.' ? "starting" : "ending") + " with character '.' was found.");
  }
  const auto bad = std::find_if_not(name.begin(), name.end(), name_character);
  if (bad != name.end()) {
    char code[8];
    std::snprintf(code, sizeof code, "#x%X",
                  static_cast<unsigned>(static_cast<unsigned char>(*bad)));
    throw wording(std::string("Invalid non-alphanumeric character '") + code +
                  "' was found in the message attribute name. Can only include alphanumeric "
                  "characters, hyphens, underscores, or dots.");
  }
  if (name.find("..") != std::string::npos) {
    throw wording("Message attribute name can not have successive '.' character.");
  }
}

bool is_number(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  // What from_chars() takes besides: "inf" and "nan".
  return error == std::errc() && stop == end &&
         text.find_first_not_of("0123456789.eE+-") == std::string::npos;
}

}  // namespace

void check_attribute(const std::string& name, const cloud::MessageAttributeValue& value,
                     AttributeWording wording) {
  check_name(name, wording);
  const auto dot = value.DataType.find('.');
  const std::string type = value.DataType.substr(0, dot);
  if ((type != "String" && type != "Number" && type != "Binary") ||
      dot + 1 == value.DataType.size() || value.DataType.size() > kNameMax) {
    throw wording("The message attribute '" + name +
                  "' has an invalid message attribute type, the set of supported type prefixes is "
                  "Binary, Number, and String.");
  }
  const bool binary = type == "Binary";
  const auto& wanted = binary ? value.BinaryValue : value.StringValue;
  const auto& other = binary ? value.StringValue : value.BinaryValue;
  if (wanted.empty() && !other.empty()) {
    throw wording("The message attribute '" + name + "' with type '" + value.DataType +
                  "' must use field '" + (binary ? "Binary" : "String") + "'.");
  }
  if (wanted.empty()) {
    throw wording("The message attribute '" + name +
                  "' must contain non-empty message attribute value for message attribute type '" +
                  value.DataType + "'.");
  }
  if (type == "Number" && !is_number(wanted)) {
    throw wording("Could not cast message attribute '" + name + "' value to number.");
  }
}

}  // namespace doorbuster::engine
