// The one encoding in which text enters and leaves the system.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace doorbuster::documents {

// Whether the bytes are UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing beyond
// U+10FFFF.
bool is_utf8(std::string_view bytes);

// The bytes as text: each that belongs to no character becomes U+FFFD.
std::string to_utf8(std::string bytes);

// How many characters (code points) the text has. Needs is_utf8(text).
std::size_t count_characters(std::string_view text);

// Whether one of them is a control character: U+0000 to U+001F, U+007F to U+009F. Needs
// is_utf8(text).
bool has_controls(std::string_view text);

// Text that every database takes: each NUL, and each byte that belongs to no character, is written
// as "%XX".
std::string storable(std::string_view bytes);

}  // namespace doorbuster::documents
