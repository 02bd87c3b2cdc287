#include "functions/database_file.h"

#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>

#include "functions/sql.h"

namespace doorbuster::functions {
namespace {

// Memory for pages of the file, per database. The tables' ends and the stock are what is hot.
constexpr int kCacheKib = 8 * 1'024;

// What the write-ahead log is cut back to once a burst has made it larger.
constexpr std::int64_t kJournalBytesMax = std::int64_t{64} * 1'024 * 1'024;

constexpr std::string_view kCreateVersion =
    "CREATE TABLE schema_version (name TEXT PRIMARY KEY, version BIGINT NOT NULL)";

std::unique_ptr<soci::session> connect(const std::filesystem::path& path) {
  // SOCI's connection string knows no way to write a quotation mark.
  if (path.string().find('"') != std::string::npos) {
    throw DatabaseError("a database's path must not contain a quotation mark: " + path.string());
  }
  return std::make_unique<soci::session>(soci::sqlite3, "dbname=\"" + path.string() + "\"");
}

std::vector<std::string> table_names(soci::session& sql) {
  std::vector<std::string> names;
  std::string name;
  soci::statement query = (sql.prepare_table_names(), soci::into(name));
  query.execute();
  while (query.fetch()) names.push_back(name);
  return names;
}

// Whether the database is as `name` and `version` say; false if it is empty.
bool check_version(soci::session& sql, const std::string& name, std::int64_t version) {
  const std::vector<std::string> tables = table_names(sql);
  if (tables.empty()) return false;
  if (std::find(tables.begin(), tables.end(), "schema_version") == tables.end()) {
    throw DatabaseError("it holds tables of something else");
  }
  std::string found_name;
  std::int64_t found_version = 0;
  sql << "SELECT name, version FROM schema_version", soci::into(found_name),
      soci::into(found_version);
  if (found_name != name) throw DatabaseError("it is the " + found_name + " database");
  if (found_version != version) {
    throw DatabaseError("its schema is version " + std::to_string(found_version) +
                        ", this program works with version " + std::to_string(version));
  }
  return true;
}

// Durable when a commit returns, because the message that caused it is deleted next.
void configure(soci::session& sql) {
  std::string mode;
  sql << "PRAGMA journal_mode = WAL", soci::into(mode);
  sql << "PRAGMA synchronous = FULL";
  sql << "PRAGMA cache_size = -" << kCacheKib;
  std::int64_t limit = 0;
  sql << "PRAGMA journal_size_limit = " << kJournalBytesMax, soci::into(limit);
}

bool is_full(const std::exception& error) {
  return std::string_view(error.what()).find("disk is full") != std::string_view::npos;
}

DatabaseError disk_full(const std::filesystem::path& path) {
  return DatabaseError("the disk under " + path.string() +
                       " is full: free some space and run the same command again");
}

bool is_busy(const soci::soci_error& error) {
  constexpr int kPrimary = 0xFF;  // the rest of a result says more of the same
  const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
  return sqlite != nullptr && (sqlite->result() & kPrimary) == SQLITE_BUSY;
}

// SQLite keeps such a table as one tree, ordered by its key, instead of a tree and an index: half
// the pages to write.
void create_table(soci::session& sql, const std::string& table) {
  sql << table + " WITHOUT ROWID";
}

void create(soci::session& sql, const DatabaseSchema& schema) {
  create_table(sql, std::string(kCreateVersion));
  for (const std::string& table : schema.create_tables) create_table(sql, table);
  sql << "INSERT INTO schema_version (name, version) VALUES (:n, :v)", soci::use(schema.name),
      soci::use(schema.version);
}

}  // namespace

void throw_failure(const std::filesystem::path& path, const soci::soci_error& error) {
  if (is_full(error)) throw disk_full(path);
  if (is_busy(error)) {
    throw DatabaseBusy(path.string() + " is kept locked by another process: " + error.what());
  }
  throw DatabaseError(path.string() + " can't be written: " + error.what());
}

std::unique_ptr<soci::session> open_database(const DatabaseOptions& options,
                                             const DatabaseSchema& schema) {
  try {
    auto session = connect(options.path);
    *session << "PRAGMA busy_timeout = " << options.busy_timeout.count();
    const bool exists = check_version(*session, schema.name, schema.version);
    configure(*session);
    if (!exists) {
      Transaction transaction(*session);
      // Another process may have been quicker.
      if (!check_version(*session, schema.name, schema.version)) create(*session, schema);
      transaction.commit();
    }
    for (const std::string& table : schema.later_tables) create_table(*session, table);
    return session;
  } catch (const std::exception& e) {
    if (is_full(e)) throw disk_full(options.path);
    throw DatabaseError(options.path.string() + " can't be used as the " + schema.name +
                        " database: " + e.what() + ". It has not been changed; give another path.");
  }
}

}  // namespace doorbuster::functions
