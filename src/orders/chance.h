// Chance that is the same in every run and on every platform.
#pragma once

#include <cstdint>
#include <string_view>

namespace doorbuster::orders {

// SplitMix64's output function (Steele, Lea, Flood 2014): every bit of x counts in every bit of it.
constexpr std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

// What SplitMix64 adds from one number to the next: 2^64 over the golden ratio.
inline constexpr std::uint64_t kMixStep = 0x9E3779B97F4A7C15;

// Whether this happens, which it does for that share, from 0 to 1, of all numbers.
constexpr bool chance(std::uint64_t number, double share) {
  constexpr double kTwoToMinus53 = 0x1.0p-53;
  return static_cast<double>(number >> 11) * kTwoToMinus53 < share;
}

// A number that follows from all four. The key goes through FNV-1a.
constexpr std::uint64_t hash_of(std::uint64_t seed, std::uint64_t purpose, std::string_view key,
                                std::uint64_t index) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : key) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x00000100000001B3;
  }
  return mixed(mixed(mixed(seed + purpose * kMixStep) + hash) + index * kMixStep);
}

}  // namespace doorbuster::orders
