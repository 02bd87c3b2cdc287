// The figures of the door as tables of Markdown, for README.md and docs/.
#pragma once

#include <boost/json/object.hpp>
#include <string>

namespace doorbuster::bench {

// Of the cases `door` and `peers`, whichever there are in `all`.
std::string markdown_tables(const boost::json::object& all);

}  // namespace doorbuster::bench
