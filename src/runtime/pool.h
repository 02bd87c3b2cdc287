// The processes of one revision of a function.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "runtime/sandbox.h"

namespace doorbuster::runtime {

// One thread.
class Pool {
 public:
  explicit Pool(const boost::asio::any_io_executor& executor) : unpacked_(executor) {}

  // Idle ones that still live, the one that was used last at the back.
  std::vector<std::shared_ptr<Sandbox>>& idle() { return idle_; }

  // Takes the one that was used last; null if there is none that lives.
  std::shared_ptr<Sandbox> take();
  void give_back(std::shared_ptr<Sandbox> sandbox);

  // Ends those that have been idle since before `time`.
  void end_idle_since_before(SteadyTime time);
  // Ends what is idle now, and what is given back from now on.
  void retire();

  // The code, unpacked by `unpack` for whoever comes first while the others wait.
  template <class Unpack>
  cloud::Async<std::shared_ptr<Code>> code(Unpack unpack);

 private:
  std::vector<std::shared_ptr<Sandbox>> idle_;
  bool retired_ = false;
  bool unpacking_ = false;
  std::shared_ptr<Code> code_;
  Signal unpacked_;
};

template <class Unpack>
cloud::Async<std::shared_ptr<Code>> Pool::code(Unpack unpack) {
  auto done = [this] { return !unpacking_; };
  co_await unpacked_.wait(std::move(done));
  if (code_) co_return code_;
  unpacking_ = true;
  std::exception_ptr failure;
  try {
    code_ = co_await unpack();
  } catch (...) {
    failure = std::current_exception();
  }
  unpacking_ = false;
  unpacked_.notify_all();
  if (failure) std::rethrow_exception(failure);
  co_return code_;
}

}  // namespace doorbuster::runtime
