// The ledger of a payment provider: every payment that was asked for and decided, once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cloud/async.h"
#include "functions/database_file.h"
#include "orders/money.h"

namespace doorbuster::functions {

// A payment that the provider has decided on. Only one that was taken has charged anybody.
struct Payment {
  std::string idempotency_key;
  std::string order_id;
  orders::Money amount;
  bool taken = false;
  std::string reason;  // why it was not
  std::string transaction_id;
  cloud::Time at{};

  friend bool operator==(const Payment&, const Payment&) = default;
};

struct PaymentTotals {
  std::int64_t taken = 0;
  std::int64_t declined = 0;
  orders::Money amount;  // taken

  friend bool operator==(const PaymentTotals&, const PaymentTotals&) = default;
};

// A payment is written in one transaction with its idempotency key, so whatever is asked again
// finds what was decided the first time, also after a crash.
//
// May be used from any thread: a mutex lets one call at a time use the connection, and a call
// blocks its thread until its transaction is on disk. Several processes may open the same file.
// When the database fails, record() throws DatabaseError or DatabaseBusy and has changed nothing,
// the others throw soci::soci_error.
class PaymentLedger {
 public:
  // Throws DatabaseError.
  explicit PaymentLedger(const DatabaseOptions& options);
  ~PaymentLedger();
  PaymentLedger(const PaymentLedger&) = delete;
  PaymentLedger& operator=(const PaymentLedger&) = delete;

  // For each, in order: the payment itself if its key is new, and now written, or the one that has
  // been written under that key before. All in one transaction.
  std::vector<Payment> record(const std::vector<Payment>& payments);

  std::optional<Payment> find(const std::string& idempotency_key);
  PaymentTotals totals();

  // Visits all, ordered by key. The connection is free during a visit, and what is recorded
  // meanwhile may or may not be visited.
  void for_each(const std::function<void(const Payment&)>& visit);

 private:
  struct Statements;

  const std::filesystem::path path_;
  std::mutex mutex_;  // guards what follows
  std::unique_ptr<soci::session> session_;
  std::unique_ptr<Statements> statements_;  // prepared on session_, so gone before it
};

}  // namespace doorbuster::functions
