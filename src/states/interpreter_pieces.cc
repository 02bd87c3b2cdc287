// The pieces of an execution that are no frame's:
//
//   core     what changes with every step
//   birth    what it was begun with
//   output   of one that succeeded
#include <boost/json.hpp>
#include <stdexcept>
#include <utility>

#include "states/interpreter.h"
#include "states/json_text.h"
#include "states/stored_time.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

std::string read_text(const json::value& value) {
  return std::string(value.as_string());
}

}  // namespace

Execution::Changes Interpreter::take_changes() {
  Changes changes;
  if (std::exchange(core_changed_, false)) take_core(changes);
  if (std::exchange(birth_changed_, false)) {
    const json::array birth{identity_.execution_arn,
                            identity_.execution_name,
                            identity_.state_machine_arn,
                            identity_.state_machine_name,
                            identity_.role_arn,
                            stored_time(identity_.started),
                            identity_.redrives,
                            input_.value,
                            identity_.express};
    changes.emplace_back("birth", to_stored(birth));
  }
  if (std::exchange(output_changed_, false)) {
    changes.emplace_back("output", "[" + output_.text + "]");
  }
  frames_.take_changes(changes);
  return changes;
}

void Interpreter::take_core(Changes& out) {
  json::array ready(ready_.begin(), ready_.end());
  const json::array core{
      static_cast<int>(status_), history_.last(),  next_task_, stored_time(deadline_),
      stored_time(resume_at_),   std::move(ready), error_,     cause_};
  out.emplace_back("core", to_stored(core));
}

Interpreter::Interpreter(std::shared_ptr<const Definition> definition, const Pieces& pieces)
    : definition_(std::move(definition)) {
  bool has_core = false;
  for (const auto& [key, bytes] : pieces) {
    const auto piece = from_stored(bytes);
    if (!piece || !piece->is_array()) throw std::runtime_error("piece " + key + " is damaged");
    const json::array& fields = piece->get_array();
    if (key == "core") {
      restore_core(fields);
      has_core = true;
    } else if (key == "birth") {
      restore_birth(fields);
    } else if (key == "output") {
      output_ = {.value = fields.at(0), .text = to_text(fields.at(0))};
    } else if (!frames_.restore(key, *piece, *definition_)) {
      throw std::runtime_error("piece " + key + " is not one of an execution");
    }
  }
  if (!has_core) throw std::runtime_error("an execution has no core");
  frames_.finish_restore();
  frames_.for_each([this](Frame& frame) {
    timers_.set(frame.id, frame.alarm());
    if (frame.task != 0) tasks_[frame.task] = frame.id;
    if (!frame.fork) return;
    for (const auto& [task, part] : frame.fork->tasks) tasks_[task] = frame.id;
  });
}

void Interpreter::restore_core(const json::array& core) {
  const auto status = core.at(0).to_number<std::uint64_t>();
  if (status > static_cast<std::uint64_t>(Status::aborted)) {
    throw std::runtime_error("an execution has a status that there is not");
  }
  status_ = static_cast<Status>(status);
  history_.restore(core.at(1).as_int64());
  next_task_ = core.at(2).to_number<TaskId>();
  deadline_ = read_time(core.at(3));
  resume_at_ = read_time(core.at(4));
  for (const json::value& id : core.at(5).as_array()) ready_.push_back(id.to_number<FrameId>());
  error_ = read_text(core.at(6));
  cause_ = read_text(core.at(7));
}

void Interpreter::restore_birth(const json::array& birth) {
  identity_ = {.execution_arn = read_text(birth.at(0)),
               .execution_name = read_text(birth.at(1)),
               .state_machine_arn = read_text(birth.at(2)),
               .state_machine_name = read_text(birth.at(3)),
               .role_arn = read_text(birth.at(4)),
               .started = read_time(birth.at(5)).value(),
               .redrives = birth.at(6).as_int64(),
               .express = birth.at(8).as_bool()};
  if (identity_.express) history_.lift_limit();
  input_ = {.value = birth.at(7), .text = to_text(birth.at(7))};
}

}  // namespace doorbuster::states
