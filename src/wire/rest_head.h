// What REST with XML and REST with JSON have alike on the server's side: members that travel in the
// path, the query and the headers.
#pragma once

#include "wire/operations.h"
#include "wire/server.h"

namespace doorbuster::wire {

// The first member at that place; null if there is none.
const Field* find_place(const Shape& shape, Place place);

// All members of the structure that the head or the route tells.
void read_head(const Shape& shape, const Route& route, const RequestHead& head,
               const Wording& wording, void* to);

// The answer's status, headers and length, as far as members say them.
void write_head(const Shape& shape, const void* value, Response& response);

}  // namespace doorbuster::wire
