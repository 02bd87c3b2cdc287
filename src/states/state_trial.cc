#include "states/state_trial.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "states/json_text.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

constexpr const char* kStateName = "StateName";  // AWS's, of a state without a machine

// The member of that name, if the value is an object and has it.
const json::value* member(const json::value* value, std::string_view name) {
  const json::object* object = value != nullptr ? value->if_object() : nullptr;
  return object != nullptr ? object->if_contains(name) : nullptr;
}

// Null if there is none of that name.
const Detail* find(const Details& details, std::string_view name) {
  const auto found = std::ranges::find(details, name, &Detail::name);
  return found == details.end() ? nullptr : &*found;
}

// The state of that name in a machine, however deep it is.
const json::value* find_state(const json::value* machine, const std::string& name) {
  const json::value* states = member(machine, "States");
  if (const json::value* state = member(states, name)) return state;
  const json::object* all = states != nullptr ? states->if_object() : nullptr;
  if (all == nullptr) return nullptr;
  for (const auto& [key, state] : *all) {
    for (const char* processor : {"ItemProcessor", "Iterator"}) {
      if (const json::value* found = find_state(member(&state, processor), name)) return found;
    }
    const json::value* branches = member(&state, "Branches");
    if (branches == nullptr || !branches->is_array()) continue;
    for (const json::value& branch : branches->get_array()) {
      if (const json::value* found = find_state(&branch, name)) return found;
    }
  }
  return nullptr;
}

void add_target(json::object& states, const json::value* target) {
  if (target == nullptr || !target->is_string()) return;
  const auto& name = target->get_string();
  if (!states.contains(name)) states.emplace(name, json::object{{"Type", "Succeed"}});
}

// Of the state and what it leads to.
json::object machine_around(const std::string& name, const json::value& state) {
  json::object states{{name, state}};
  for (const char* field : {"Next", "Default"}) add_target(states, member(&state, field));
  for (const char* field : {"Choices", "Catch"}) {
    const json::value* rules = member(&state, field);
    if (rules == nullptr || !rules->is_array()) continue;
    for (const json::value& rule : rules->get_array()) add_target(states, member(&rule, "Next"));
  }
  return {{"StartAt", name}, {"States", std::move(states)}};
}

std::string type_of(const json::value& state) {
  const json::value* type = member(&state, "Type");
  return type != nullptr && type->is_string() ? std::string(type->get_string()) : "";
}

}  // namespace

std::optional<TestedState> state_of(std::string_view definition, const std::string& name) {
  const auto parsed = from_text(definition);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  const json::value* state = name.empty() ? &*parsed : find_state(&*parsed, name);
  if (state == nullptr || !state->is_object()) return std::nullopt;
  const json::object machine = machine_around(name.empty() ? kStateName : name, *state);
  return TestedState{to_text(machine), type_of(*state), state->get_object()};
}

bool has_state(const json::object& fork, const std::string& name) {
  const json::value around = json::object{{"States", {{"", fork}}}};
  return find_state(&around, name) != nullptr;
}

StateTrial::StateTrial(std::shared_ptr<const Definition> machine, Setup setup)
    : now_(setup.now),
      seed_(setup.seed),
      context_(std::move(setup.context)),
      mock_(std::move(setup.mock)),
      retries_(setup.retries) {
  report_.steps["input"] = to_text(setup.input);
  report_.variables = setup.variables;
  execution_ = Execution::begin(std::move(machine), std::move(setup.identity),
                                std::move(setup.input), *this, setup.variables);
  go_on();
}

std::optional<TaskOrder> StateTrial::take_task() {
  if (task_) asked_ = task_->id;
  return std::exchange(task_, std::nullopt);
}

void StateTrial::answer(const StandIn& outcome, Time now) {
  now_ = now;
  if (execution_->alarm() && *execution_->alarm() <= now_) {
    execution_->wake(*this);  // it has timed out
  } else if (outcome.result) {
    execution_->succeed(asked_, *outcome.result, *this);
  } else {
    execution_->fail(asked_, outcome.error, outcome.cause, *this);
  }
  go_on();
}

void StateTrial::go_on() {
  while (!over_ && !task_) {
    const auto alarm = execution_->alarm();
    if (!alarm) return;
    now_ = std::max(now_, *alarm);
    execution_->wake(*this);
  }
}

void StateTrial::append(const HistoryEvent& event) {
  if (left_ && report_.next_state.empty() && event.type.ends_with("StateEntered")) {
    report_.next_state = std::get<std::string_view>(find(event.details, "name")->value);
  }
  if (left_ || !event.type.ends_with("StateExited")) return;
  left_ = true;
  over_ = true;
  const bool caught = report_.failure && report_.failure->then == FailedState::Then::caught;
  report_.status = caught ? Status::caught : Status::succeeded;
  if (!caught) report_.failure.reset();
  report_.output = std::get<std::string_view>(find(event.details, "output")->value);
  if (const Detail* assigned = find(event.details, "assignedVariables")) {
    for (const auto& [name, text] : *std::get<const json::object*>(assigned->value)) {
      report_.variables[name] = from_text(text.as_string()).value();
    }
  }
}

void StateTrial::begin(TaskOrder order) {
  if (!left_) task_ = std::move(order);
}

void StateTrial::inspect(std::string_view step, const json::value& data) {
  if (!left_) report_.steps[std::string(step)] = to_text(data);
}

void StateTrial::state_failed(const FailedState& failure) {
  if (left_) return;
  report_.failure = failure;
  report_.status = Status::failed;
  if (failure.then == FailedState::Then::caught) return;
  if (failure.then == FailedState::Then::retries) {
    report_.status = Status::retriable;
    if (retries_-- > 0) return;  // that one is over, too
  }
  over_ = true;
}

}  // namespace doorbuster::states
