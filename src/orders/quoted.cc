#include "orders/quoted.h"

namespace doorbuster::orders {

std::string quoted(std::string_view text) {
  constexpr std::size_t kShown = 40;
  std::string out = "\"";
  out += text.substr(0, kShown);
  out += text.size() > kShown ? "...\"" : "\"";
  return out;
}

}  // namespace doorbuster::orders
