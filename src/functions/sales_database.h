// The sales books: facts, and the trends that follow from them.
#pragma once

#include <array>
#include <boost/json/object.hpp>
#include <unordered_map>

#include "functions/database.h"

namespace doorbuster::functions {

// Refunds count invoices upwards, units and amounts below 0.
struct SalesSum {
  std::int64_t invoices = 0;
  std::int64_t units = 0;
  orders::Money amount;

  friend bool operator==(const SalesSum&, const SalesSum&) = default;
};

// {"invoices": 2, "units": 6, "amount": "12.34"}
boost::json::object to_json(const SalesSum& sum);

// What was sold and refunded in one bucket: an hour "2010-12-01T08:00" or a day "2010-12-01" in the
// shop's time, a country, a stock code.
struct Trend {
  std::string bucket;
  SalesSum sales;
  SalesSum refunds;

  friend bool operator==(const Trend&, const Trend&) = default;
};

// The bucket is the stock code; an invoice counts once for each product on it.
struct ProductTrend : Trend {
  std::string description;  // the latest that is not empty
};

// The effect of an invoice here is its facts, one a line, and its share of the trends, which are
// kept up to date in the same transaction. Threads and errors are as in InvoiceDatabase.
class SalesDatabase final : public InvoiceDatabase {
 public:
  // Throws DatabaseError.
  explicit SalesDatabase(const DatabaseOptions& options);
  ~SalesDatabase() override;

  // The bucket is "all".
  Trend totals();

  // In the order of their buckets.
  std::vector<Trend> by_hour();
  std::vector<Trend> by_day();
  std::vector<Trend> by_country();

  // Those that sold for the most, that first.
  std::vector<ProductTrend> top_products(std::int64_t count);

 private:
  enum Dimension { kAll, kHour, kDay, kCountry, kProduct, kDimensions };

  // What a transaction adds to a bucket.
  struct Addition {
    SalesSum sales;
    SalesSum refunds;
    std::int64_t last_invoice = -1;  // the latest in the transaction that counts here
  };
  struct Description {
    std::string text;
    std::chrono::sys_seconds at;
  };
  struct Statements;

  void begin() override;
  std::optional<std::string> apply(const ReceivedInvoice& received) override;
  void finish() override;

  void add_to_running(const orders::Invoice& invoice);
  void insert_facts(const ReceivedInvoice& received, const std::string& hour);
  void add(Dimension dimension, const std::string& bucket, orders::Kind kind, std::int64_t units,
           orders::Money amount);
  void describe(const orders::Line& line, std::chrono::sys_seconds at);
  void write_trends(Dimension dimension);
  void write_descriptions();
  std::vector<Trend> select_trends(Dimension dimension);

  std::array<std::unordered_map<std::string, Addition>, kDimensions> additions_;
  std::unordered_map<std::string, Description> descriptions_;
  Trend running_;                // the totals, with what the transaction has added so far
  std::int64_t invoice_no_ = 0;  // counts the invoices of the transaction
  std::unique_ptr<Statements> statements_;
};

}  // namespace doorbuster::functions
