// Makes a definition's text into states, and finds all that is wrong with it on the way.
#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "states/diagnostics.h"
#include "states/field_reader.h"
#include "states/machine.h"
#include "states/transitions.h"

namespace doorbuster::states {

// What the parsing of all machines of a definition shares.
struct ParseContext {
  Diagnostics& diagnostics;
  std::set<std::string> names;          // of states: unique across all of it
  std::set<std::string> labels;         // that distributed Maps were given
  std::vector<State*> unlabelled = {};  // those that were given none
};

// JSONata has no engine here, so that a definition which asks for it is refused.
void parse_query_language(FieldReader& fields);

// A machine: "StartAt" and "States" among the fields of `fields`. Its states go to `definition`.
Machine parse_machine(FieldReader& fields, Definition& definition, ParseContext& context,
                      std::size_t depth);

// Gives a label of their own to the Maps that the definition gives none, once all of it is parsed.
void label_maps(ParseContext& context);

// What a state is parsed with.
struct StateParser {
  FieldReader& fields;
  State& state;
  Transitions& transitions;
  Definition& definition;
  ParseContext& context;
  std::size_t depth;

  // All of a state but its name.
  void parse();

 private:
  void parse_body();
  void parse_pass();
  void parse_task();
  void parse_choice();
  void parse_wait();
  void parse_parallel();
  void parse_map();
  void parse_succeed();
  void parse_fail();

  void parse_input_and_output();
  void parse_result_path();
  void parse_next();
  void parse_retriers();
  void parse_catchers();

  Retrier parse_retrier(FieldReader& retrier);
  Catcher parse_catcher(FieldReader& catcher);
  ChoiceState::Rule parse_rule(FieldReader& rule);
  ChoiceCondition parse_condition(FieldReader& condition, std::size_t nesting);
  ChoiceCondition parse_comparison(FieldReader& condition);
  void parse_conditions(FieldReader& parent, const char* field, ChoiceCondition& into,
                        std::size_t nesting);

  void parse_processor(MapState& map, const char* field);
  void parse_child(MapState& map, FieldReader& processor, bool express);
  void parse_label(MapState& map);
  std::optional<ItemReader> parse_reader();
  void parse_reader_config(ItemReader& reader, FieldReader& config);
  std::optional<ResultWriter> parse_writer();
  void parse_writer_config(ResultWriter& writer, FieldReader& config);
  std::optional<ItemBatcher> parse_batcher();
};

}  // namespace doorbuster::states
