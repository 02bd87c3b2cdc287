#include "cli/system_probe.h"

#include <unistd.h>

#include <fstream>
#include <numeric>
#include <optional>
#include <string>

namespace doorbuster::cli {
namespace {

namespace fs = std::filesystem;

// Of all processors, in ticks, since the machine began.
struct CpuTime {
  std::uint64_t busy = 0;
  std::uint64_t all = 0;
};

// "cpu  user nice system idle iowait irq softirq steal ..." in /proc/stat. Guests' time is in
// user's and nice's already.
CpuTime cpu_time(const fs::path& proc) {
  std::ifstream file(proc / "stat");
  std::string name;
  std::uint64_t user = 0;
  std::uint64_t nice = 0;
  std::uint64_t system = 0;
  std::uint64_t idle = 0;
  std::uint64_t waiting = 0;
  std::uint64_t irq = 0;
  std::uint64_t softirq = 0;
  std::uint64_t steal = 0;
  file >> name >> user >> nice >> system >> idle >> waiting >> irq >> softirq >> steal;
  if (!file || name != "cpu") return {};
  const std::uint64_t busy = user + nice + system + irq + softirq + steal;
  return {busy, busy + idle + waiting};
}

// Nothing until there is something to compare with.
std::optional<double> usage_percent(const CpuTime& before, const CpuTime& now) {
  if (before.all == 0 || now.all <= before.all || now.busy < before.busy) return std::nullopt;
  return 100 * static_cast<double>(now.busy - before.busy) /
         static_cast<double>(now.all - before.all);
}

// The second number in /proc/self/statm: pages that are in memory.
std::uint64_t resident_bytes(const fs::path& proc) {
  std::ifstream file(proc / "self" / "statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  if (!(file >> size >> resident)) return 0;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

// "write_bytes: N" in /proc/self/io: what this process has had written to a disk.
std::uint64_t written_bytes(const fs::path& proc) {
  std::ifstream file(proc / "self" / "io");
  std::string name;
  std::uint64_t bytes = 0;
  while (file >> name >> bytes) {
    if (name == "write_bytes:") return bytes;
  }
  return 0;
}

std::uint64_t size_of(const fs::path& file) {
  std::error_code gone;
  const auto size = fs::file_size(file, gone);
  return gone ? 0 : size;
}

// Files come and go meanwhile.
std::uint64_t size_of_files_in(const fs::path& directory) {
  std::uint64_t bytes = 0;
  std::error_code error;
  fs::directory_iterator it(directory, error);
  for (; !error && it != fs::directory_iterator(); it.increment(error)) {
    bytes += size_of(it->path());
  }
  return bytes;
}

std::uint64_t database_bytes(const ProbeOptions& options) {
  std::uint64_t bytes = 0;
  for (const auto& directory : options.directories) bytes += size_of_files_in(directory);
  for (const auto& file : options.files) {
    for (const char* beside : {"", "-wal", "-shm", "-journal"}) {
      bytes += size_of(file.string() + beside);
    }
  }
  return bytes;
}

}  // namespace

engine::SystemProbe system_probe(ProbeOptions options) {
  return [options = std::move(options), before = CpuTime()]() mutable {
    const CpuTime now = cpu_time(options.proc);
    engine::SystemMeasures measures;
    measures.cpu_percent = usage_percent(before, now);
    measures.memory_bytes = resident_bytes(options.proc);
    measures.written_bytes = written_bytes(options.proc);
    measures.database_bytes = database_bytes(options);
    before = now;
    return measures;
  };
}

}  // namespace doorbuster::cli
