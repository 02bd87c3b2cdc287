// A server in a process of its own, which ends with this.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace doorbuster::bench {

class Child {
 public:
  // Runs the program arguments[0]. What it writes to its standard output can be read from output();
  // with `quiet`, neither that nor its errors are anybody's business.
  explicit Child(const std::vector<std::string>& arguments, bool quiet = false);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int output() const { return output_; }
  std::uint64_t rss_bytes() const;
  double cpu_seconds() const;

 private:
  pid_t id_ = 0;
  int output_ = -1;
};

}  // namespace doorbuster::bench
