// JSON as text, where data that can't be written fail their state.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "documents/json_text.h"
#include "states/failure.h"

namespace doorbuster::states {

using documents::append_number;
using documents::from_text;

// Throws Failure if the value is nested too deeply.
inline std::string to_text(const boost::json::value& value) {
  try {
    return documents::to_text(value);
  } catch (const documents::TooDeep& e) {
    throw runtime_failure(e.what());
  }
}

// What is stored has data within it, and so may be nested a little more deeply than they.
inline constexpr std::size_t kStoredDepthMax = documents::kDepthMax + 8;

inline std::string to_stored(const boost::json::value& value) {
  return documents::to_text(value, kStoredDepthMax);
}
inline std::optional<boost::json::value> from_stored(std::string_view text) {
  return documents::from_text(text, kStoredDepthMax);
}

}  // namespace doorbuster::states
