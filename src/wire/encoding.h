// Bytes as text, in the ways that AWS's protocols write them.
//
// All may be called from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorbuster::wire {

// Lower case.
std::string hex(std::string_view bytes);

// RFC 4648, with padding. Nothing if `text` is not that.
std::string base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

// RFC 3986: everything but the unreserved characters as %XX, in upper case. `keep_slashes` leaves
// "/" as it is, as in a path.
void append_escaped(std::string& out, std::string_view text, bool keep_slashes = false);
std::string escaped(std::string_view text, bool keep_slashes = false);

// A % that no two hex digits follow stays as it is. With `plus_is_space`, as in forms, "+" is " ".
std::string unescaped(std::string_view text, bool plus_is_space);

// As a JSON string, in its quotation marks.
void append_json_string(std::string& out, std::string_view text);

// As an element's or attribute's text in XML 1.0.
void append_xml_text(std::string& out, std::string_view text);

// A decimal integer that fits and nothing else.
std::optional<std::int64_t> to_integer(std::string_view text);

bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string lower(std::string_view text);

// Without the spaces and tabs around it.
std::string_view trimmed(std::string_view text);

// What stands before the first `mark`; `rest` becomes what stands after it, or empty.
std::string_view take_until(std::string_view& rest, char mark);

// The value of the first parameter with this name in a query string or form, unescaped; nothing if
// there is none.
std::optional<std::string> parameter(std::string_view form, std::string_view name);
// The values of all of them.
std::vector<std::string> parameters(std::string_view form, std::string_view name);

}  // namespace doorbuster::wire
