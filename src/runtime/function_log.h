// What functions print, on disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/async.h"
#include "runtime/descriptor.h"

namespace doorbuster::runtime {

// A function's log: a file of lines, each "2026-11-27T08:00:00.000Z<TAB>TEXT". When it is full it
// takes the place of PATH.1, so that the disk holds at most two of them. What can't be written is
// lost and says nothing: a full disk must not stop the function. One thread.
class FunctionLog {
 public:
  static constexpr std::uint64_t kBytesMax = 8 << 20;

  FunctionLog(std::filesystem::path path, const cloud::Clock& clock,
              std::uint64_t bytes_max = kBytesMax);

  // A line without its end.
  void add(std::string_view line);
  // Hands what was added to the system.
  void flush();

 private:
  void open();
  void rotate();

  const std::filesystem::path path_;
  const cloud::Clock& clock_;
  const std::uint64_t bytes_max_;
  Descriptor file_;
  std::uint64_t size_ = 0;
  std::string pending_;
};

// The last lines of a log, at most so many of the last MiB, the latest last; nothing if there is no
// log. Any thread.
std::optional<std::vector<std::string>> last_lines(const std::filesystem::path& path,
                                                   std::size_t max);

// What one process prints, cut into lines: all of it goes through the function's log, up to a limit
// for each call, and the end of a call's is kept for its LogTail. One thread.
class Output {
 public:
  static constexpr std::size_t kTailMax = 4096;
  static constexpr std::size_t kLineMax = 16 << 10;  // bytes; a longer line becomes several
  static constexpr std::uint64_t kCallMax = 1 << 20;

  explicit Output(FunctionLog& log) : log_(log) {}

  void begin_call();
  // What the process has written.
  void write(std::string_view bytes);
  // Lines of our own about the call, which no limit holds back.
  void say(std::string_view line);
  // At the end of a call: what is left of a line becomes one.
  void flush();
  std::string tail() const;

 private:
  void keep_tail(std::string_view bytes);
  void add_lines(std::string_view bytes);

  FunctionLog& log_;
  std::string partial_;  // of a line
  std::string tail_;     // up to twice kTailMax, so that it is seldom moved
  std::uint64_t written_ = 0;
};

}  // namespace doorbuster::runtime
