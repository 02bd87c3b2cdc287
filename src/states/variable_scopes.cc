#include "states/variable_scopes.h"

#include <algorithm>
#include <boost/json.hpp>
#include <functional>
#include <set>
#include <string_view>

#include "documents/json_text.h"
#include "documents/utf8.h"
#include "states/expression.h"

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

// --- What states look at ---

// A member of a state that is a path, and one of a template that is computed.
bool is_computed(std::string_view field, bool in_template) {
  return in_template ? field.ends_with(".$") : field.ends_with("Path") || field == "Variable";
}

bool begins_template(std::string_view field) {
  constexpr std::string_view kTemplates[] = {"Parameters", "ItemSelector", "ResultSelector",
                                             "BatchInput", "Assign",       "Credentials"};
  return std::ranges::find(kTemplates, field) != std::end(kTemplates);
}

// What is no part of the state's own work: machines within it, and data that stay as they are.
bool is_apart(std::string_view field) {
  constexpr std::string_view kApart[] = {"ItemProcessor", "Iterator", "Branches", "Result"};
  return std::ranges::find(kApart, field) != std::end(kApart);
}

void collect_variables(std::string_view text, Names& found) {
  try {
    const auto expression = Expression::parse(text);
    std::vector<const JsonPath*> paths;
    expression.collect_paths(paths);
    for (const JsonPath* path : paths) {
      if (path->root() == JsonPath::Root::variable) found.insert(path->variable());
    }
  } catch (
      const std::runtime_error&) {  // NOLINT(bugprone-empty-catch): no path, as in TimestampPath
  }
}

// Calls itself no deeper than JSON may be nested (kDepthMax).
void collect_variables(const json::value& value, bool in_template, Names& found) {
  if (const auto* array = value.if_array()) {
    for (const json::value& item : *array) collect_variables(item, in_template, found);
  }
  if (!value.is_object()) return;
  for (const auto& [key, member] : value.get_object()) {
    const std::string_view field = key;
    if (!in_template && is_apart(field)) continue;
    if (member.is_string() && is_computed(field, in_template)) {
      collect_variables(member.get_string(), found);
    }
    collect_variables(member, in_template || begins_template(field), found);
  }
}

void collect_references(const json::object& machine,
                        std::map<std::string, std::vector<std::string>>& references) {
  const json::object* states = object_at(machine, "States");
  if (states == nullptr) return;
  for (const auto& [name, state] : *states) {
    Names found;
    collect_variables(state, false, found);
    if (!found.empty()) references[std::string(name)] = {found.begin(), found.end()};
    for_each_inner(state.as_object(), "", [&](const json::object& inner, const std::string&) {
      collect_references(inner, references);
    });
  }
}

}  // namespace

std::map<std::string, std::vector<std::string>> variable_references(std::string_view text) {
  std::map<std::string, std::vector<std::string>> references;
  const auto machine = documents::from_text(text);
  if (machine && machine->is_object()) collect_references(machine->get_object(), references);
  return references;
}

void check_variables(const json::object& machine, const std::string& location,
                     Diagnostics& diagnostics) {
  check_machine(machine, location, {}, diagnostics);
}

}  // namespace doorbuster::states
