#include "states/scope.h"

#include <boost/json.hpp>
#include <string>
#include <utility>

#include "states/failure.h"
#include "states/json_text.h"

namespace doorbuster::states {

namespace json = boost::json;

const json::value& root_of(const JsonPath& path, const Scope& scope) {
  switch (path.root()) {
    case JsonPath::Root::context:
      return scope.environment.context();
    case JsonPath::Root::variable: {
      const json::value* value = scope.environment.variable(path.variable());
      if (value == nullptr) {
        throw runtime_failure("The variable '$" + path.variable() + "' has no value.");
      }
      return *value;
    }
    default:
      return scope.input;
  }
}

json::value resolve(const JsonPath& path, std::string_view field, const Scope& scope) {
  auto value = path.evaluate(root_of(path, scope));
  if (!value) {
    throw runtime_failure("The JSONPath '" + path.text() + "' specified for the field '" +
                          std::string(field) + "' could not be found in the input '" +
                          to_text(scope.input) + "'");
  }
  return *std::move(value);
}

json::value filter(const JsonPath& path, const Scope& scope) {
  const json::value& root = root_of(path, scope);
  auto value = path.evaluate(root);
  if (!value) {
    throw runtime_failure("Invalid path '" + path.text() + "' : " + path.missing(root));
  }
  return *std::move(value);
}

}  // namespace doorbuster::states
