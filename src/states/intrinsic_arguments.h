// Reading the arguments of an intrinsic function: what is wrong with them is a
// std::invalid_argument.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "states/expression.h"

namespace doorbuster::states {

void expect_count(Arguments arguments, std::size_t least, std::size_t most);

std::string_view string_argument(Arguments arguments, std::size_t index);
const boost::json::array& array_argument(Arguments arguments, std::size_t index);
const boost::json::object& object_argument(Arguments arguments, std::size_t index);
// A fraction is rounded to the nearest integer, halves up.
std::int64_t integer_argument(Arguments arguments, std::size_t index);

namespace intrinsic {

// The functions of arrays.
boost::json::value array(Arguments arguments, Environment& environment);
boost::json::value array_contains(Arguments arguments, Environment& environment);
boost::json::value array_get_item(Arguments arguments, Environment& environment);
boost::json::value array_length(Arguments arguments, Environment& environment);
boost::json::value array_partition(Arguments arguments, Environment& environment);
boost::json::value array_range(Arguments arguments, Environment& environment);
boost::json::value array_unique(Arguments arguments, Environment& environment);

// Those of text.
boost::json::value base64_decode(Arguments arguments, Environment& environment);
boost::json::value base64_encode(Arguments arguments, Environment& environment);
boost::json::value format(Arguments arguments, Environment& environment);
boost::json::value hash(Arguments arguments, Environment& environment);
boost::json::value string_split(Arguments arguments, Environment& environment);

}  // namespace intrinsic
}  // namespace doorbuster::states
