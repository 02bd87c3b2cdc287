#include "runtime/family.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace doorbuster::runtime {
namespace {

namespace fs = std::filesystem;

// How often we look for what the orphans have started meanwhile.
constexpr int kRoundsMax = 100;

struct Relation {
  pid_t parent = 0;
  pid_t session = 0;
};

// From "PID (NAME) STATE PARENT GROUP SESSION ..."; a name may have anything in it.
Relation relation_of(const fs::path& process) {
  std::ifstream file(process / "stat");
  std::string text;
  std::getline(file, text, '\0');
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};  // it is gone
  std::istringstream fields(text.substr(name_end + 1));
  char state = 0;
  pid_t group = 0;
  Relation relation;
  fields >> state >> relation.parent >> group >> relation.session;
  return relation;
}

}  // namespace

Family& Family::ours() {
  static Family family;
  return family;
}

pid_t Family::start(const std::function<pid_t()>& launch) {
  const std::lock_guard lock(mutex_);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const pid_t pid = launch();
  if (pid > 0) members_.insert(pid);
  return pid;
}

void Family::ended(pid_t member) {
  const std::lock_guard lock(mutex_);
  members_.erase(member);
  for (int round = 0; round < kRoundsMax; ++round) {
    auto left = orphans();
    std::erase_if(left, [](pid_t pid) { return kill(pid, SIGKILL) != 0; });
    if (left.empty()) return;
    for (const pid_t pid : left) waitid(P_PID, static_cast<id_t>(pid), nullptr, WEXITED | __WALL);
  }
}

std::vector<pid_t> Family::orphans() const {
  std::vector<pid_t> all;
  std::error_code failure;
  for (fs::directory_iterator at("/proc", failure), end; !failure && at != end;
       at.increment(failure)) {
    const std::string name = at->path().filename();
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc()) continue;
    const auto [parent, session] = relation_of(at->path());
    if (parent == getpid() && session != getsid(0) && !members_.contains(pid)) all.push_back(pid);
  }
  return all;
}

}  // namespace doorbuster::runtime
