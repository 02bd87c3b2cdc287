// The pieces of an execution that are no frame's:
//
//   core     what changes with every step
//   output   of one that succeeded
#include <boost/json.hpp>
#include <stdexcept>
#include <utility>

#include "states/interpreter.h"
#include "states/json_text.h"
#include "states/stored_fields.h"

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
  if (std::exchange(output_changed_, false)) {
    changes.emplace_back("output", "[" + output_.text + "]");
  }
  frames_.take_changes(changes);
  return changes;
}

void Interpreter::take_core(Changes& out) {
  out.emplace_back("core",
                   stored_fields(static_cast<int>(status_), history_.last(), next_task_, deadline_,
                                 resume_at_, ready_, error_, cause_, identity_.redrives));
}

void Interpreter::restore(const Pieces& pieces) {
  bool has_core = false;
  for (const auto& [key, bytes] : pieces) {
    const auto piece = from_stored(bytes);
    if (!piece || !piece->is_array()) throw std::runtime_error("piece " + key + " is damaged");
    const json::array& fields = piece->get_array();
    if (key == "core") {
      restore_core(fields);
      has_core = true;
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
  identity_.redrives = core.at(8).as_int64();
}

}  // namespace doorbuster::states
