#include "orders/quoted.h"

namespace doorbuster::orders {

std::string quoted(std::string_view text) {
  constexpr std::size_t kShown = 40;
  const bool cut = text.size() > kShown;
  std::size_t shown = cut ? kShown : text.size();
  // Not in the middle of a character: the sentence is to be UTF-8 if the text is.
  while (cut && shown > 0 && (static_cast<unsigned char>(text[shown]) & 0xC0) == 0x80) --shown;
  return '"' + std::string(text.substr(0, shown)) + (cut ? "...\"" : "\"");
}

}  // namespace doorbuster::orders
