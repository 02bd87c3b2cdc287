// Money, exactly.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace doorbuster::orders {

// Thrown by an operation whose result does not fit in Money.
class MoneyOverflow : public std::overflow_error {
 public:
  MoneyOverflow()
      : std::overflow_error("the amount is too large: beyond 922,337,203,685,477.5807") {}
};

// An amount in one currency, as a whole number of ten-thousandths. It is never rounded: an
// operation either gives the exact result or throws MoneyOverflow.
class Money {
 public:
  static constexpr int kDecimals = 4;
  static constexpr std::int64_t kUnit = 10'000;

  constexpr Money() = default;
  static constexpr Money from_ten_thousandths(std::int64_t n) { return Money(n); }

  // A decimal number: an optional sign, digits, at most four decimals that are not zero ("12.5",
  // "-0.001", "3.00"). Nothing for anything else, an exponent or an amount out of range included.
  static std::optional<Money> parse(std::string_view text);

  constexpr std::int64_t ten_thousandths() const { return n_; }

  // The shortest exact decimal with at least two decimals: "12.50", "7352354.174", "-0.0001".
  std::string str() const;

  Money operator-() const;
  Money& operator+=(Money other);
  Money& operator-=(Money other);
  friend Money operator+(Money a, Money b) { return a += b; }
  friend Money operator-(Money a, Money b) { return a -= b; }
  friend Money operator*(Money price, std::int64_t quantity);
  friend constexpr auto operator<=>(Money, Money) = default;

 private:
  explicit constexpr Money(std::int64_t n) : n_(n) {}
  std::int64_t n_ = 0;
};

}  // namespace doorbuster::orders
