// The databases of a system's functions, opened when they are first asked for.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "functions/sales_database.h"
#include "functions/shipping_database.h"

namespace doorbuster::cli {

// shipping.db and sales.db in the directory of an earlier --data, which somebody else may be
// writing to. Any thread.
class Books {
 public:
  explicit Books(std::optional<std::filesystem::path> directory)
      : directory_(std::move(directory)) {}

  bool known() const { return directory_.has_value(); }

  // Throw CommandError if the directory isn't known, has no such database, or it can't be opened.
  functions::ShippingDatabase& shipping();
  functions::SalesDatabase& sales();

 private:
  std::filesystem::path existing(const char* name) const;

  const std::optional<std::filesystem::path> directory_;
  std::mutex mutex_;  // guards what follows
  std::unique_ptr<functions::ShippingDatabase> shipping_;
  std::unique_ptr<functions::SalesDatabase> sales_;
};

}  // namespace doorbuster::cli
