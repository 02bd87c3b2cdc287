// Strings, numbers, booleans and times as the text that Query, XML and headers have in common.
#pragma once

#include <string>
#include <string_view>

#include "wire/shape.h"

namespace doorbuster::wire {

enum class TimeFormat : unsigned char { iso8601, http_date };

// The text itself. Throws wording.malformed() if it is not UTF-8: nothing behind the door could
// give it back in JSON or XML.
std::string read_text(std::string_view text, const Wording& wording);

// Throws wording.malformed() if the text is not such a value.
void read_scalar(const Shape& shape, std::string_view text, void* to, const Wording& wording);

// The shortest decimal that is this number, which is finite.
std::string number_text(double number);

// The shape is a scalar's. Unescaped.
std::string scalar_text(const Shape& shape, const void* value,
                        TimeFormat format = TimeFormat::iso8601);

}  // namespace doorbuster::wire
