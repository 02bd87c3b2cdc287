// A directory for a test, removed with its owner.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>
#include <utility>

namespace doorbuster::runtime {

class Temporary {
 public:
  Temporary() {
    std::string path = (std::filesystem::temp_directory_path() / "runtime-XXXXXX").string();
    path_ = mkdtemp(path.data());
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace doorbuster::runtime
