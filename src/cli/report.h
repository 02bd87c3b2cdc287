// What the sales books say.
#pragma once

#include <string>

#include "cli/system.h"

namespace doorbuster::cli {

struct ReportOptions {
  Place place;
  std::string by;  // "hour", "day", "country", "product": all of that table; empty: the overview
  bool json = false;
};

// Returns the program's exit code and throws CommandError.
int report(const ReportOptions& options);

// The overview's first lines.
std::string totals_text(functions::SalesDatabase& sales);

}  // namespace doorbuster::cli
