// The frames of an execution and the pieces that they are stored in.
//
//   f/ID         where the frame is
//   d/ID         its input
//   v/ID         its variables, if it has any
//   t/ID         what its task was given
//   m/ID         what its Parallel or Map works on
//   l/ID         how its Map may run that
//   r/ID/PART    how a part of that ended
//   c/ID/TASK    which part a task of a distributed Map is
//
// A piece is JSON. ID and the rest are decimal numbers.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "states/execution.h"
#include "states/frame.h"

namespace doorbuster::states {

class Frames {
 public:
  // Which pieces of a frame have changed.
  enum Piece : unsigned {
    kPlace = 1,
    kData = 2,
    kTask = 4,
    kFork = 8,
    kVariables = 16,
    kLimits = 32,
  };

  Frame& add(FrameId parent, std::size_t part);
  // Its children must be gone already.
  void remove(Frame& frame);

  Frame& at(FrameId id) { return *frames_.at(id).frame; }
  const Frame& at(FrameId id) const { return *frames_.at(id).frame; }
  // nullptr if it is gone.
  Frame* find(FrameId id);
  // In the order in which they came to be, both; ids() is for whoever may remove some on the way.
  std::vector<FrameId> ids() const;
  template <typename Visit>
  void for_each(Visit visit) {
    for (auto& [id, entry] : frames_) visit(*entry.frame);
  }
  template <typename Visit>
  void for_each(Visit visit) const {
    for (const auto& [id, entry] : frames_) visit(std::as_const(*entry.frame));
  }
  bool empty() const { return frames_.empty(); }

  // Variables get new values. None is nested too deeply.
  void assign(Frame& frame, const boost::json::object& values);
  // Of all frames' variables.
  std::size_t variable_bytes() const { return variable_bytes_; }

  // Every other change has to be told.
  void changed(const Frame& frame, unsigned pieces = kPlace);
  void drop_task(const Frame& frame);
  void drop_fork(Frame& frame);
  void outcome_changed(const Frame& frame, std::size_t part);
  void task_changed(const Frame& frame, TaskId task);

  // Appends what has changed since the last time.
  void take_changes(Execution::Changes& out);
  // Takes one piece of those that take_changes() gave; false if it is no frame's. Call
  // finish_restore() after the last.
  bool restore(const std::string& key, const boost::json::value& piece,
               const Definition& definition);
  void finish_restore();

 private:
  struct Entry {
    std::unique_ptr<Frame> frame;
    unsigned changed = 0;
    unsigned stored = 0;
  };

  void drop(Entry& entry, unsigned pieces);
  void set_variables(Frame& frame, const boost::json::object& values);

  std::map<FrameId, Entry> frames_;
  FrameId next_ = kRootFrame;
  std::size_t variable_bytes_ = 0;
  std::set<FrameId> changed_;
  // Of outcomes and tasks, by key: what has changed, and what is stored.
  std::map<std::string, std::pair<FrameId, std::uint64_t>> changed_parts_;
  std::set<std::string> stored_parts_;
  std::vector<std::string> dropped_;
};

}  // namespace doorbuster::states
