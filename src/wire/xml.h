// Shapes as XML elements: the answers of Query, and S3's bodies in both directions.
// https://smithy.io/2.0/spec/protocol-traits.html#xml-bindings
//
// Only the members whose place is the body. Reading ignores unknown elements, attributes and
// namespaces. May be called from any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "wire/shape.h"

namespace doorbuster::wire {

// What the root of S3's documents is in.
inline constexpr std::string_view kS3Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

// The elements of a structure's members. `escape_keys`: see Kind::key.
void write_xml(const Shape& shape, const void* value, std::string& out, bool escape_keys = false);

// `path` names the elements from the root down to the one that is the structure. Throws
// wording.malformed() if the document is none, or is another one.
void read_xml(const Shape& shape, std::string_view document, std::span<const std::string_view> path,
              void* to, const Wording& wording);

}  // namespace doorbuster::wire
