// What the sales books say.
#pragma once

#include <filesystem>
#include <string>

#include "cli/embedded.h"

namespace doorbuster::cli {

struct ReportOptions {
  std::filesystem::path data;
  std::string by;  // "hour", "day", "country", "product": all of that table; empty: the overview
  bool json = false;
};

// Returns the program's exit code and throws CommandError.
int report(const ReportOptions& options);

// The overview's first lines.
std::string totals_text(functions::SalesDatabase& sales);

}  // namespace doorbuster::cli
