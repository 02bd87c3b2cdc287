#include "cli/data_directory.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

namespace doorbuster::cli {
namespace {

namespace fs = std::filesystem;

bool is_ours(const fs::path& path) {
  std::error_code error;
  return fs::exists(path / "engine" / "FORMAT", error);
}

// A system whose making was cut short has an empty engine directory, or none with a mark yet.
bool may_become_ours(const fs::path& path) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    const auto name = entry.path().filename();
    if (name != "engine" && name != "engine.new" && name != "functions") return false;
  }
  return !error;
}

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
  throw CommandError(2, path.string() + ' ' + why);
}

}  // namespace

DataDirectory DataDirectory::for_writing(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (fs::exists(status) && !fs::is_directory(status)) refuse(path, "is not a directory");
  if (fs::exists(status) && !is_ours(path) && !may_become_ours(path)) {
    refuse(path, "holds something that is not doorbuster's: choose an empty directory");
  }
  fs::create_directories(path, error);
  if (error) refuse(path, "can't be made: " + error.message());
  if (access(path.c_str(), W_OK | X_OK) != 0) {
    refuse(path, std::string("can't be written to: ") +
                     std::strerror(errno));  // NOLINT(concurrency-mt-unsafe)
  }
  return {path, false};
}

DataDirectory DataDirectory::existing(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error))
    refuse(path, "does not exist: give the directory of an earlier --data");
  if (!is_ours(path)) {
    refuse(path, "is not a directory of doorbuster's: give the directory of an earlier --data");
  }
  return for_writing(path);
}

DataDirectory DataDirectory::temporary() {
  std::error_code error;
  std::string name = (fs::temp_directory_path(error) / "doorbuster-XXXXXX").string();
  if (error || !mkdtemp(name.data())) {
    throw CommandError(1, "no temporary directory can be made: " +
                              std::string(std::strerror(errno)) +  // NOLINT(concurrency-mt-unsafe)
                              ": set TMPDIR, or use --data");
  }
  return {name, true};
}

DataDirectory::DataDirectory(DataDirectory&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, false)) {}

DataDirectory::~DataDirectory() {
  std::error_code ignored;
  if (temporary_) fs::remove_all(path_, ignored);
}

}  // namespace doorbuster::cli
