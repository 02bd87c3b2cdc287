// Reasons against an invoice's lines, kept few enough to read.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace doorbuster::orders {

// How many faulty lines have their reasons spelled out; the others are only counted.
inline constexpr std::size_t kLinesSpelledOut = 10;

class LineReasons {
 public:
  // Adds a reason against the line of that index, counted from 0. Lines come in ascending order.
  void add(std::size_t index, const std::string& reason);

  // Appends what was gathered: "line 3: REASON" for the first lines, then "and 12 more lines".
  void move_to(std::vector<std::string>& reasons);

 private:
  std::vector<std::string> reasons_;
  std::size_t faulty_lines_ = 0;
  std::size_t last_index_ = 0;  // meaningful once faulty_lines_ > 0
};

}  // namespace doorbuster::orders
