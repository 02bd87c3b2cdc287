#include "functions/database.h"

#include "documents/utf8.h"
#include "functions/sql.h"

namespace doorbuster::functions {
namespace {

// Rows that an iteration reads while it holds the lock.
constexpr int kPageRows = 1'000;

constexpr std::string_view kCreateRejections = R"(
CREATE TABLE rejections (
  bucket TEXT NOT NULL,
  object_key TEXT NOT NULL,
  invoice TEXT NOT NULL,
  reason TEXT NOT NULL,
  receives BIGINT NOT NULL,
  last_at_ms BIGINT NOT NULL,
  PRIMARY KEY (bucket, object_key)
))";

// Amounts are ten-thousandths, here and everywhere.
constexpr std::string_view kInvoiceColumns = R"( (
  invoice TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  bucket TEXT NOT NULL,
  object_key TEXT NOT NULL,
  etag TEXT NOT NULL,
  customer TEXT NOT NULL,
  country TEXT NOT NULL,
  ordered_at_s BIGINT NOT NULL,
  recorded_at_ms BIGINT NOT NULL,
  lines BIGINT NOT NULL,
  units BIGINT NOT NULL,
  amount BIGINT NOT NULL
))";

constexpr std::string_view kInvoiceFields =
    "invoice, kind, bucket, object_key, etag, customer, country, ordered_at_s, recorded_at_ms, "
    "lines, units, amount";

constexpr std::string_view kRejectionFields =
    "bucket, object_key, invoice, reason, receives, last_at_ms";

// A row of the invoices table, as the variables that statements are bound to.
struct InvoiceRow {
  std::string number, kind, bucket, key, etag, customer, country;
  std::int64_t ordered_at_s = 0, recorded_at_ms = 0, lines = 0, units = 0, amount = 0;

  void set(const ReceivedInvoice& received, cloud::Time now) {
    const orders::Invoice& invoice = received.invoice;
    number = invoice.number;
    kind = to_text(invoice.kind);
    bucket = received.object.bucket;
    key = received.object.key;
    etag = received.object.etag;
    customer = invoice.customer.value_or("");
    country = invoice.country;
    ordered_at_s = received.ordered_at().time_since_epoch().count();
    recorded_at_ms = now.time_since_epoch().count();
    lines = static_cast<std::int64_t>(invoice.lines.size());
    units = invoice.units();
    amount = invoice.amount().ten_thousandths();
  }

  RecordedInvoice get() const {
    RecordedInvoice recorded;
    recorded.number = number;
    recorded.kind = kind == "sale" ? orders::Kind::sale : orders::Kind::cancellation;
    recorded.object = {bucket, key, etag};
    recorded.customer = customer;
    recorded.country = country;
    recorded.ordered_at = std::chrono::sys_seconds(std::chrono::seconds(ordered_at_s));
    recorded.recorded_at = cloud::Time(std::chrono::milliseconds(recorded_at_ms));
    recorded.lines = lines;
    recorded.units = units;
    recorded.amount = orders::Money::from_ten_thousandths(amount);
    return recorded;
  }
};

// What strangers' messages say may be anything.
struct RejectionRow {
  std::string bucket, key, invoice, reason;
  std::int64_t receives = 0, last_at_ms = 0;

  void set_object(const std::string& its_bucket, const std::string& its_key) {
    bucket = documents::storable(its_bucket);
    key = documents::storable(its_key);
  }

  void set(const Rejection& rejection, cloud::Time now) {
    set_object(rejection.bucket, rejection.key);
    invoice = documents::storable(rejection.invoice);
    reason = documents::storable(rejection.reason);
    receives = rejection.receives;
    last_at_ms = now.time_since_epoch().count();
  }

  Rejection get() const {
    return {bucket,
            key,
            invoice,
            reason,
            static_cast<int>(receives),
            cloud::Time(std::chrono::milliseconds(last_at_ms))};
  }
};

// A prepared query whose rows are invoices; more variables may be bound after it.
auto select_invoices(soci::session& sql, const std::string& query, InvoiceRow& row) {
  return (sql.prepare << query, soci::into(row.number), soci::into(row.kind),
          soci::into(row.bucket), soci::into(row.key), soci::into(row.etag),
          soci::into(row.customer), soci::into(row.country), soci::into(row.ordered_at_s),
          soci::into(row.recorded_at_ms), soci::into(row.lines), soci::into(row.units),
          soci::into(row.amount));
}

auto select_rejections(soci::session& sql, const std::string& query, RejectionRow& row) {
  return (sql.prepare << query, soci::into(row.bucket), soci::into(row.key),
          soci::into(row.invoice), soci::into(row.reason), soci::into(row.receives),
          soci::into(row.last_at_ms));
}

}  // namespace

// Bound variables and the statements that use them; prepared once, for the session's life.
struct InvoiceDatabase::Statements {
  Statements(soci::session& sql, const std::string& table)
      : insert_invoice((sql.prepare << "INSERT INTO " + table + " (" + std::string(kInvoiceFields) +
                                           ") VALUES (:n, :k, :b, :o, :e, :c, :y, :t, :r, :l, :u, "
                                           ":a)",
                        soci::use(row.number), soci::use(row.kind), soci::use(row.bucket),
                        soci::use(row.key), soci::use(row.etag), soci::use(row.customer),
                        soci::use(row.country), soci::use(row.ordered_at_s),
                        soci::use(row.recorded_at_ms), soci::use(row.lines), soci::use(row.units),
                        soci::use(row.amount))),
        select_object(
            (sql.prepare << "SELECT bucket, object_key, etag FROM " + table + " WHERE invoice = :n",
             soci::into(first.bucket), soci::into(first.key), soci::into(first.etag),
             soci::use(number))),
        delete_rejection(
            (sql.prepare << "DELETE FROM rejections WHERE bucket = :b AND object_key = :o",
             soci::use(rejection.bucket), soci::use(rejection.key))),
        upsert_rejection((sql.prepare << "INSERT INTO rejections (" +
                                             std::string(kRejectionFields) +
                                             ") VALUES (:b, :o, :i, :r, :n, :t) "
                                             "ON CONFLICT (bucket, object_key) DO UPDATE SET "
                                             "invoice = excluded.invoice, "
                                             "reason = excluded.reason, "
                                             "receives = excluded.receives, "
                                             "last_at_ms = excluded.last_at_ms",
                          soci::use(rejection.bucket), soci::use(rejection.key),
                          soci::use(rejection.invoice), soci::use(rejection.reason),
                          soci::use(rejection.receives), soci::use(rejection.last_at_ms))) {}

  InvoiceRow row;
  std::string number;
  ObjectVersion first;
  RejectionRow rejection;
  soci::statement insert_invoice;
  soci::statement select_object;
  soci::statement delete_rejection;
  soci::statement upsert_rejection;
};

std::chrono::sys_seconds ReceivedInvoice::ordered_at() const {
  return invoice.date ? *invoice.date : std::chrono::floor<std::chrono::seconds>(event_time);
}

std::string_view to_text(orders::Kind kind) {
  return kind == orders::Kind::sale ? "sale" : "cancellation";
}

InvoiceDatabase::InvoiceDatabase(const DatabaseOptions& options, const Schema& schema)
    : path_(options.path), invoices_table_(schema.invoices_table) {
  DatabaseSchema all{schema.name, schema.version, {std::string(kCreateRejections)}};
  all.create_tables.push_back("CREATE TABLE " + invoices_table_ + std::string(kInvoiceColumns));
  all.create_tables.insert(all.create_tables.end(), schema.create_tables.begin(),
                           schema.create_tables.end());
  all.later_tables = schema.later_tables;
  session_ = open_database(options, all);
  statements_ = std::make_unique<Statements>(*session_, invoices_table_);
}

InvoiceDatabase::~InvoiceDatabase() = default;

void InvoiceDatabase::write(const std::function<void()>& changes) {
  const auto held = lock();
  try {
    Transaction transaction(*session_);
    changes();
    transaction.commit();
  } catch (const soci::soci_error& e) {
    throw_failure(path_, e);
  }
}

std::vector<Outcome> InvoiceDatabase::record(std::span<const ReceivedInvoice> batch,
                                             cloud::Time now) {
  std::vector<Outcome> outcomes;
  if (batch.empty()) return outcomes;
  outcomes.reserve(batch.size());
  write([&] {
    begin();
    for (const ReceivedInvoice& received : batch) outcomes.push_back(record_one(received, now));
    finish();
  });
  return outcomes;
}

Outcome InvoiceDatabase::record_one(const ReceivedInvoice& received, cloud::Time now) {
  Statements& st = *statements_;
  st.number = received.invoice.number;
  const bool known = select_one(st.select_object);
  if (known && st.first.etag != received.object.etag) {
    return {Outcome::Kind::rejected, "invoice " + st.number + " has been taken from s3://" +
                                         st.first.bucket + "/" + st.first.key +
                                         " already, with other content"};
  }
  if (!known) {
    if (auto reason = apply(received)) return {Outcome::Kind::rejected, std::move(*reason)};
    st.row.set(received, now);
    st.insert_invoice.execute(true);
  }
  st.rejection.set_object(received.object.bucket, received.object.key);
  st.delete_rejection.execute(true);
  return {known ? Outcome::Kind::already : Outcome::Kind::recorded, {}};
}

void InvoiceDatabase::reject(std::span<const Rejection> rejections, cloud::Time now) {
  if (rejections.empty()) return;
  write([&] {
    for (const Rejection& rejection : rejections) {
      statements_->rejection.set(rejection, now);
      statements_->upsert_rejection.execute(true);
    }
  });
}

std::optional<RecordedInvoice> InvoiceDatabase::find(const std::string& number) {
  const auto held = lock();
  InvoiceRow row;
  soci::statement query = (select_invoices(*session_,
                                           "SELECT " + std::string(kInvoiceFields) + " FROM " +
                                               invoices_table_ + " WHERE invoice = :n",
                                           row),
                           soci::use(number));
  if (!select_one(query)) return std::nullopt;
  return row.get();
}

std::optional<Rejection> InvoiceDatabase::find_rejection(const std::string& bucket,
                                                         const std::string& key) {
  const auto held = lock();
  RejectionRow row, wanted;
  wanted.set_object(bucket, key);
  soci::statement query = (select_rejections(*session_,
                                             "SELECT " + std::string(kRejectionFields) +
                                                 " FROM rejections WHERE bucket = :b AND "
                                                 "object_key = :o",
                                             row),
                           soci::use(wanted.bucket), soci::use(wanted.key));
  if (!select_one(query)) return std::nullopt;
  return row.get();
}

std::int64_t InvoiceDatabase::count_rejections() {
  const auto held = lock();
  std::int64_t count = 0;
  *session_ << "SELECT COUNT(*) FROM rejections", soci::into(count);
  return count;
}

void InvoiceDatabase::for_each_invoice(const std::function<void(const RecordedInvoice&)>& visit) {
  const std::string text = "SELECT " + std::string(kInvoiceFields) + " FROM " + invoices_table_ +
                           " WHERE invoice > :after ORDER BY invoice LIMIT " +
                           std::to_string(kPageRows);
  std::string after;
  std::vector<RecordedInvoice> page;
  do {
    page.clear();
    {
      const auto held = lock();
      InvoiceRow row;
      soci::statement query = (select_invoices(*session_, text, row), soci::use(after));
      query.execute();
      while (query.fetch()) page.push_back(row.get());
    }
    for (const RecordedInvoice& recorded : page) visit(recorded);
    if (!page.empty()) after = page.back().number;
  } while (page.size() == kPageRows);
}

void InvoiceDatabase::for_each_rejection(const std::function<void(const Rejection&)>& visit) {
  const std::string text = "SELECT " + std::string(kRejectionFields) +
                           " FROM rejections WHERE (bucket, object_key) > (:b, :o) "
                           "ORDER BY bucket, object_key LIMIT " +
                           std::to_string(kPageRows);
  std::string bucket, key;
  std::vector<Rejection> page;
  do {
    page.clear();
    {
      const auto held = lock();
      RejectionRow row;
      soci::statement query =
          (select_rejections(*session_, text, row), soci::use(bucket), soci::use(key));
      query.execute();
      while (query.fetch()) page.push_back(row.get());
    }
    for (const Rejection& rejection : page) visit(rejection);
    if (!page.empty()) {
      bucket = page.back().bucket;
      key = page.back().key;
    }
  } while (page.size() == kPageRows);
}

}  // namespace doorbuster::functions
