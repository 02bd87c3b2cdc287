#include "engine/policy_json.h"

#include "engine/policy.h"

namespace doorbuster::engine {

namespace json = boost::json;

std::vector<std::string> strings(const json::value& value, const std::string& name) {
  if (value.is_string()) return {std::string(value.get_string())};
  if (!value.is_array()) throw PolicyError(name + " is neither a string nor an array of strings");
  if (value.get_array().empty()) throw PolicyError(name + " is empty");
  std::vector<std::string> result;
  for (const json::value& item : value.get_array()) {
    if (!item.is_string()) throw PolicyError(name + " contains what is not a string");
    result.emplace_back(item.get_string());
  }
  return result;
}

void refuse_variable(const std::string& text, const std::string& where) {
  const std::size_t begin = text.find("${");
  if (begin == std::string::npos) return;
  const std::size_t end = text.find('}', begin);
  const std::string variable = text.substr(begin, end == std::string::npos ? end : end + 1 - begin);
  throw PolicyError(where + " '" + text + "' contains the policy variable " + variable +
                    "; policy variables are not supported, write out the value");
}

}  // namespace doorbuster::engine
