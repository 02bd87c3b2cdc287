// Orders that nobody placed, for the checkout: as many as wanted, and always the same.
#pragma once

#include <cstdint>
#include <string>

#include "orders/generator.h"
#include "orders/order.h"

namespace doorbuster::orders {

// An order as it would be sent to the queue.
struct OrderDraft {
  std::string id;
  std::string text;      // JSON, except where it is corrupt
  bool corrupt = false;  // it can't be taken: either it is no order at all, or an invalid one
};

// Orders of one product each, of the same products, customers and times as the Generator's: number
// 0, 1, 2 and so on, in any order of asking. Immutable, so any number of threads may use it.
class OrderGenerator {
 public:
  // `corrupt_share` is between 0 and 1. Throws std::invalid_argument.
  OrderGenerator(std::uint64_t seed, double corrupt_share);

  // The order as it was meant, valid even where draft(i) is corrupt.
  Order order(std::uint64_t i) const;

  OrderDraft draft(std::uint64_t i) const;

 private:
  std::uint64_t seed_;
  double corrupt_share_;
  Generator generator_;
};

}  // namespace doorbuster::orders
