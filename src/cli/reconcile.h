// The proof that nothing was lost: every object in the bucket against what became of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/system.h"

namespace doorbuster::cli {

// One of the two halves that every invoice goes to.
struct HalfReconciled {
  std::string name;                  // "shipping", "analytics"
  std::uint64_t recorded = 0;        // objects whose invoice has had its effect
  std::uint64_t dead_lettered = 0;   // objects in the dead-letter queue
  std::uint64_t waiting = 0;         // messages that are still on their way
  std::vector<std::string> missing;  // keys of objects that are nowhere
  std::vector<std::string> doubled;  // keys of objects that are in more than one place
};

struct Reconciliation {
  std::uint64_t objects = 0;
  HalfReconciled shipping;
  HalfReconciled analytics;

  // Objects that are missing, or doubled, in one half or in both.
  std::uint64_t lost() const;
  std::uint64_t duplicated() const;
  bool clean() const { return lost() == 0 && duplicated() == 0; }
};

// Looks as System::look() does.
Reconciliation reconcile(System& system, const topology::Resources& resources);

std::string to_text(const Reconciliation& result);

struct ReconcileOptions {
  Place place;
  bool json = false;
};

// The command. Returns the program's exit code and throws CommandError.
int reconcile(const ReconcileOptions& options);
}  // namespace doorbuster::cli
