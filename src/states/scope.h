// What the paths and functions of a state can see while it is evaluated.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string_view>

#include "states/json_path.h"

namespace doorbuster::states {

// The part of it that does not change within a state.
class Environment {
 public:
  virtual ~Environment() = default;
  // The context object, `$$`.
  virtual const boost::json::value& context() = 0;
  // nullptr if there is no variable of the name.
  virtual const boost::json::value* variable(std::string_view name) = 0;
  virtual std::uint64_t random() = 0;
};

struct Scope {
  const boost::json::value& input;  // `$`
  Environment& environment;
};

// What the path starts from. Throws Failure if it is a variable that has no value.
const boost::json::value& root_of(const JsonPath& path, const Scope& scope);

// What the path of a field like "amount.$" selects. Throws Failure if that is nothing.
boost::json::value resolve(const JsonPath& path, std::string_view field, const Scope& scope);

// What an InputPath, an OutputPath or another field that filters data selects. Throws Failure if
// that is nothing.
boost::json::value filter(const JsonPath& path, const Scope& scope);

}  // namespace doorbuster::states
