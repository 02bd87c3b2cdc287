#include "orders/line_reasons.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace doorbuster::orders {

void LineReasons::add(std::size_t index, const std::string& reason) {
  if (faulty_lines_ == 0 || index != last_index_) {
    ++faulty_lines_;
    last_index_ = index;
  }
  if (faulty_lines_ > kLinesSpelledOut) return;
  reasons_.push_back("line " + std::to_string(index + 1) + ": " + reason);
}

void LineReasons::move_to(std::vector<std::string>& reasons) {
  std::ranges::move(reasons_, std::back_inserter(reasons));
  if (faulty_lines_ > kLinesSpelledOut) {
    const std::size_t more = faulty_lines_ - kLinesSpelledOut;
    reasons.push_back("and " + std::to_string(more) + (more == 1 ? " more line" : " more lines"));
  }
  *this = {};
}

}  // namespace doorbuster::orders
