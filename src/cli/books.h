// The databases of a system's functions, opened when they are first asked for.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "functions/payment_ledger.h"
#include "functions/sales_database.h"
#include "functions/shipping_database.h"

namespace doorbuster::cli {

// shipping.db, sales.db and payments.db in the directory of an earlier --data, which somebody else
// may be writing to. Any thread.
class Books {
 public:
  explicit Books(std::optional<std::filesystem::path> directory)
      : directory_(std::move(directory)) {}

  bool known() const { return directory_.has_value(); }
  bool has_payments() const;

  // Throw CommandError if the directory isn't known, has no such database, or it can't be opened.
  functions::ShippingDatabase& shipping();
  functions::SalesDatabase& sales();
  functions::PaymentLedger& payments();

 private:
  std::filesystem::path existing(const char* name) const;
  template <class Database, class Options>
  Database& opened(std::unique_ptr<Database>& database, const Options& options);

  const std::optional<std::filesystem::path> directory_;
  std::mutex mutex_;  // guards what follows
  std::unique_ptr<functions::ShippingDatabase> shipping_;
  std::unique_ptr<functions::SalesDatabase> sales_;
  std::unique_ptr<functions::PaymentLedger> payments_;
};

}  // namespace doorbuster::cli
