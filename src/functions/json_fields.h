// Looking into an event, which may be of any form.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string_view>

namespace doorbuster::functions {

// Null if the value is no object or has no such field.
const boost::json::value* field(const boost::json::value& value, std::string_view name);

// Nothing if there is no such field or it is not text.
std::optional<std::string_view> text(const boost::json::value& value, std::string_view name);

}  // namespace doorbuster::functions
