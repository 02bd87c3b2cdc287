// What keeps functions from looking into each other, and into us.
#pragma once

#include <filesystem>
#include <string>
#include <system_error>

namespace doorbuster::runtime {

// Whoever enters has a user namespace of its own, in which it is the user that it was. The kernel
// lets nobody read the environment or the memory of a process in a namespace beside its own, not
// even the same user ("Ptrace access mode checking" in ptrace(2)); and nobody in there has
// capabilities, not even root. In a mount namespace of its own, one directory is seen as an empty
// one. Otherwise it has the machine's files and network.
class Isolation {
 public:
  // `hidden` is a directory; empty: none.
  explicit Isolation(std::filesystem::path hidden);

  // Why a process that has entered could not work here, for it needs what is in the directory
  // `needed`; no error if it could. Containers, for one, often refuse namespaces. Forks.
  std::error_code refusal(const std::filesystem::path& needed) const;

  // For a new process before it becomes another program: system calls only. Returns errno if it
  // can't; the process is of no use then.
  int enter() const;

 private:
  const std::filesystem::path hidden_;
  const std::string users_;   // what /proc/PID/uid_map is to be
  const std::string groups_;  // and gid_map
};

}  // namespace doorbuster::runtime
