// What Lambda says of calls that end badly, and writes into logs about every call.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace doorbuster::runtime {

using Milliseconds = std::chrono::duration<double, std::milli>;

// {"errorType": ..., "errorMessage": ...}.
std::string error_json(std::string_view type, std::string_view message);

// "RequestId: ID Error: WHAT".
std::string request_error(std::string_view request_id, std::string_view what);
// "Task timed out after 3.00 seconds".
std::string timed_out(std::chrono::milliseconds limit);
// Of a process that ended, by Process::wait(): "Runtime exited with error: exit status 1".
std::string exited(std::string_view how);

// The line that ends a call's.
struct Report {
  std::string_view request_id;
  Milliseconds duration{};
  int memory_size = 0;                        // MiB
  std::uint64_t memory_used = 0;              // bytes
  std::optional<Milliseconds> init_duration;  // of a process that was started for it
  std::string_view status;                    // "timeout", "error"; empty if all was well
  std::string_view error_type;
};
std::string report_line(const Report& report);

}  // namespace doorbuster::runtime
