#include "orders/money.h"

#include <limits>

namespace doorbuster::orders {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Appends a digit to a number that is kept below zero, where there is room for one value more.
// False if it does not fit.
bool append_digit(std::int64_t& negative, char digit) {
  return !__builtin_mul_overflow(negative, std::int64_t{10}, &negative) &&
         !__builtin_sub_overflow(negative, std::int64_t{digit - '0'}, &negative);
}

}  // namespace

std::optional<Money> Money::parse(std::string_view text) {
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);

  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (whole.empty()) return std::nullopt;
  std::int64_t n = 0;
  for (const char c : whole) {
    if (!is_digit(c) || !append_digit(n, c)) return std::nullopt;
  }

  std::string_view decimals;
  if (point != std::string_view::npos) {
    decimals = text.substr(point + 1);
    if (decimals.empty()) return std::nullopt;
  }
  for (std::size_t i = 0; i < kDecimals; ++i) {
    const char c = i < decimals.size() ? decimals[i] : '0';
    if (!is_digit(c) || !append_digit(n, c)) return std::nullopt;
  }
  if (decimals.size() > kDecimals &&
      decimals.find_first_not_of('0', kDecimals) != std::string_view::npos) {
    return std::nullopt;
  }

  if (minus) return Money(n);
  if (n == std::numeric_limits<std::int64_t>::min()) return std::nullopt;
  return Money(-n);
}

std::string Money::str() const {
  // Unsigned, because the lowest amount has no positive counterpart.
  const auto bits = static_cast<std::uint64_t>(n_);
  const std::uint64_t magnitude = n_ < 0 ? 0 - bits : bits;
  const std::uint64_t fraction = magnitude % kUnit;

  std::string out = n_ < 0 ? "-" : "";
  out += std::to_string(magnitude / kUnit);
  out += '.';
  out += static_cast<char>('0' + fraction / 1000);
  out += static_cast<char>('0' + fraction / 100 % 10);
  if (fraction % 100 != 0) out += static_cast<char>('0' + fraction / 10 % 10);
  if (fraction % 10 != 0) out += static_cast<char>('0' + fraction % 10);
  return out;
}

Money Money::operator-() const {
  return Money() - *this;
}

Money& Money::operator+=(Money other) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(n_, other.n_, &sum)) throw MoneyOverflow();
  n_ = sum;
  return *this;
}

Money& Money::operator-=(Money other) {
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(n_, other.n_, &difference)) throw MoneyOverflow();
  n_ = difference;
  return *this;
}

Money operator*(Money price, std::int64_t quantity) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(price.n_, quantity, &product)) throw MoneyOverflow();
  return Money(product);
}

}  // namespace doorbuster::orders
