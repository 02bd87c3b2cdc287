// A process that runs somebody else's code.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "runtime/descriptor.h"
#include "runtime/isolation.h"

namespace doorbuster::runtime {

struct ProcessOptions {
  std::vector<std::string> command;      // the first one is a path
  std::vector<std::string> environment;  // "NAME=VALUE"; all of it
  std::filesystem::path directory;       // to run in
  std::uint64_t data_bytes = 0;          // RLIMIT_DATA; 0 is no limit
  const Isolation* isolation = nullptr;  // that it enters; null: none
};

// A child in a session and process group of its own, which has nothing of ours: no descriptor, no
// environment, no signal disposition. It ends with this object at the latest, and with the thread
// that made it, even if that one is killed. What it has started itself, daemons too, ends with it,
// but lives on if we are killed.
class Process {
 public:
  // Starts it; both its standard output and its standard error go to `output`. Throws
  // std::system_error: with the category exec_category() if the command can't be executed, with the
  // system's if there can't be another process, or not in isolation.
  Process(const ProcessOptions& options, const Descriptor& output);
  Process(Process&&) = delete;
  ~Process();

  static const std::error_category& exec_category();

  // Ends it and all of its group that are left. Any number of times.
  void kill();

  // Readable once the process has ended. Owned by this object.
  int descriptor() const { return descriptor_.get(); }

  // Waits for the end and says how it came about, as Lambda does: "exit status 1",
  // "signal: killed"; empty if all was well. Kills what it has left behind.
  std::string wait();

  // The most memory that it has had, in bytes; 0 if it has ended.
  std::uint64_t memory_peak() const;

 private:
  pid_t pid_ = -1;  // until wait()
  std::string end_;
  Descriptor descriptor_;
};

}  // namespace doorbuster::runtime
