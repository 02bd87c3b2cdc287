#include "runtime/wording.h"

#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>

namespace doorbuster::runtime {
namespace {

std::string two_digits(double value) {
  std::array<char, 40> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.2f", value);
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

std::string error_json(std::string_view type, std::string_view message) {
  boost::json::object error;
  error["errorType"] = boost::json::string_view(type.data(), type.size());
  error["errorMessage"] = boost::json::string_view(message.data(), message.size());
  return boost::json::serialize(error);
}

std::string request_error(std::string_view request_id, std::string_view what) {
  return std::string("RequestId: ").append(request_id).append(" Error: ").append(what);
}

std::string timed_out(std::chrono::milliseconds limit) {
  return "Task timed out after " + two_digits(static_cast<double>(limit.count()) / 1000) +
         " seconds";
}

std::string exited(std::string_view how) {
  if (how.empty()) return "Runtime exited without providing a reason";
  return std::string("Runtime exited with error: ").append(how);
}

std::string report_line(const Report& report) {
  std::string line = std::string("REPORT RequestId: ").append(report.request_id);
  line += "\tDuration: " + two_digits(report.duration.count()) + " ms";
  line += "\tBilled Duration: " + std::to_string(std::lround(std::ceil(report.duration.count()))) +
          " ms";
  line += "\tMemory Size: " + std::to_string(report.memory_size) + " MB";
  line += "\tMax Memory Used: " + std::to_string(report.memory_used >> 20) + " MB";
  if (report.init_duration) {
    line += "\tInit Duration: " + two_digits(report.init_duration->count()) + " ms";
  }
  if (!report.status.empty()) line.append("\tStatus: ").append(report.status);
  if (!report.error_type.empty()) line.append("\tError Type: ").append(report.error_type);
  return line;
}

}  // namespace doorbuster::runtime
