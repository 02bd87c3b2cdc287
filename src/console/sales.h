// The sales books as the console shows them.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "functions/sales_database.h"

namespace doorbuster::console {

// Each blocks its thread for as long as the database takes, and throws what it throws.

// {"totals": {...}, "by_hour": [...], "by_day": [...], "by_country": [...], "products": [...]}, of
// the products those that sold for the most.
boost::json::object sales(functions::SalesDatabase& books);

// RFC 4180, one line a bucket below a line of names. A text that a spreadsheet would take for a
// formula has a "'" before it, by which they know a text. `by` is hour, day, country or product.
// Throws shop::Problem (400) if it is anything else.
std::string sales_csv(functions::SalesDatabase& books, std::string_view by);

}  // namespace doorbuster::console
