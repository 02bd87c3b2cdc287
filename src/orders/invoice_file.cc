#include "orders/invoice_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "documents/utf8.h"
#include "orders/csv_reader.h"
#include "orders/quoted.h"
#include "orders/text_file.h"
#include "orders/timestamp.h"

namespace doorbuster::orders {
namespace {

using Fields = std::span<const std::string_view>;

enum Column : std::size_t {
  kInvoiceNo,
  kStockCode,
  kDescription,
  kQuantity,
  kInvoiceDate,
  kUnitPrice,
  kCustomerId,
  kCountry,
  kColumnCount
};

constexpr std::array<std::string_view, kColumnCount> kColumnNames = {
    "InvoiceNo",   "StockCode", "Description", "Quantity",
    "InvoiceDate", "UnitPrice", "CustomerID",  "Country"};

// Where each column stands in the file's rows.
class Columns {
 public:
  // Throws CsvError.
  Columns(Fields header, std::uint64_t line) : count_(header.size()) {
    for (std::size_t column = 0; column < kColumnCount; ++column) {
      const auto found = std::ranges::find(header, kColumnNames[column]);
      if (found == header.end()) missing(header, line);
      if (std::find(found + 1, header.end(), kColumnNames[column]) != header.end()) {
        throw CsvError(line, "names the column " + std::string(kColumnNames[column]) + " twice");
      }
      places_[column] = static_cast<std::size_t>(found - header.begin());
    }
  }

  std::size_t count() const { return count_; }
  std::string_view at(Fields row, Column column) const { return row[places_[column]]; }

 private:
  [[noreturn]] static void missing(Fields header, std::uint64_t line) {
    std::string names;
    int count = 0;
    for (const std::string_view name : kColumnNames) {
      if (std::ranges::find(header, name) != header.end()) continue;
      names += (count++ == 0 ? "" : ", ") + std::string(name);
    }
    throw CsvError(line, "lacks the column" + std::string(count == 1 ? " " : "s ") + names +
                             ": the first line must name all columns, separated by commas");
  }

  std::size_t count_;
  std::array<std::size_t, kColumnCount> places_{};
};

// A row's fields, read. The texts are views into the reader's record.
struct Row {
  std::string_view number;
  std::string_view stock_code;
  std::string_view description;
  std::int64_t quantity = 0;
  std::chrono::sys_seconds date;
  Money unit_price;
  std::string_view customer;
  std::string_view country;
};

[[noreturn]] void refuse(std::uint64_t line, Column column, std::string_view text,
                         const std::string& rule) {
  throw CsvError(line,
                 "has the " + std::string(kColumnNames[column]) + ' ' + quoted(text) + ", " + rule);
}

std::int64_t read_quantity(std::string_view text, std::uint64_t line) {
  std::int64_t n = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, n);
  if (error == std::errc::result_out_of_range && stop == end) {
    refuse(line, kQuantity, text, "which is too large");
  }
  if (error != std::errc() || stop != end) {
    refuse(line, kQuantity, text, "which is not a whole number");
  }
  return n;
}

// Spreadsheets and data frames that took the ids for numbers have written 17850 as 17850.0.
std::string_view without_float_tail(std::string_view id) {
  const bool tail =
      id.size() > 2 && id.ends_with(".0") && id.find_first_not_of("0123456789") == id.size() - 2;
  return tail ? id.substr(0, id.size() - 2) : id;
}

Row read_row(const Columns& columns, Fields fields, std::uint64_t line) {
  if (fields.size() != columns.count()) {
    throw CsvError(line, "has " + std::to_string(fields.size()) +
                             (fields.size() == 1 ? " field" : " fields") +
                             " where the header has " + std::to_string(columns.count()) +
                             ": the row may be cut off");
  }
  Row row;
  row.number = columns.at(fields, kInvoiceNo);
  if (row.number.empty()) throw CsvError(line, "has no InvoiceNo");
  row.stock_code = columns.at(fields, kStockCode);
  row.description = columns.at(fields, kDescription);
  row.quantity = read_quantity(columns.at(fields, kQuantity), line);

  const std::string_view date = columns.at(fields, kInvoiceDate);
  const auto time = parse_timestamp(date);
  if (!time) refuse(line, kInvoiceDate, date, "which is not a date such as 2010-12-01 08:26:00");
  row.date = *time;

  const std::string_view price = columns.at(fields, kUnitPrice);
  const auto money = Money::parse(price);
  if (!money) {
    refuse(line, kUnitPrice, price, "which is not an amount with at most 4 decimals such as 2.55");
  }
  row.unit_price = *money;
  row.customer = without_float_tail(columns.at(fields, kCustomerId));
  row.country = columns.at(fields, kCountry);
  return row;
}

void check_encoding(Fields fields, std::uint64_t line) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (documents::is_utf8(fields[i])) continue;
    throw CsvError(
        line, "is not UTF-8 in its field " + std::to_string(i + 1) + ": save the file in UTF-8");
  }
}

Kind kind_of(std::string_view number) {
  if (number.starts_with('C')) return Kind::cancellation;
  if (number.starts_with('A')) return Kind::adjustment;
  return Kind::sale;
}

Invoice begin_invoice(const Row& row) {
  Invoice invoice;
  invoice.number = row.number;
  invoice.kind = kind_of(row.number);
  if (!row.customer.empty()) invoice.customer = row.customer;
  invoice.country = row.country;
  invoice.date = row.date;
  return invoice;
}

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

}  // namespace

class InvoiceFile::Impl {
 public:
  explicit Impl(const std::filesystem::path& path) : name_('"' + path.string() + '"'), file_(path) {
    guarded([this] {
      check_all();
      file_.rewind();
      reader_.emplace(source());
      reader_->next();  // the header, which `columns_` knows
    });
  }

  std::size_t invoice_count() const { return invoices_.size(); }
  std::uint64_t row_count() const { return row_count_; }

  std::optional<Invoice> next() {
    std::optional<Invoice> complete;
    guarded([&] {
      while (!complete && reader_->next()) {
        ++row_;
        complete = take(read_row(*columns_, reader_->fields(), reader_->line()));
      }
    });
    if (!complete && row_ != row_count_) changed();
    return complete;
  }

 private:
  struct Entry {
    std::uint64_t last_row = 0;  // counted from 1
    std::unique_ptr<Invoice> begun;
  };

  CsvReader::Source source() {
    return [this](char* to, std::size_t size) { return file_.read(to, size); };
  }

  // Runs a step and puts the file's name and what to do to whatever is wrong with its text.
  template <typename Step>
  void guarded(Step step) {
    try {
      step();
    } catch (const CsvError& error) {
      throw InvoiceFileError(name_ + ", line " + std::to_string(error.line()) + ' ' + error.what() +
                             ". Correct the file and try again.");
    }
  }

  void check_all() {
    reader_.emplace(source());
    if (!reader_->next()) {
      throw InvoiceFileError(name_ + " is empty: give a file whose first line names its columns");
    }
    check_encoding(reader_->fields(), reader_->line());
    columns_.emplace(reader_->fields(), reader_->line());
    while (reader_->next()) {
      ++row_count_;
      const Row row = read_row(*columns_, reader_->fields(), reader_->line());
      check_encoding(reader_->fields(), reader_->line());
      note(row.number);
    }
  }

  void note(std::string_view number) {
    auto found = invoices_.find(number);
    if (found == invoices_.end()) {
      if (invoices_.size() == kFileInvoicesMax) {
        throw InvoiceFileError(name_ + " holds more than " + std::to_string(kFileInvoicesMax) +
                               " invoices: split it into several files");
      }
      found = invoices_.try_emplace(std::string(number)).first;
    }
    found->second.last_row = row_count_;
  }

  // Adds the row to its invoice; the invoice, if that makes it complete.
  std::optional<Invoice> take(const Row& row) {
    const auto found = invoices_.find(row.number);
    if (found == invoices_.end() || row_ > found->second.last_row) changed();
    Entry& entry = found->second;
    if (!entry.begun) entry.begun = std::make_unique<Invoice>(begin_invoice(row));

    if (std::vector<Line>& lines = entry.begun->lines; lines.size() <= kLinesMax) {
      lines.push_back({std::string(row.stock_code), std::string(row.description), row.quantity,
                       row.unit_price});
    }
    if (row_ < entry.last_row) return std::nullopt;
    const std::unique_ptr<Invoice> complete = std::move(entry.begun);
    return std::move(*complete);
  }

  [[noreturn]] void changed() const {
    throw InvoiceFileError(name_ +
                           " has been changed while it was read: start again with a file "
                           "that nobody writes to");
  }

  std::string name_;  // for messages, in quotes
  TextFile file_;
  std::optional<CsvReader> reader_;
  std::optional<Columns> columns_;
  std::unordered_map<std::string, Entry, TextHash, std::equal_to<>> invoices_;
  std::uint64_t row_count_ = 0;
  std::uint64_t row_ = 0;  // how many the second reading has taken
};

namespace {

// Runs what may fail on the file itself.
template <typename Step>
auto translated(Step step) {
  try {
    return step();
  } catch (const TextFileError& error) {
    throw InvoiceFileError(error.what());
  }
}

}  // namespace

InvoiceFile::InvoiceFile(const std::filesystem::path& path)
    : impl_(translated([&] { return std::make_unique<Impl>(path); })) {}

InvoiceFile::~InvoiceFile() = default;
InvoiceFile::InvoiceFile(InvoiceFile&&) noexcept = default;
InvoiceFile& InvoiceFile::operator=(InvoiceFile&&) noexcept = default;

std::size_t InvoiceFile::invoice_count() const {
  return impl_->invoice_count();
}
std::uint64_t InvoiceFile::row_count() const {
  return impl_->row_count();
}

std::optional<Invoice> InvoiceFile::next() {
  return translated([this] { return impl_->next(); });
}

}  // namespace doorbuster::orders
