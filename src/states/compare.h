// Comparing JSON values as Step Functions does: numbers by their value, whatever they are stored
// as.
#pragma once

#include <boost/json/value.hpp>
#include <compare>

namespace doorbuster::states {

// Both must be numbers.
std::partial_ordering compare_numbers(const boost::json::value& a, const boost::json::value& b);

// Whether they are the same JSON: 1 equals 1.0, and the order of members means nothing.
bool equal_values(const boost::json::value& a, const boost::json::value& b);

}  // namespace doorbuster::states
