// The main job in one go: orders through the whole system, with the proof that none was lost.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "cli/producer.h"

namespace doorbuster::cli {

struct DemoOptions {
  GeneratedOrders orders;
  std::optional<std::filesystem::path> from;  // invoices from a file in place of made-up orders
  std::optional<std::filesystem::path> data;  // kept there; a temporary directory if absent
  std::int64_t opening_stock = 1'000'000;
  bool json = false;
};

// Returns the program's exit code, 0 only if every order is accounted for; throws CommandError.
int demo(const DemoOptions& options);

}  // namespace doorbuster::cli
