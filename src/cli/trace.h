// One order's way: the object, and what became of it in each half.
#pragma once

#include "cli/system.h"

namespace doorbuster::cli {

struct TraceOptions {
  Place place;
  std::string id;  // an invoice's number or an object's key
  bool json = false;
};

// Looks as System::look() does. Returns the program's exit code, 1 if nothing knows the order, and
// throws CommandError.
int trace(const TraceOptions& options);

}  // namespace doorbuster::cli
