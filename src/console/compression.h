// Long answers, made short on their way: tables of JSON shrink to a tenth.
#pragma once

#include "wire/http.h"

namespace doorbuster::console {

inline constexpr std::size_t kPlainMax = 4'096;  // bytes that are sent as they are

// Compresses an answer that is longer than that, if the request's client takes gzip. Nothing that
// has a coding already, or that goes on behind its bytes.
void compress(wire::Response& response, const wire::RequestHead& head);

}  // namespace doorbuster::console
