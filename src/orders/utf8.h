// The one encoding in which text enters and leaves the system.
#pragma once

#include <string_view>

namespace doorbuster::orders {

// Whether the bytes are UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing beyond
// U+10FFFF.
bool is_utf8(std::string_view bytes);

}  // namespace doorbuster::orders
