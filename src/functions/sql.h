// How this room speaks SQL: through SOCI, in statements that SQLite and PostgreSQL both understand.
// For the databases' own .cc files.
#pragma once

#include <soci/soci.h>

#include <cstdint>

namespace doorbuster::functions {

// Begins in the constructor; undone by the destructor unless committed. It is the only writer from
// the start, so what it has read can't be changed by another process before it writes. How that is
// said is SQLite's; PostgreSQL will need a lock of its own here.
class Transaction {
 public:
  explicit Transaction(soci::session& sql) : sql_(sql) { sql_ << "BEGIN IMMEDIATE"; }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  ~Transaction() {
    if (committed_) return;
    try {
      sql_ << "ROLLBACK";
    } catch (const soci::soci_error&) {
      // SQLite has already rolled back after a full disk or an I/O error, and says so.
    }
  }

  void commit() {
    sql_ << "COMMIT";
    committed_ = true;
  }

 private:
  soci::session& sql_;
  bool committed_ = false;
};

// Runs a query of at most one row into its bound variables; whether there was one. It reads past
// that row: a query that isn't read to its end would keep the database's snapshot, and with it the
// write-ahead log, for as long as the statement lives.
inline bool select_one(soci::statement& query) {
  const bool found = query.execute(true);
  if (found) query.fetch();
  return found;
}

}  // namespace doorbuster::functions
