// AWS JSON: shapes as JSON objects.
// https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
//
// Reading: nulls are absent, unknown members are ignored, fractions of integers are cut off; what
// is of another type, or nested deeper than 32, is a SerializationException. May be called from any
// thread.
#pragma once

#include <string>
#include <string_view>

#include "wire/shape.h"

namespace doorbuster::wire {

// An empty document is an empty object.
void read_json(const Shape& shape, std::string_view document, void* to, const Wording& wording);

void write_json(const Shape& shape, const void* value, std::string& out);

}  // namespace doorbuster::wire
