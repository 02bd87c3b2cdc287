#include "wire/http.h"

#include "wire/encoding.h"

namespace doorbuster::wire {

std::optional<std::string_view> RequestHead::header(std::string_view name) const {
  for (const Header& header : headers) {
    if (equal_ignoring_case(header.name, name)) return header.value;
  }
  return std::nullopt;
}

}  // namespace doorbuster::wire
