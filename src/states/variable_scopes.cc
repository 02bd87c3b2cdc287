#include "states/variable_scopes.h"

#include <algorithm>
#include <boost/json.hpp>
#include <functional>
#include <set>
#include <string_view>

#include "documents/utf8.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

using Names = std::set<std::string, std::less<>>;

constexpr std::size_t kNameMax = 80;  // characters, AWS's limit

bool is_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
  };
  return !name.empty() && documents::count_characters(name) <= kNameMax && is_letter(name[0]) &&
         name != "states" && std::all_of(name.begin(), name.end(), [&](char c) {
           return is_letter(c) || (c >= '0' && c <= '9');
         });
}

const json::object* object_at(const json::object& object, std::string_view field) {
  const json::value* value = object.if_contains(field);
  return value != nullptr ? value->if_object() : nullptr;
}

using Visit = std::function<void(const json::object&, const std::string&)>;

// Every "Assign" of a state: its own, those of its rules and of its catchers.
void for_each_assign(const json::object& state, const std::string& location, const Visit& visit) {
  if (const auto* assign = object_at(state, "Assign")) visit(*assign, location + "/Assign");
  for (const std::string field : {"Choices", "Catch"}) {
    const json::value* list = state.if_contains(field);
    if (list == nullptr || !list->is_array()) continue;
    for (std::size_t i = 0; i < list->get_array().size(); ++i) {
      const json::object* element = list->get_array()[i].if_object();
      const auto* assign = element != nullptr ? object_at(*element, "Assign") : nullptr;
      if (assign == nullptr) continue;
      visit(*assign, location + "/" + field + "[" + std::to_string(i) + "]/Assign");
    }
  }
}

// Every machine within a state that sees its variables: a distributed Map's does not.
void for_each_inner(const json::object& state, const std::string& location, const Visit& visit) {
  for (const std::string field : {"ItemProcessor", "Iterator"}) {
    if (const auto* inner = object_at(state, field)) visit(*inner, location + "/" + field);
  }
  const json::value* branches = state.if_contains("Branches");
  if (branches == nullptr || !branches->is_array()) return;
  for (std::size_t i = 0; i < branches->get_array().size(); ++i) {
    const json::object* inner = branches->get_array()[i].if_object();
    if (inner == nullptr) continue;
    visit(*inner, location + "/Branches[" + std::to_string(i) + "]");
  }
}

bool is_distributed(const json::object& machine) {
  const json::object* config = object_at(machine, "ProcessorConfig");
  const json::value* mode = config != nullptr ? config->if_contains("Mode") : nullptr;
  return mode != nullptr && *mode == "DISTRIBUTED";
}

std::string plain_name(std::string_view field) {
  if (field.ends_with(".$")) field.remove_suffix(2);
  return std::string(field);
}

void check_names(const json::object& assign, const std::string& location, const Names& outer,
                 Names& own, Diagnostics& diagnostics) {
  for (const auto& [field, value] : assign) {
    const std::string name = plain_name(field);
    const std::string place = location + "/" + std::string(field);
    if (!is_name(name)) {
      diagnostics.schema("'" + name + "' is not a valid name of a variable", place);
    } else if (outer.contains(name)) {
      diagnostics.schema("The variable '" + name + "' is assigned in an outer scope already",
                         place);
    }
    own.insert(name);
  }
}

// Calls itself no deeper than JSON may be nested (kDepthMax).
void check_machine(const json::object& machine, const std::string& location, const Names& outer,
                   Diagnostics& diagnostics) {
  const json::object* states = object_at(machine, "States");
  if (states == nullptr) return;
  Names seen = is_distributed(machine) ? Names() : outer;
  Names own;
  const auto for_each_state = [&](const Visit& visit) {
    for (const auto& [name, state] : *states) {
      if (!state.is_object()) continue;
      visit(state.get_object(), location + "/States/" + std::string(name));
    }
  };
  for_each_state([&](const json::object& state, const std::string& place) {
    for_each_assign(state, place, [&](const json::object& assign, const std::string& at) {
      check_names(assign, at, seen, own, diagnostics);
    });
  });
  seen.merge(own);
  for_each_state([&](const json::object& state, const std::string& place) {
    for_each_inner(state, place, [&](const json::object& inner, const std::string& at) {
      check_machine(inner, at, seen, diagnostics);
    });
  });
}

}  // namespace

void check_variables(const json::object& machine, const std::string& location,
                     Diagnostics& diagnostics) {
  check_machine(machine, location, {}, diagnostics);
}

}  // namespace doorbuster::states
