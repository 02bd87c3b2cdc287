// The file that each of this room's databases is in, opened with care.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace soci {
class session;
class soci_error;
}  // namespace soci

namespace doorbuster::functions {

// The file can't be opened as the database that it should be, or can't be written. Nothing in it
// has been changed. The message is for whoever can mend it.
class DatabaseError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Another process has kept the file locked for longer than busy_timeout. Nothing has been changed,
// and whoever calls again may find it free.
class DatabaseBusy : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct DatabaseOptions {
  std::filesystem::path path;  // created if it doesn't exist; its directory must
  // How long to wait for another process that is writing before the call fails.
  std::chrono::milliseconds busy_timeout{10'000};
};

struct DatabaseSchema {
  std::string name;  // says whose database it is, in the file itself
  std::int64_t version = 1;
  // Each creates one table, in SQL that SQLite and PostgreSQL share.
  std::vector<std::string> create_tables;
  // Each creates one table if it does not exist: those that files of the same version may be
  // without, because they were made by an older program.
  std::vector<std::string> later_tables = {};
};

// A connection to the file, which has the schema's tables afterwards and keeps what is committed
// once the commit returns. Throws DatabaseError if the file is something else, or of another
// version.
std::unique_ptr<soci::session> open_database(const DatabaseOptions& options,
                                             const DatabaseSchema& schema);

// The file can't be written: throws DatabaseBusy or DatabaseError, which say why.
[[noreturn]] void throw_failure(const std::filesystem::path& path, const soci::soci_error& error);

}  // namespace doorbuster::functions
