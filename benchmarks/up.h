// `doorbuster up` in a child process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "child.h"

namespace doorbuster::bench {

class Door {
 public:
  // Serves when this returns.
  explicit Door(const std::filesystem::path& data, const std::vector<std::string>& options = {});

  std::uint16_t port() const { return port_; }
  std::uint16_t shop_port() const { return shop_port_; }
  // From its start to its first answer.
  double start_ms() const { return start_ms_; }
  const Child& process() const { return child_; }

 private:
  Child child_;
  std::uint16_t port_ = 0;
  std::uint16_t shop_port_ = 0;
  double start_ms_ = 0;
};

}  // namespace doorbuster::bench
