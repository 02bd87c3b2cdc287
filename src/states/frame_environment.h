#pragma once

#include "states/interpreter.h"
#include "states/scope.h"

namespace doorbuster::states {

// What the state of one frame can see. Lives no longer than the frame.
class Interpreter::FrameEnvironment final : public Environment {
 public:
  FrameEnvironment(Interpreter& interpreter, const Frame& frame)
      : interpreter_(interpreter), frame_(frame) {}
  // While a task is made, whose token it can see.
  FrameEnvironment(Interpreter& interpreter, const Frame& frame, TaskId task)
      : interpreter_(interpreter), frame_(frame), task_(task) {}

  // While the input of a Map's part is made, whose item it can see.
  void set_part(std::size_t part) { part_ = part; }

  const boost::json::value& context() override;
  const boost::json::value* variable(std::string_view name) override;
  std::uint64_t random() override;

 private:
  Interpreter& interpreter_;
  const Frame& frame_;
  std::optional<TaskId> task_;
  std::optional<std::size_t> part_;
};

}  // namespace doorbuster::states
