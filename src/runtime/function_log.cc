#include "runtime/function_log.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <deque>
#include <fstream>
#include <system_error>

namespace doorbuster::runtime {
namespace {

constexpr std::streamoff kReadMax = 1 << 20;

std::string timestamp(cloud::Time time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const std::time_t unix_time = std::chrono::system_clock::to_time_t(second);
  std::tm parts{};
  gmtime_r(&unix_time, &parts);
  std::array<char, 24> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 8> fraction{};
  const int digits = std::snprintf(fraction.data(), fraction.size(), ".%03dZ",
                                   static_cast<int>((time - second).count()));
  return std::string(text.data(), size).append(fraction.data(), static_cast<std::size_t>(digits));
}

}  // namespace

FunctionLog::FunctionLog(std::filesystem::path path, const cloud::Clock& clock,
                         std::uint64_t bytes_max)
    : path_(std::move(path)), clock_(clock), bytes_max_(bytes_max) {
  std::error_code ignored;
  std::filesystem::create_directories(path_.parent_path(), ignored);
  open();
}

void FunctionLog::open() {
  file_ = Descriptor(::open(path_.c_str(), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0644));
  struct stat status {};
  const bool known = file_ && fstat(file_.get(), &status) == 0;
  size_ = known ? static_cast<std::uint64_t>(status.st_size) : 0;
}

void FunctionLog::rotate() {
  std::error_code ignored;
  std::filesystem::rename(path_, path_.string() + ".1", ignored);
  open();
}

void FunctionLog::add(std::string_view line) {
  pending_.append(timestamp(clock_.now())).append(1, '\t').append(line).append(1, '\n');
}

void FunctionLog::flush() {
  if (pending_.empty()) return;
  if (size_ > 0 && size_ + pending_.size() > bytes_max_) rotate();
  const auto written = ::write(file_.get(), pending_.data(), pending_.size());
  if (written > 0) size_ += static_cast<std::uint64_t>(written);
  pending_.clear();
}

std::optional<std::vector<std::string>> last_lines(const std::filesystem::path& path,
                                                   std::size_t max) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return std::nullopt;
  const auto size = static_cast<std::streamoff>(file.tellg());
  const auto from = std::max(std::streamoff{0}, size - kReadMax);
  file.seekg(from);
  std::deque<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(std::move(line));
    if (lines.size() > max) lines.pop_front();
  }
  const bool cut = from > 0 && lines.size() < max;  // in the middle of the first
  return std::vector<std::string>(lines.begin() + (cut && !lines.empty() ? 1 : 0), lines.end());
}

void Output::begin_call() {
  tail_.clear();
  written_ = 0;
}

void Output::write(std::string_view bytes) {
  keep_tail(bytes);
  const auto left = static_cast<std::size_t>(kCallMax - written_);
  add_lines(bytes.substr(0, left));
  written_ += std::min(bytes.size(), left);
  if (bytes.size() > left && left > 0) {
    flush();
    log_.add("The rest of what this call prints is not kept: it is more than " +
             std::to_string(kCallMax) + " bytes.");
  }
  log_.flush();
}

void Output::say(std::string_view line) {
  keep_tail(line);
  keep_tail("\n");
  log_.add(line);
  log_.flush();
}

void Output::flush() {
  if (partial_.empty()) return;
  log_.add(partial_);
  partial_.clear();
  log_.flush();
}

std::string Output::tail() const {
  return tail_.size() > kTailMax ? tail_.substr(tail_.size() - kTailMax) : tail_;
}

void Output::keep_tail(std::string_view bytes) {
  if (bytes.size() > kTailMax) bytes.remove_prefix(bytes.size() - kTailMax);
  tail_ += bytes;
  if (tail_.size() > 2 * kTailMax) tail_.erase(0, tail_.size() - kTailMax);
}

void Output::add_lines(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto room = kLineMax - partial_.size();
    if (end != std::string_view::npos && end <= room) {
      log_.add(partial_.append(bytes.substr(0, end)));
      bytes.remove_prefix(end + 1);
      partial_.clear();
    } else {
      partial_.append(bytes.substr(0, room));
      bytes.remove_prefix(std::min(room, bytes.size()));
      if (partial_.size() == kLineMax) {
        log_.add(partial_);
        partial_.clear();
      }
    }
  }
}

}  // namespace doorbuster::runtime
