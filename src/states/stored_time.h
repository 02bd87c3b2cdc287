// A time, or none, as the pieces of an execution have it: milliseconds since 1970, or null.
#pragma once

#include <boost/json/value.hpp>
#include <optional>

#include "states/execution.h"

namespace doorbuster::states {

inline boost::json::value stored_time(const std::optional<Time>& time) {
  if (!time) return nullptr;
  return time->time_since_epoch().count();
}

// Throws if it is neither.
inline std::optional<Time> read_time(const boost::json::value& value) {
  if (value.is_null()) return std::nullopt;
  return Time(std::chrono::milliseconds(value.as_int64()));
}

}  // namespace doorbuster::states
