#include <boost/json.hpp>

#include "documents/utf8.h"
#include "states/definition_parser.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

constexpr std::size_t kMachinesNestedMax = 16;
constexpr std::size_t kStateNameMax = 80;  // characters, AWS's limit

void check_name(const std::string& name, const std::string& location, ParseContext& context) {
  if (name.empty() || documents::count_characters(name) > kStateNameMax) {
    context.diagnostics.error("INVALID_STATE_NAME",
                              "State names must have between 1 and 80 characters", location);
  }
  if (!context.names.insert(name).second) {
    context.diagnostics.error("DUPLICATE_STATE_NAME", "Duplicate State name: " + name, location);
  }
}

// The states without their fields, so that those can point to each other.
std::vector<State*> add_states(const json::object& sources, Definition& definition,
                               Transitions& transitions) {
  std::vector<State*> states;
  for (const auto& [name, source] : sources) {
    auto state = std::make_unique<State>();
    state->name = name;
    state->number = definition.states.size();
    transitions.add(state.get());
    states.push_back(state.get());
    definition.states.push_back(std::move(state));
  }
  return states;
}

}  // namespace

void parse_query_language(FieldReader& fields) {
  const json::value* language = fields.any("QueryLanguage");
  if (language != nullptr && *language == "JSONata") {
    fields.diagnostics().schema("The QueryLanguage 'JSONata' is not supported: use 'JSONPath'",
                                fields.location("QueryLanguage"));
    return;
  }
  fields.word("QueryLanguage", {"JSONPath"});
}

Machine parse_machine(FieldReader& fields, Definition& definition, ParseContext& context,
                      std::size_t depth) {
  if (depth > kMachinesNestedMax) {
    context.diagnostics.error("TOO_DEEPLY_NESTED", "The states are too deeply nested",
                              fields.location());
    return {};
  }
  fields.require({"States", "StartAt"});
  const auto start = fields.string("StartAt");
  const json::object* sources = fields.object("States");
  if (sources == nullptr) return {};
  if (sources->empty()) {
    context.diagnostics.schema("Value cannot be empty", fields.location("States"));
    return {};
  }

  Transitions transitions(fields.location(), context.diagnostics);
  const std::vector<State*> states = add_states(*sources, definition, transitions);
  Machine machine;
  if (start) machine.start = transitions.follow(nullptr, *start, fields.location("StartAt"));
  auto state = states.begin();
  for (const auto& [name, source] : *sources) {
    const std::string location = fields.location("States/" + std::string(name));
    check_name(name, location, context);
    if (!source.is_object()) {
      context.diagnostics.schema("Expected value of type Object", location);
    } else {
      FieldReader state_fields(source.get_object(), location, context.diagnostics);
      StateParser{state_fields, **state, transitions, definition, context, depth}.parse();
    }
    ++state;
  }
  if (start) transitions.check();
  return machine;
}

}  // namespace doorbuster::states
