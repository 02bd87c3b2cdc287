// What the elements of a policy's statement have in common when they are read.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

namespace doorbuster::engine {

// A string or an array of strings, at least one. Throws PolicyError, which begins with `name`.
std::vector<std::string> strings(const boost::json::value& value, const std::string& name);

// Throws PolicyError if `text`, found in the element `where`, has a policy variable: "${", up to
// the next "}".
void refuse_variable(const std::string& text, const std::string& where);

}  // namespace doorbuster::engine
