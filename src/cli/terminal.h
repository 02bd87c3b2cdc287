// How the commands speak to a person.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace doorbuster::cli {

// 1234567 -> "1,234,567".
std::string grouped(std::int64_t number);
// "7352354.174" -> "7,352,354.174".
std::string grouped(std::string_view decimal);

// "0.4 s", "12 s", "3 min 20 s".
std::string duration(double seconds);

// A bar of `width` columns at the most, in eighths of a column.
std::string bar(double share, int width);

// Wraps the text in an SGR code ("1" bold, "2" dim, "32" green, "31" red, "33" yellow) if the
// stream is a terminal and NO_COLOR is not set. https://no-color.org
std::string styled(std::FILE* stream, std::string_view code, std::string_view text);

// Columns as wide as their widest cell. A column is right-aligned if its heading begins with '>'.
class Table {
 public:
  explicit Table(std::vector<std::string> headings);
  void row(std::vector<std::string> cells);
  std::string str() const;

 private:
  std::vector<std::vector<std::string>> rows_;
  std::vector<bool> right_;
};

// The columns that a text takes on a terminal: its characters, not its bytes.
std::size_t columns(std::string_view text);

// Asks the person at the terminal; only "y" and "yes" are one. Throws CommandError if nobody is
// there to ask: `what` says what must then be confirmed with --yes.
bool confirmed(const std::string& question, const std::string& what);

// Ctrl-C and its like are noted from now on, for the program to end in order.
void catch_stop_signals();
// The signal that came; 0 if none has.
int stop_signal();

// Whoever reads what this program says may go: what is said then is lost, and the program goes on.
void outlive_readers();

// One line at the bottom of the terminal that is drawn again and again; where standard error is no
// terminal, a line every few seconds. Lines for the operator go above it. Any thread.
class Progress {
 public:
  explicit Progress(bool quiet) : quiet_(quiet) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Draws it, if it is time to.
  void show(std::string_view line);
  void note(std::string_view line);
  void clear();

 private:
  const bool quiet_;
  std::mutex mutex_;  // guards what follows, and the stream
  std::string shown_;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace doorbuster::cli
