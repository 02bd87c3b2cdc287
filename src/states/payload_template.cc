#include "states/payload_template.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

namespace doorbuster::states {

namespace json = boost::json;

PayloadTemplate PayloadTemplate::compile(const json::value& source, std::vector<Fault>& faults) {
  return compile(source, "", faults);
}

PayloadTemplate PayloadTemplate::compile(const json::value& source, const std::string& location,
                                         std::vector<Fault>& faults) {
  if (source.is_object()) return compile_object(source.get_object(), location, faults);
  PayloadTemplate result;
  result.what_ = source;
  if (!source.is_array()) return result;
  Items items;
  for (const json::value& item : source.get_array()) {
    items.push_back(compile(item, location + "[" + std::to_string(items.size()) + "]", faults));
  }
  if (!std::all_of(items.begin(), items.end(), [](const auto& item) { return item.is_constant(); }))
    result.what_ = std::move(items);
  return result;
}

PayloadTemplate PayloadTemplate::compile_object(const json::object& source,
                                                const std::string& location,
                                                std::vector<Fault>& faults) {
  Members members;
  bool constant = true;
  for (const auto& [key, value] : source) {
    std::string name = key;
    const std::string place = location + "/" + name;
    PayloadTemplate member;
    if (!name.ends_with(".$")) {
      member = compile(value, place, faults);
    } else {
      try {
        if (!value.is_string()) throw InvalidExpression("it is no string");
        member.what_ = Computed{name, Expression::parse(value.get_string())};
      } catch (const std::runtime_error&) {
        faults.push_back({place, "The value for the field '" + name +
                                     "' must be a valid JSONPath or a valid intrinsic function "
                                     "call"});
      }
      name.resize(name.size() - 2);
      constant = false;
    }
    constant = constant && member.is_constant();
    members.push_back({std::move(name), std::move(member)});
  }
  PayloadTemplate result;
  if (constant) {
    result.what_ = json::value(source);
  } else {
    result.what_ = std::move(members);
  }
  return result;
}

void PayloadTemplate::collect_paths(std::vector<const JsonPath*>& out) const {
  if (const auto* computed = std::get_if<Computed>(&what_)) computed->expression.collect_paths(out);
  if (const auto* members = std::get_if<Members>(&what_)) {
    for (const Member& member : *members) member.value.collect_paths(out);
  }
  if (const auto* items = std::get_if<Items>(&what_)) {
    for (const PayloadTemplate& item : *items) item.collect_paths(out);
  }
}

json::value PayloadTemplate::evaluate(const Scope& scope) const {
  if (const auto* constant = std::get_if<json::value>(&what_)) return *constant;
  if (const auto* computed = std::get_if<Computed>(&what_)) {
    return computed->expression.evaluate(computed->field, scope);
  }
  if (const auto* items = std::get_if<Items>(&what_)) {
    json::array array;
    for (const PayloadTemplate& item : *items) array.push_back(item.evaluate(scope));
    return array;
  }
  json::object object;
  for (const Member& member : std::get<Members>(what_)) {
    object[member.name] = member.value.evaluate(scope);
  }
  return object;
}

}  // namespace doorbuster::states
