#include "functions/json_fields.h"

#include <boost/json.hpp>

namespace doorbuster::functions {

namespace json = boost::json;

const json::value* field(const json::value& value, std::string_view name) {
  const json::object* object = value.if_object();
  return object == nullptr ? nullptr : object->if_contains(name);
}

std::optional<std::string_view> text(const json::value& value, std::string_view name) {
  const json::value* found = field(value, name);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return std::string_view(found->get_string());
}

}  // namespace doorbuster::functions
