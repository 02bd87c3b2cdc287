// The system's resources: made, shown and removed.
#pragma once

#include "cli/system.h"

namespace doorbuster::cli {

struct SetupOptions {
  Place place;
  bool json = false;
  bool yes = false;  // of teardown: don't ask
};

// Each returns the program's exit code and throws CommandError.
int setup(const SetupOptions& options);
int teardown(const SetupOptions& options);

}  // namespace doorbuster::cli
