// Orders that nobody placed: as many as wanted, and always the same.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "orders/invoice.h"

namespace doorbuster::orders {

// Shares are between 0 and 1.
struct GeneratorOptions {
  std::uint64_t seed = 1;
  std::chrono::year_month_day first_day{std::chrono::year(2026), std::chrono::month(11),
                                        std::chrono::day(27)};  // Black Friday
  std::uint64_t orders_per_day = 1'000'000;  // the next ones fall on the day after
  double corrupt_share = 0;
  double cancellation_share = 0.02;
  double guest_share = 0.15;
  std::size_t products = 5'000;  // 1 to kGeneratorProductsMax
  std::size_t lines_max = 12;    // 1 to kLinesMax; most orders have few, with 1 all have one
};

inline constexpr std::size_t kGeneratorProductsMax = 1'000'000;

// An order as it would be put into the bucket.
struct Draft {
  std::string number;
  std::string text;      // JSON, except where it is corrupt
  bool corrupt = false;  // parse_invoice() rejects the text
};

// Makes orders number 0, 1, 2 and so on, in any order of asking: each depends on the options and
// its own number only, on every platform. Two generators that differ in corrupt_share alone agree
// on every order that both leave intact.
//
// A few products sell much and most sell little (Zipf's law); the day has a rush at midnight, when
// the doorbusters open, and peaks at 10 and at 20 o'clock. Immutable, so any number of threads may
// use it.
class Generator {
 public:
  // Throws std::invalid_argument, saying which option is out of its range.
  explicit Generator(const GeneratorOptions& options);

  // The order as it was meant, valid even where order(i) is corrupt.
  Invoice invoice(std::uint64_t i) const;

  Draft order(std::uint64_t i) const;

 private:
  struct Product {
    std::string stock_code;
    std::string description;
    Money price;
    std::uint64_t weights_to_here;  // its own included; sales are in proportion to weights
  };
  class Random;
  enum class Purpose : std::uint64_t;

  Random random(Purpose purpose, std::uint64_t i) const;
  Product make_product(std::size_t rank) const;
  void set_customer(Invoice& invoice, Random& random) const;
  std::chrono::sys_seconds draw_time(std::uint64_t i, Random& random) const;
  Line draw_line(Random& random) const;
  std::string corrupt_text(Invoice invoice, Random& random) const;

  GeneratorOptions options_;
  std::vector<Product> products_;  // the most popular first
};

}  // namespace doorbuster::orders
