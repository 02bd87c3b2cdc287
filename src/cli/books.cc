#include "cli/books.h"

#include "cli/data_directory.h"

namespace doorbuster::cli {

std::filesystem::path Books::existing(const char* name) const {
  if (!directory_) {
    throw CommandError(2, std::string("which ") + name +
                              "? Give the directory of the functions' databases with --data DIR");
  }
  auto path = *directory_ / name;
  std::error_code error;
  if (std::filesystem::exists(path, error)) return path;
  throw CommandError(2, directory_->string() + " has no " + name +
                            ": give the directory that doorbuster up or work keeps its data in");
}

bool Books::has_payments() const {
  std::error_code error;
  return directory_ && std::filesystem::exists(*directory_ / "payments.db", error);
}

template <class Database, class Options>
Database& Books::opened(std::unique_ptr<Database>& database, const Options& options) {
  if (database) return *database;
  try {
    database = std::make_unique<Database>(options);
  } catch (const functions::DatabaseError& e) {
    throw CommandError(1, e.what());
  }
  return *database;
}

functions::ShippingDatabase& Books::shipping() {
  const std::lock_guard lock(mutex_);
  functions::ShippingOptions options;
  options.database.path = existing("shipping.db");
  return opened(shipping_, options);
}

functions::SalesDatabase& Books::sales() {
  const std::lock_guard lock(mutex_);
  return opened(sales_, functions::DatabaseOptions{.path = existing("sales.db")});
}

functions::PaymentLedger& Books::payments() {
  const std::lock_guard lock(mutex_);
  return opened(payments_, functions::DatabaseOptions{.path = existing("payments.db")});
}

}  // namespace doorbuster::cli
