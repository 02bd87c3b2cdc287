// `doorbuster up` in a child process.
#pragma once

#include <cstdint>
#include <filesystem>

#include "child.h"

namespace doorbuster::bench {

class Door {
 public:
  // Serves when this returns.
  explicit Door(const std::filesystem::path& data);

  std::uint16_t port() const { return port_; }
  // From its start to its first answer.
  double start_ms() const { return start_ms_; }
  const Child& process() const { return child_; }

 private:
  Child child_;
  std::uint16_t port_ = 0;
  double start_ms_ = 0;
};

}  // namespace doorbuster::bench
