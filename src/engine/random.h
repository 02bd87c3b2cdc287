// Randomness that a seed repeats exactly, on every platform.
#pragma once

#include <array>
#include <cstdint>

namespace doorbuster::engine {

using Uuid = std::array<unsigned char, 16>;

// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). For
// identifiers, not for secrets. Not synchronised.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }

  // A version 4 UUID (RFC 9562).
  Uuid uuid() {
    Uuid bytes;
    for (std::size_t half = 0; half < 2; ++half) {
      std::uint64_t v = next();
      for (std::size_t i = 0; i < 8; ++i, v >>= 8) {
        bytes[half * 8 + i] = static_cast<unsigned char>(v);
      }
    }
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
    return bytes;
  }

 private:
  std::uint64_t state_;
};

}  // namespace doorbuster::engine
