// What a task's parameters say.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace doorbuster::engine {

// A member as text: a string itself, anything else its JSON, empty if there is none or it is null.
std::string text_of(const boost::json::value& parameters, std::string_view member);

}  // namespace doorbuster::engine
