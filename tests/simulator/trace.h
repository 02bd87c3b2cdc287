// What happened in a run, line by line: kept as one number, shown if wanted.
#pragma once

#include <cstdint>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "engine/text.h"

namespace doorbuster::simulator {

// Something happened that must not.
class Violation : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

inline void require(bool holds, const std::string& what) {
  if (!holds) throw Violation(what);
}

class Trace {
 public:
  Trace(const cloud::Clock& clock, bool verbose) : clock_(clock), verbose_(verbose) {}

  void operator()(std::string_view line) {
    const std::string text = engine::iso8601(clock_.now()) + ' ' + std::string(line) + '\n';
    if (verbose_) std::cout << text;
    // FNV-1a.
    for (const char c : text) {
      hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
    ++lines_;
  }

  std::uint64_t hash() const { return hash_; }
  std::uint64_t lines() const { return lines_; }

 private:
  const cloud::Clock& clock_;
  bool verbose_;
  std::uint64_t hash_ = 0xcbf29ce484222325U;
  std::uint64_t lines_ = 0;
};

}  // namespace doorbuster::simulator
