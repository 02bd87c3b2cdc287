// What the shipping and the sales database have in common: the exactly-once record of the invoices
// that have had their effect, and the list of those refused.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cloud/async.h"
#include "functions/database_file.h"
#include "orders/invoice.h"

namespace doorbuster::functions {

// One version of one object. The etag carries no quotation marks.
struct ObjectVersion {
  std::string bucket;
  std::string key;
  std::string etag;

  friend bool operator==(const ObjectVersion&, const ObjectVersion&) = default;
};

// A valid invoice, the object it was read from, and when that object appeared.
struct ReceivedInvoice {
  orders::Invoice invoice;
  ObjectVersion object;
  cloud::Time event_time{};

  // The invoice's own date; the event's time if it has none.
  std::chrono::sys_seconds ordered_at() const;
};

// What recording an invoice came to. Only `recorded` has changed anything.
struct Outcome {
  enum class Kind {
    recorded,
    already,   // this invoice, from an object of the same content, has had its effect before
    rejected,  // `reason` says why it never can have one
  };
  Kind kind = Kind::recorded;
  std::string reason;
};

// An invoice that has had its effect.
struct RecordedInvoice {
  std::string number;
  orders::Kind kind = orders::Kind::sale;
  ObjectVersion object;
  std::string customer;  // empty: a guest
  std::string country;
  std::chrono::sys_seconds ordered_at{};
  cloud::Time recorded_at{};
  std::int64_t lines = 0;
  std::int64_t units = 0;  // below 0 on a cancellation
  orders::Money amount;    // below 0 on a cancellation
};

// An object that no invoice can be taken from, or that S3 has not given so far, or a message that
// names no object: its bucket is then empty and its key is the message's id. Its texts are kept as
// documents::storable() has them.
struct Rejection {
  std::string bucket;
  std::string key;
  std::string invoice;  // its number; empty if it isn't known
  std::string reason;
  int receives = 1;  // how often the message has been received
  cloud::Time last_at{};
};

// "sale" or "cancellation", as in the databases. No other kind is ever recorded.
std::string_view to_text(orders::Kind kind);

// A database of the effects that invoices have had. Delivery is at least once, the effect exactly
// once: it is committed in one transaction with the number of the invoice and the object that
// caused it, so whatever comes again is recognised.
//
// May be used from any thread: a mutex lets one call at a time use the connection, and a call
// blocks its thread until its transaction is on disk. Several processes may open the same file.
//
// When the database fails, what writes throws DatabaseError (full, read-only) or DatabaseBusy, what
// reads soci::soci_error; the transaction is then undone as a whole and the call may be repeated.
class InvoiceDatabase {
 public:
  virtual ~InvoiceDatabase();
  InvoiceDatabase(const InvoiceDatabase&) = delete;
  InvoiceDatabase& operator=(const InvoiceDatabase&) = delete;

  // Gives every invoice of the batch its effect, in order and in one transaction; an outcome for
  // each. An invoice that is recorded, now or before, takes its object off the rejections.
  std::vector<Outcome> record(std::span<const ReceivedInvoice> batch, cloud::Time now);

  // Notes the reasons in one transaction; a later reason for the same object replaces the earlier.
  // Sets last_at to `now`.
  void reject(std::span<const Rejection> rejections, cloud::Time now);

  std::optional<RecordedInvoice> find(const std::string& number);
  std::optional<Rejection> find_rejection(const std::string& bucket, const std::string& key);
  std::int64_t count_rejections();

  // Visits all, ordered by number, or by bucket and key. The connection is free during a visit, and
  // what is recorded meanwhile may or may not be visited.
  void for_each_invoice(const std::function<void(const RecordedInvoice&)>& visit);
  void for_each_rejection(const std::function<void(const Rejection&)>& visit);

 protected:
  // See DatabaseSchema.
  struct Schema {
    std::string name;
    std::int64_t version = 1;
    std::string invoices_table;
    std::vector<std::string> create_tables;
    std::vector<std::string> later_tables = {};
  };

  // Throws DatabaseError if the file is something else, or of another version.
  InvoiceDatabase(const DatabaseOptions& options, const Schema& schema);

  // The connection belongs to whoever holds the lock.
  std::unique_lock<std::mutex> lock() { return std::unique_lock(mutex_); }
  soci::session& session() { return *session_; }

  // The effect, called under the lock: begin() opens a transaction, apply() is called for each
  // invoice that is new, finish() closes it. An apply() that returns a reason must not have had any
  // effect. When any of them throws, all is undone, and begin() comes next.
  virtual void begin() = 0;
  virtual std::optional<std::string> apply(const ReceivedInvoice& received) = 0;
  virtual void finish() = 0;

 private:
  struct Statements;

  // All changes in one transaction, or none of them.
  void write(const std::function<void()>& changes);
  Outcome record_one(const ReceivedInvoice& received, cloud::Time now);

  const std::filesystem::path path_;
  std::mutex mutex_;
  std::string invoices_table_;
  std::unique_ptr<soci::session> session_;
  std::unique_ptr<Statements> statements_;  // prepared on session_, so gone before it
};

}  // namespace doorbuster::functions
