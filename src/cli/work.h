// Runs one consumer of a system: ShipInvoices, RecordSales, or StartOrderWorkflow, and with it,
// where the system is in a directory, the workflow that it starts.
#pragma once

#include "cli/system.h"

namespace doorbuster::cli {

struct WorkOptions {
  Place place;
  std::string half;  // "shipping", "analytics", "checkout"
  std::optional<std::filesystem::path> database;
  int concurrency = 2;
  int batch = 100;
  bool once = false;
  std::int64_t opening_stock = 1'000'000;
  bool json = false;
};

// Returns the program's exit code when a signal has come, or the queue is empty if it is asked to
// end then. Throws CommandError.
int work(const WorkOptions& options);

}  // namespace doorbuster::cli
