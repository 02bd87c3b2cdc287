#include "shop/order_number.h"

#include <cstdint>

#include "wire/digest.h"

namespace doorbuster::shop {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kBitsPerDigit = 5;
constexpr std::size_t kGroup = 4;
constexpr std::size_t kLength = kNumberBytes * 8 / kBitsPerDigit;
constexpr std::size_t kTextLength = kLength + kLength / kGroup - 1;

bool is_dash(std::size_t position) {
  return position % (kGroup + 1) == kGroup;
}

}  // namespace

std::string order_number(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  std::size_t held = 0;
  for (const char byte : bytes.substr(0, kNumberBytes)) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    for (held += 8; held >= kBitsPerDigit; held -= kBitsPerDigit) {
      if (is_dash(text.size())) text += '-';
      text += kDigits[bits >> (held - kBitsPerDigit) & 31];
    }
  }
  return text;
}

std::string order_number_for(std::string_view idempotency_key) {
  return order_number(wire::bytes_of(wire::sha256(idempotency_key)));
}

bool is_order_number(std::string_view text) {
  if (text.size() != kTextLength) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool fits = is_dash(i) ? text[i] == '-' : kDigits.find(text[i]) != std::string_view::npos;
    if (!fits) return false;
  }
  return true;
}

}  // namespace doorbuster::shop
