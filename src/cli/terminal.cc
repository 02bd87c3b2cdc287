#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <iostream>

#include "cli/data_directory.h"

namespace doorbuster::cli {
namespace {

constexpr std::chrono::milliseconds kDrawEvery{100};
constexpr std::chrono::seconds kPrintEvery{2};

bool is_terminal(std::FILE* stream) {
  return isatty(fileno(stream)) == 1;
}

std::size_t terminal_width() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

volatile std::sig_atomic_t caught_signal = 0;

std::string first_columns(std::string_view text, std::size_t width) {
  std::size_t end = 0;
  for (std::size_t taken = 0; end < text.size(); ++end) {
    const bool begins = (static_cast<unsigned char>(text[end]) & 0xc0) != 0x80;
    if (begins && taken++ == width) break;
  }
  return std::string(text.substr(0, end));
}

}  // namespace

std::string grouped(std::string_view decimal) {
  const std::size_t point = std::min(decimal.find('.'), decimal.size());
  std::string text;
  for (std::size_t i = 0; i < decimal.size(); ++i) {
    const bool inside = i > 0 && i < point && decimal[i - 1] != '-';
    if (inside && (point - i) % 3 == 0) text.push_back(',');
    text.push_back(decimal[i]);
  }
  return text;
}

std::string grouped(std::int64_t number) {
  return grouped(std::string_view(std::to_string(number)));
}

std::string duration(double seconds) {
  char text[64];
  if (seconds < 10) {
    std::snprintf(text, sizeof text, "%.1f s", seconds);
  } else if (seconds < 120) {
    std::snprintf(text, sizeof text, "%.0f s", seconds);
  } else {
    const auto whole = static_cast<long>(std::lround(seconds));
    std::snprintf(text, sizeof text, "%ld min %02ld s", whole / 60, whole % 60);
  }
  return text;
}

std::string bar(double share, int width) {
  static constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * width * 8));
  std::string text;
  for (int i = 0; i < eighths / 8; ++i) text += "█";
  return text + kEighths[eighths % 8];
}

std::string styled(std::FILE* stream, std::string_view code, std::string_view text) {
  const char* no_color = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe): never set here
  const bool plain = !is_terminal(stream) || (no_color && *no_color);
  if (plain) return std::string(text);
  return "\x1b[" + std::string(code) + 'm' + std::string(text) + "\x1b[0m";
}

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

Table::Table(std::vector<std::string> headings) {
  for (auto& heading : headings) {
    right_.push_back(heading.starts_with('>'));
    if (right_.back()) heading.erase(0, 1);
  }
  rows_.push_back(std::move(headings));
}

void Table::row(std::vector<std::string> cells) {
  rows_.push_back(std::move(cells));
}

std::string Table::str() const {
  std::vector<std::size_t> widths(right_.size());
  for (const auto& cells : rows_) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      widths[i] = std::max(widths[i], columns(cells[i]));
    }
  }
  std::string text;
  for (const auto& cells : rows_) {
    std::string line = " ";
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string pad(widths[i] - columns(cells[i]), ' ');
      line += ' ' + (right_[i] ? pad + cells[i] : cells[i] + pad) + ' ';
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

bool confirmed(const std::string& question, const std::string& what) {
  if (isatty(STDIN_FILENO) != 1) throw CommandError(2, what + ": confirm it with --yes");
  std::cerr << question << " [y/N] ";
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "yes";
}

void catch_stop_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    std::signal(signal, [](int number) { caught_signal = number; });
  }
}

int stop_signal() {
  return caught_signal;
}

void outlive_readers() {
  std::signal(SIGPIPE, SIG_IGN);
}

void Progress::show(std::string_view line) {
  if (quiet_) return;
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  const bool terminal = is_terminal(stderr);
  const bool first = last_ == std::chrono::steady_clock::time_point{};
  if (!first && now - last_ < (terminal ? std::chrono::milliseconds(kDrawEvery) : kPrintEvery)) {
    return;
  }
  last_ = now;
  if (terminal) {
    shown_ = first_columns(line, terminal_width() - 1);
    std::fprintf(stderr, "\r\x1b[K%s", shown_.c_str());
    std::fflush(stderr);
  } else {
    std::fprintf(stderr, "%s\n", std::string(line).c_str());
  }
}

void Progress::note(std::string_view line) {
  const std::lock_guard lock(mutex_);
  if (!shown_.empty()) std::fputs("\r\x1b[K", stderr);
  std::fprintf(stderr, "%s\n%s", std::string(line).c_str(), shown_.c_str());
  std::fflush(stderr);
}

void Progress::clear() {
  const std::lock_guard lock(mutex_);
  if (!shown_.empty()) std::fputs("\r\x1b[K", stderr);
  shown_.clear();
}

}  // namespace doorbuster::cli
