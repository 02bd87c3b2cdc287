// What Linux says of this process and of the files that it keeps.
#pragma once

#include <filesystem>
#include <vector>

#include "engine/metric_sampler.h"

namespace doorbuster::cli {

struct ProbeOptions {
  // What the database is: all files in these directories, not in those below, and these files with
  // what SQLite has beside them.
  std::vector<std::filesystem::path> directories;
  std::vector<std::filesystem::path> files;
  std::filesystem::path proc = "/proc";
};

// Reads /proc (man 5 proc); what can't be read is 0, or no CPU usage. For one thread at a time.
engine::SystemProbe system_probe(ProbeOptions options);

}  // namespace doorbuster::cli
