// A definition, compiled: states that point to each other, paths and templates already parsed.
//
// All of it is immutable once it is compiled.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "states/choice_rule.h"
#include "states/definition.h"
#include "states/error_handling.h"
#include "states/execution.h"
#include "states/expression.h"
#include "states/json_path.h"
#include "states/payload_template.h"
#include "states/timestamp.h"

namespace doorbuster::states {

struct State;

// States that lead from one to another: the whole, a branch, or what a Map runs for each item.
struct Machine {
  const State* start = nullptr;
};

// A number that stands in the definition, or is computed by a path or a template's expression.
struct Amount {
  double constant = 0;
  std::optional<JsonPath> path;
  std::string field;  // "TimeoutSecondsPath"
  double least = 0;   // what a path leads to must be within the same as a constant
  double most = 0;
};

// InputPath, OutputPath: a path, "$" by default; null makes the data an empty object.
struct DataFilter {
  std::optional<JsonPath> path;  // none: the data as they are
  bool discards = false;
};

struct PassState {
  std::optional<boost::json::value> result;
};

struct TaskState {
  Resource resource;
  std::optional<Amount> timeout_s;
  std::optional<Amount> heartbeat_s;
  std::optional<PayloadTemplate> credentials;
};

struct ChoiceState {
  struct Rule {
    ChoiceCondition condition;
    const State* next = nullptr;
    std::optional<PayloadTemplate> assign;
  };
  std::vector<Rule> rules;
  const State* otherwise = nullptr;
};

struct WaitState {
  std::optional<Amount> seconds;
  std::optional<Timestamp> until;
  std::optional<JsonPath> until_path;
};

struct ParallelState {
  std::vector<Machine> branches;
};

// Where a distributed Map's items come from, if not from its input.
struct ItemReader {
  enum class Format : unsigned char { listing, json, jsonl, csv };

  Resource resource;
  Format format = Format::json;
  PayloadTemplate parameters;
  std::optional<std::vector<std::string>> headers;  // of a CSV file without any
  char delimiter = ',';
  std::optional<Amount> items_max;
  std::string items_pointer;  // where in a JSON file the array is (RFC 6901)
};

struct ResultWriter {
  bool exports = false;  // to S3, by what follows; if not, the results are the state's own
  Resource resource;
  PayloadTemplate parameters;
  std::string transformation = "NONE";  // COMPACT, FLATTEN
  std::string output_type = "JSON";     // JSONL
};

struct ItemBatcher {
  std::optional<Amount> items_max;
  std::optional<Amount> bytes_max;
  std::optional<PayloadTemplate> input;
};

struct MapState {
  Machine processor;  // of an inline Map
  // Of a distributed one: what each child execution runs.
  std::shared_ptr<const Definition> child;
  std::string label;
  std::optional<JsonPath> items;
  std::optional<PayloadTemplate> selector;
  std::optional<ItemReader> reader;
  std::optional<ResultWriter> writer;
  std::optional<ItemBatcher> batcher;
  std::optional<Amount> concurrency_max;
  std::optional<Amount> tolerated_count;
  std::optional<Amount> tolerated_percentage;
};

struct SucceedState {};

struct FailState {
  std::optional<std::string> error;
  std::optional<std::string> cause;
  std::optional<Expression> error_path;
  std::optional<Expression> cause_path;
};

struct State {
  std::string name;
  std::string type;             // as the definition has it: "Task"
  std::size_t number = 0;       // among all of the definition
  const State* next = nullptr;  // none: it ends its machine

  DataFilter input;
  std::optional<PayloadTemplate> parameters;
  std::optional<PayloadTemplate> result_selector;
  std::optional<JsonPath> result_path;  // none: as result_discarded says
  bool result_discarded = false;
  DataFilter output;
  std::optional<PayloadTemplate> assign;
  std::vector<Retrier> retriers;
  std::vector<Catcher> catchers;

  std::variant<PassState, TaskState, ChoiceState, WaitState, ParallelState, MapState, SucceedState,
               FailState>
      what;
};

class Definition {
 public:
  Machine machine;
  std::optional<std::int64_t> timeout_s;
  bool express = false;  // of a distributed Map's children, if they are
  // Those of all branches and inline processors too; a state's number is its place here.
  std::vector<std::unique_ptr<State>> states;
};

}  // namespace doorbuster::states
