#include "wire/shape.h"

namespace doorbuster::wire {

bool is_absent(const Shape& shape, const void* value) {
  switch (shape.kind) {
    case Kind::list:
      return shape.size(value) == 0;
    case Kind::map:
      return shape.entries(value).empty();
    case Kind::optional:
      return shape.get(value) == nullptr;
    case Kind::string:
    case Kind::blob:
    case Kind::escaped_text:
    case Kind::key:
      return as_string(value).empty();
    case Kind::timestamp:
    case Kind::timestamp_ms:
      return as_time(value) == cloud::Time();
    case Kind::document:
      return as_document(value).is_null();
    case Kind::converted: {
      const auto other = shape.make();
      shape.load(value, other.get());
      return is_absent(*shape.element, other.get());
    }
    case Kind::structure:
    case Kind::integer:
    case Kind::number:
    case Kind::boolean:
    case Kind::body:
      return false;
  }
  return false;
}

}  // namespace doorbuster::wire
