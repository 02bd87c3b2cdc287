#include "cli/system_probe.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace doorbuster::cli {
namespace {

namespace fs = std::filesystem;

class SystemProbeTest : public testing::Test {
 protected:
  SystemProbeTest() {
    std::string name = (fs::temp_directory_path() / "system_probe.XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    directory = name;
    fs::create_directories(proc() / "self");
  }
  ~SystemProbeTest() override { fs::remove_all(directory); }

  fs::path proc() const { return directory / "proc"; }
  void write(const fs::path& path, const std::string& text) const {
    fs::create_directories((directory / path).parent_path());
    std::ofstream(directory / path) << text;
  }

  fs::path directory;
};

TEST_F(SystemProbeTest, ReadsWhatLinuxWritesOfAProcess) {
  write("proc/stat", "cpu  100 10 50 800 40 0 0 0 30 0\ncpu0 1 2 3\n");
  write("proc/self/statm", "2000 300 100 50 0 200 0\n");
  write("proc/self/io", "rchar: 1\nwchar: 2\nread_bytes: 3\nwrite_bytes: 4096\n");
  const auto probe = system_probe({.directories = {}, .files = {}, .proc = proc()});
  const auto first = probe();
  EXPECT_FALSE(first.cpu_percent.has_value());
  EXPECT_EQ(first.memory_bytes, 300U * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)));
  EXPECT_EQ(first.written_bytes, 4'096U);
  // Of 100 ticks more, 25 were busy: idle and waiting for a disk are not.
  write("proc/stat", "cpu  110 15 55 860 55 2 2 1 30 0\n");
  EXPECT_EQ(probe().cpu_percent, 25);
}

TEST_F(SystemProbeTest, SumsTheFilesOfTheDatabase) {
  write("db/000001.sst", std::string(1'000, 'x'));
  write("db/000002.log", std::string(500, 'x'));
  write("db/below/ignored", "x");
  write("sales.db", std::string(100, 'x'));
  write("sales.db-wal", std::string(20, 'x'));
  const auto probe = system_probe({.directories = {directory / "db", directory / "missing"},
                                   .files = {directory / "sales.db", directory / "none.db"},
                                   .proc = proc()});
  EXPECT_EQ(probe().database_bytes, 1'620U);
}

TEST_F(SystemProbeTest, DoesWithoutWhatCanNotBeRead) {
  write("proc/stat", "nonsense\n");
  const auto probe = system_probe({.directories = {}, .files = {}, .proc = proc()});
  probe();
  const auto measures = probe();
  EXPECT_FALSE(measures.cpu_percent.has_value());
  EXPECT_EQ(measures.memory_bytes, 0U);
  EXPECT_EQ(measures.written_bytes, 0U);
}

TEST_F(SystemProbeTest, KnowsThisProcess) {
  EXPECT_GT(system_probe({})().memory_bytes, 1U << 20);
}

}  // namespace
}  // namespace doorbuster::cli
