// The processes that we have started, and what they leave behind.
#pragma once

#include <sys/types.h>

#include <functional>
#include <mutex>
#include <set>
#include <vector>

namespace doorbuster::runtime {

// A member is to be a child subreaper (prctl(2)): whatever its descendants leave behind, daemons
// with sessions of their own too, becomes its child, and when it ends, ours. So those of our
// children that are in a session of their own and are no members are orphans of one that has ended.
// A member that never waits for children keeps what is left of such daemons as zombies until it
// ends. As process 1 of a container we are given everybody's daemons, and end those, too. Any
// thread.
class Family {
 public:
  // This process's; it becomes a subreaper with the first member.
  static Family& ours();

  // `launch` makes the child, and returns its number, or one below 0 if it can't.
  pid_t start(const std::function<pid_t()>& launch);
  // It has been waited for: it is no member any more, and its orphans end.
  void ended(pid_t member);

 private:
  std::vector<pid_t> orphans() const;

  std::mutex mutex_;  // guards what follows
  std::set<pid_t> members_;
};

}  // namespace doorbuster::runtime
