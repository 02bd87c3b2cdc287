#include "engine/task_parameters.h"

#include <boost/json.hpp>

#include "documents/json_text.h"

namespace doorbuster::engine {

std::string text_of(const boost::json::value& parameters, std::string_view member) {
  const auto* object = parameters.if_object();
  const auto* value = object ? object->if_contains(member) : nullptr;
  if (!value || value->is_null()) return {};
  return value->is_string() ? std::string(value->get_string()) : documents::to_text(*value);
}

}  // namespace doorbuster::engine
