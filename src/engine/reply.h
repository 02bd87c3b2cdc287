// The answer to a command, kept back until what it says is on disk.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>

namespace doorbuster::engine {

// Where a reply waits, so that whoever waits for it can withdraw. Belongs to the writer's thread.
struct Ticket {
  std::uint32_t queue = 0;          // 0: it never waited
  std::uint64_t waiter = 0;         // its number there, never given twice
  std::uint64_t activity_poll = 0;  // of GetActivityTask; 0: it is none
};

class Completion {
 public:
  virtual ~Completion() = default;

  // Hands the outcome to whoever waits for it, on that one's own executor. Called once, on the
  // writer's thread, after the turn that produced it has been synced.
  virtual void release() noexcept = 0;

  // Replaces the outcome: the turn could not be written.
  void fail(std::exception_ptr why) { error = std::move(why); }

  std::exception_ptr error;
  std::shared_ptr<Ticket> ticket;  // null unless whoever waits can withdraw
};

template <class T>
class Reply : public Completion {
 public:
  T value{};
};

// The result of an operation that answers nothing but that it was done.
struct Done {};

}  // namespace doorbuster::engine
