// Invoices from a CSV file, one row a line of an invoice. docs/invoice.md says what its columns
// mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "orders/invoice.h"

namespace doorbuster::orders {

// The most invoices that one file may hold.
inline constexpr std::size_t kFileInvoicesMax = 10'000'000;

// Says what is wrong with the file, where, and what to do about it.
class InvoiceFileError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Reads the file twice: the first time to check all of it, so that nothing is done with a file that
// turns out bad in the middle, and to learn which row is the last of each invoice; the second time
// to yield each invoice when that row has passed. The rows of an invoice need not be adjacent.
// Memory grows with the number of invoices, and with the lines of those that are begun and not yet
// complete.
//
// The file is checked for its form only: what validate() says about an invoice is up to the caller.
// For one thread at a time.
class InvoiceFile {
 public:
  // Opens the file, plain or compressed with gzip, and checks all of it. Throws InvoiceFileError.
  explicit InvoiceFile(const std::filesystem::path& path);
  ~InvoiceFile();
  InvoiceFile(InvoiceFile&&) noexcept;
  InvoiceFile& operator=(InvoiceFile&&) noexcept;

  std::size_t invoice_count() const;
  std::uint64_t row_count() const;  // without the header

  // The next invoice, in the order of their last rows; nothing after the last. An invoice of too
  // many lines has as many as validate() needs to refuse it. Throws InvoiceFileError if the file
  // has changed since it was checked, or can't be read any more.
  std::optional<Invoice> next();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace doorbuster::orders
