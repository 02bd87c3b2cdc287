#include "functions/payment_ledger.h"

#include "functions/sql.h"

namespace doorbuster::functions {
namespace {

// Payments that an iteration reads while it holds the lock.
constexpr std::size_t kPaymentRows = 1'000;

// Amounts are ten-thousandths.
constexpr const char* kCreatePayments = R"(
CREATE TABLE payments (
  idempotency_key TEXT PRIMARY KEY,
  order_id TEXT NOT NULL,
  amount BIGINT NOT NULL,
  taken INTEGER NOT NULL,
  reason TEXT NOT NULL,
  transaction_id TEXT NOT NULL,
  at_ms BIGINT NOT NULL
))";

constexpr const char* kFields =
    "idempotency_key, order_id, amount, taken, reason, transaction_id, at_ms";

// A row, as the variables that statements are bound to.
struct Row {
  std::string key, order_id, reason, transaction_id;
  std::int64_t amount = 0, at_ms = 0;
  int taken = 0;

  void set(const Payment& payment) {
    key = payment.idempotency_key;
    order_id = payment.order_id;
    amount = payment.amount.ten_thousandths();
    taken = payment.taken ? 1 : 0;
    reason = payment.reason;
    transaction_id = payment.transaction_id;
    at_ms = payment.at.time_since_epoch().count();
  }

  Payment get() const {
    return {key,    order_id,       orders::Money::from_ten_thousandths(amount),  taken != 0,
            reason, transaction_id, cloud::Time(std::chrono::milliseconds(at_ms))};
  }
};

// A prepared query whose rows are payments; more variables may be bound after it.
auto select_payments(soci::session& sql, const std::string& condition, Row& row) {
  return (sql.prepare << "SELECT " + std::string(kFields) + " FROM payments WHERE " + condition,
          soci::into(row.key), soci::into(row.order_id), soci::into(row.amount),
          soci::into(row.taken), soci::into(row.reason), soci::into(row.transaction_id),
          soci::into(row.at_ms));
}

}  // namespace

struct PaymentLedger::Statements {
  explicit Statements(soci::session& sql)
      : select((select_payments(sql, "idempotency_key = :wanted", found), soci::use(wanted))),
        insert((sql.prepare << "INSERT INTO payments (" + std::string(kFields) +
                                   ") VALUES (:k, :o, :a, :t, :r, :x, :m) "
                                   "ON CONFLICT (idempotency_key) DO NOTHING",
                soci::use(row.key), soci::use(row.order_id), soci::use(row.amount),
                soci::use(row.taken), soci::use(row.reason), soci::use(row.transaction_id),
                soci::use(row.at_ms))) {}

  std::optional<Payment> find(const std::string& key) {
    wanted = key;
    if (!select_one(select)) return std::nullopt;
    return found.get();
  }

  // False, and nothing is changed, if its key is known.
  bool add(const Payment& payment) {
    row.set(payment);
    insert.execute(true);
    return insert.get_affected_rows() > 0;
  }

  std::string wanted;
  Row found, row;
  soci::statement select;
  soci::statement insert;
};

PaymentLedger::PaymentLedger(const DatabaseOptions& options)
    : path_(options.path),
      session_(open_database(
          options,
          {.name = "Doorbuster payments", .version = 1, .create_tables = {kCreatePayments}})),
      statements_(std::make_unique<Statements>(*session_)) {}

PaymentLedger::~PaymentLedger() = default;

std::vector<Payment> PaymentLedger::record(const std::vector<Payment>& payments) {
  const std::lock_guard held(mutex_);
  std::vector<Payment> recorded;
  recorded.reserve(payments.size());
  try {
    Transaction transaction(*session_);
    for (const Payment& payment : payments) {
      const bool added = statements_->add(payment);
      recorded.push_back(added ? payment : statements_->find(payment.idempotency_key).value());
    }
    transaction.commit();
  } catch (const soci::soci_error& e) {
    throw_failure(path_, e);
  }
  return recorded;
}

std::optional<Payment> PaymentLedger::find(const std::string& idempotency_key) {
  const std::lock_guard held(mutex_);
  return statements_->find(idempotency_key);
}

PaymentTotals PaymentLedger::totals() {
  const std::lock_guard held(mutex_);
  PaymentTotals totals;
  std::int64_t all = 0;
  std::int64_t amount = 0;
  *session_ << "SELECT COUNT(*), COALESCE(SUM(taken), 0), COALESCE(SUM(taken * amount), 0) "
               "FROM payments",
      soci::into(all), soci::into(totals.taken), soci::into(amount);
  totals.declined = all - totals.taken;
  totals.amount = orders::Money::from_ten_thousandths(amount);
  return totals;
}

void PaymentLedger::for_each(const std::function<void(const Payment&)>& visit) {
  std::string after;
  std::vector<Payment> page;
  do {
    page.clear();
    {
      const std::lock_guard held(mutex_);
      Row row;
      soci::statement query =
          (select_payments(*session_,
                           "idempotency_key > :after ORDER BY idempotency_key LIMIT " +
                               std::to_string(kPaymentRows),
                           row),
           soci::use(after));
      query.execute();
      while (query.fetch()) page.push_back(row.get());
    }
    for (const Payment& payment : page) visit(payment);
    if (!page.empty()) after = page.back().idempotency_key;
  } while (page.size() == kPaymentRows);
}

}  // namespace doorbuster::functions
