// Stored records that are JSON.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

namespace doorbuster::engine {

// Stores have text from when it didn't have to be UTF-8: it is taken as it is. Throws
// std::exception if the bytes are no JSON object.
boost::json::object read_json_record(std::string_view bytes);

}  // namespace doorbuster::engine
