// Puts orders into the bucket of a system that others run.
#pragma once

#include "cli/producer.h"
#include "cli/system.h"

namespace doorbuster::cli {

struct ProduceOptions {
  Place place;
  GeneratedOrders orders;
  std::optional<std::filesystem::path> from;  // invoices from a file in place of made-up orders
  int concurrency = 64;                       // uploads under way
  bool json = false;
};

// Returns the program's exit code and throws CommandError.
int produce(const ProduceOptions& options);

}  // namespace doorbuster::cli
