// The invoice: what a customer bought, or brought back, and for how much.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "orders/money.h"

namespace doorbuster::orders {

// A sale takes stock and earns money; a cancellation gives both back. An adjustment is bookkeeping
// that some shops keep among their invoices: it is never an order, and validation rejects it.
enum class Kind { sale, cancellation, adjustment };

struct Line {
  std::string stock_code;
  std::string description;
  std::int64_t quantity = 0;  // below 0 on a cancellation
  Money unit_price;

  // Throws MoneyOverflow.
  Money amount() const { return unit_price * quantity; }

  friend bool operator==(const Line&, const Line&) = default;
};

struct Invoice {
  std::string number;
  Kind kind = Kind::sale;
  std::optional<std::string> customer;  // absent: a guest
  std::string country;
  // In the shop's own time. Absent where the source gives none: the time of its arrival counts.
  std::optional<std::chrono::sys_seconds> date;
  std::vector<Line> lines;

  // Throw MoneyOverflow.
  Money amount() const;
  std::int64_t units() const;

  friend bool operator==(const Invoice&, const Invoice&) = default;
};

// Limits on an invoice that validate() holds it to.
inline constexpr std::size_t kLinesMax = 100'000;
inline constexpr std::size_t kNumberLengthMax = 64;
inline constexpr std::size_t kTextLengthMax = 1'000;  // bytes of any other text field
inline constexpr std::int64_t kQuantityMax = 1'000'000'000;

// What is wrong with an invoice's number, as the end of a sentence (" is empty"); empty if nothing
// is.
std::string number_fault(const std::string& number);

// Every reason for which the invoice can't be processed, as sentences a person can act on; empty
// for a valid one. Of reasons that recur on many lines the first ten are given and the rest
// counted.
std::vector<std::string> validate(const Invoice& invoice);

}  // namespace doorbuster::orders
