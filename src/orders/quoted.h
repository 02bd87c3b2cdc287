// How a sentence names a text that somebody gave.
#pragma once

#include <string>
#include <string_view>

namespace doorbuster::orders {

// In quotation marks, cut short after forty bytes.
std::string quoted(std::string_view text);

}  // namespace doorbuster::orders
