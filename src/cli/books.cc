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

functions::ShippingDatabase& Books::shipping() {
  const std::lock_guard lock(mutex_);
  if (!shipping_) {
    functions::ShippingOptions options;
    options.database.path = existing("shipping.db");
    try {
      shipping_ = std::make_unique<functions::ShippingDatabase>(options);
    } catch (const functions::DatabaseError& e) {
      throw CommandError(1, e.what());
    }
  }
  return *shipping_;
}

functions::SalesDatabase& Books::sales() {
  const std::lock_guard lock(mutex_);
  if (!sales_) {
    functions::DatabaseOptions options;
    options.path = existing("sales.db");
    try {
      sales_ = std::make_unique<functions::SalesDatabase>(options);
    } catch (const functions::DatabaseError& e) {
      throw CommandError(1, e.what());
    }
  }
  return *sales_;
}

}  // namespace doorbuster::cli
