// Puts orders into a system that others run: invoices into its bucket, or orders into the queue of
// its checkout.
#pragma once

#include "cli/producer.h"
#include "cli/system.h"

namespace doorbuster::cli {

struct ProduceOptions {
  Place place;
  GeneratedOrders orders;
  std::optional<std::filesystem::path> from;  // invoices from a file in place of made-up orders
  bool checkout = false;                      // orders in place of invoices
  int concurrency = 64;                       // requests under way
  bool json = false;
};

// Returns the program's exit code and throws CommandError.
int produce(const ProduceOptions& options);

}  // namespace doorbuster::cli
