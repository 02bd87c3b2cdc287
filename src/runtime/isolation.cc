#include "runtime/isolation.h"

#include <fcntl.h>
#include <linux/securebits.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

namespace doorbuster::runtime {
namespace {

std::string itself(unsigned id) {
  return std::to_string(id) + ' ' + std::to_string(id) + " 1\n";
}

bool write_all(const char* path, std::string_view text) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool done = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int failure = errno;
  close(file);
  errno = failure;
  return done;
}

}  // namespace

Isolation::Isolation(std::filesystem::path hidden)
    : hidden_(std::move(hidden)), users_(itself(geteuid())), groups_(itself(getegid())) {}

int Isolation::enter() const {
  // A group can be mapped by whoever can't drop one (user_namespaces(7)).
  const bool entered =
      unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && write_all("/proc/self/setgroups", "deny") &&
      write_all("/proc/self/uid_map", users_) && write_all("/proc/self/gid_map", groups_);
  if (!entered) return errno;
  constexpr unsigned long kFlags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (!hidden_.empty() && mount("none", hidden_.c_str(), "tmpfs", kFlags, "size=4k") != 0) {
    return errno;
  }
  // So that the program doesn't have the capabilities, by which root could undo this.
  return prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED) == 0 ? 0 : errno;
}

std::error_code Isolation::refusal(const std::filesystem::path& needed) const {
  const pid_t pid = fork();
  if (pid == 0) {
    int failure = enter();
    if (failure == 0 && access(needed.c_str(), R_OK | X_OK) != 0) failure = errno;
    _exit(failure);
  }
  int status = 0;
  while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (pid < 0) return {errno, std::generic_category()};
  return {WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD, std::generic_category()};
}

}  // namespace doorbuster::runtime
