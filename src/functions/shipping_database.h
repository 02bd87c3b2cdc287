// Shipments and stock.
#pragma once

#include <unordered_map>

#include "functions/database.h"

namespace doorbuster::functions {

struct ShippingOptions {
  DatabaseOptions database;
  std::int64_t opening_stock = 1'000'000;  // units of each code, when it is first seen; not below 0
};

struct ShippingTotals {
  std::int64_t shipped = 0;             // sales
  std::int64_t cancelled = 0;           // cancellations
  std::int64_t back_ordered_units = 0;  // what sales asked for and the stock didn't have
  std::int64_t rejections = 0;
};

struct ShippedLine {
  std::string stock_code;
  std::int64_t quantity = 0;      // units, below 0 on a cancellation
  std::int64_t back_ordered = 0;  // units of `quantity` that were not in stock

  friend bool operator==(const ShippedLine&, const ShippedLine&) = default;
};

// The effect of an invoice here is its shipment: a sale takes stock, a cancellation puts it back.
// Stock never goes below zero: what is not there is back-ordered, and the invoice counts as
// shipped. What is put back first serves what is back-ordered, whose it may be: a cancellation of
// what was never there makes no stock. Threads and errors are as in InvoiceDatabase.
class ShippingDatabase final : public InvoiceDatabase {
 public:
  // Throws DatabaseError. The opening stock of a file may differ from one opening to the next; it
  // decides about codes that have not been seen before.
  explicit ShippingDatabase(const ShippingOptions& options);
  ~ShippingDatabase() override;

  ShippingTotals totals();

  // The lines of one shipment, in order; empty if there is no such shipment.
  std::vector<ShippedLine> lines(const std::string& number);

  // Units on hand of a code that has been seen.
  std::optional<std::int64_t> stock(const std::string& stock_code);

  // The least that is on hand of any code; nothing if none has been seen.
  std::optional<std::int64_t> minimum_stock();

 private:
  struct Statements;

  // A code's stock during a transaction: read when first needed, written once at the end.
  struct Stock {
    std::int64_t on_hand = 0;
    std::int64_t owed = 0;  // of what was back-ordered
    bool on_hand_changed = false;
    bool owed_changed = false;

    // Returns how many of the units were not there.
    std::int64_t take(std::int64_t quantity);
    void put_back(std::int64_t quantity);
    void set(std::int64_t now_on_hand, std::int64_t now_owed);
  };

  void begin() override;
  std::optional<std::string> apply(const ReceivedInvoice& received) override;
  void finish() override;

  Stock& stock_of(const std::string& stock_code);

  const std::int64_t opening_stock_;
  std::unordered_map<std::string, Stock> stock_;
  ShippingTotals added_;  // by this transaction
  std::unique_ptr<Statements> statements_;
};

}  // namespace doorbuster::functions
