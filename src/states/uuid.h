// Universally unique identifiers, of chance (RFC 9562, version 4).
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace doorbuster::states {

inline std::string format_uuid(std::uint64_t high, std::uint64_t low) {
  high = (high & ~std::uint64_t{0xf000}) | 0x4000;                   // the version
  low = (low & ~(std::uint64_t{3} << 62)) | std::uint64_t{2} << 62;  // the variant
  char text[37];
  std::snprintf(text, sizeof text, "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(high >> 32),
                static_cast<unsigned>(high >> 16 & 0xffff), static_cast<unsigned>(high & 0xffff),
                static_cast<unsigned>(low >> 48),
                static_cast<unsigned long long>(low & 0xffff'ffff'ffff));
  return text;
}

}  // namespace doorbuster::states
