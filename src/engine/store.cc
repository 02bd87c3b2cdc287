#include "engine/store.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

namespace doorbuster::engine {
namespace {

constexpr const char* kFormatFile = "FORMAT";
constexpr const char* kDatabase = "db";
constexpr const char* kFormatDraft = "FORMAT.new";
constexpr std::string_view kFormat = "doorbuster 5\n";

constexpr std::array<const char*, kFamilies> kFamilyNames = {
    "default", "state", "messages", "delayed", "objects", "bodies", "history", "metrics"};

constexpr std::size_t kMiB = 1 << 20;

rocksdb::Slice slice(std::string_view text) {
  return {text.data(), text.size()};
}
std::string_view view(const rocksdb::Slice& s) {
  return {s.data(), s.size()};
}

// In the place of RocksDB's own log file, which it would otherwise write even into a directory it
// refuses.
class NoLog final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char* /*format*/, va_list /*arguments*/) override {}
};

rocksdb::DBOptions db_options(rocksdb::Env* env) {
  rocksdb::DBOptions options;
  options.env = env;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.paranoid_checks = true;
  options.track_and_verify_wals_in_manifest = true;
  // One thread writes, so the locks for several are only cost.
  options.allow_concurrent_memtable_write = false;
  options.enable_write_thread_adaptive_yield = false;
  // What a restart has to read again at the most.
  options.max_total_wal_size = 96 * kMiB;
  options.max_background_jobs = 2;
  // A file is opened faster than a thread is started for it.
  options.max_file_opening_threads = 1;
  options.bytes_per_sync = kMiB;
  options.info_log = std::make_shared<NoLog>();
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

rocksdb::ColumnFamilyOptions family_options(Family family,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  options.write_buffer_size = 4 * kMiB;
  options.max_write_buffer_number = 3;
  options.compression = rocksdb::kNoCompression;
  switch (family) {
    case Family::messages:
    case Family::delayed:
      // Written once, read in order, removed soon: large blocks, no filter.
      table.block_size = std::size_t{32} * 1024;
      options.write_buffer_size = 16 * kMiB;
      options.target_file_size_base = 16 * kMiB;
      break;
    case Family::history:
      table.block_size = std::size_t{16} * 1024;
      options.write_buffer_size = 16 * kMiB;
      options.compression = rocksdb::kLZ4Compression;
      break;
    case Family::bodies:
      options.write_buffer_size = 16 * kMiB;
      options.compression = rocksdb::kLZ4Compression;
      // Compaction leaves large chunks where they are.
      options.enable_blob_files = true;
      options.min_blob_size = std::uint64_t{64} * 1024;
      options.blob_file_size = 64 * kMiB;
      options.blob_compression_type = rocksdb::kLZ4Compression;
      options.enable_blob_garbage_collection = true;
      break;
    case Family::state:
    case Family::objects:
      options.write_buffer_size = 8 * kMiB;
      table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
      break;
    case Family::metrics:
      options.compression = rocksdb::kLZ4Compression;
      table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
      break;
    case Family::config:
      break;
  }
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

// A directory of ours says so in a file, which is read before anything is touched.
void check_format(const std::filesystem::path& directory, rocksdb::Env* env) {
  const std::string file = (directory / kFormatFile).string();
  std::string format;
  if (rocksdb::ReadFileToString(env, file, &format).ok()) {
    if (format == kFormat) return;
    throw StoreError(directory.string() + " has another format than this doorbuster reads (\"" +
                     format.substr(0, format.find('\n')) + "\"): use the version that made it");
  }
  std::vector<std::string> names;
  if (!env->GetChildren(directory.string(), &names).ok()) return;
  for (const auto& name : names) {
    if (name == "." || name == ".." || name == kFormatDraft) continue;
    throw StoreError(directory.string() + " holds " + name +
                     ", which is not doorbuster's: choose an empty directory");
  }
}

// Without its CURRENT, RocksDB would take a database for a new one and remove what is there. It
// makes CURRENT before the first log or table.
void check_current(const std::filesystem::path& directory, rocksdb::Env* env) {
  const std::string database = (directory / "db").string();
  std::vector<std::string> names;
  if (!env->GetChildren(database, &names).ok() || env->FileExists(database + "/CURRENT").ok()) {
    return;
  }
  for (const std::string_view name : names) {
    if (!name.ends_with(".log") && !name.ends_with(".sst") && !name.ends_with(".blob")) continue;
    throw StoreError(directory.string() +
                     " is damaged and was left as it is: restore it from a backup (db/CURRENT is "
                     "missing)");
  }
}

std::string explain(const std::filesystem::path& directory, const rocksdb::Status& status) {
  const std::string where = directory.string();
  const std::string detail = status.ToString();
  const auto says = [&detail](const char* words) {
    return detail.find(words) != std::string::npos;
  };
  if (status.IsIOError() && says("/LOCK") && !says("Permission denied") && !says("Read-only")) {
    return where + " is in use by another doorbuster: stop it first, or choose another directory";
  }
  if (status.IsCorruption()) {
    return where + " is damaged and was left as it is: restore it from a backup (" + detail + ")";
  }
  if (status.IsNoSpace()) {
    return "the disk under " + where +
           " is full: free some space and run the same command again (" + detail + ")";
  }
  if (status.IsInvalidArgument()) {
    return where + " was not made by this version of doorbuster: choose another directory (" +
           detail + ")";
  }
  return where + " can't be used: " + detail;
}

// One that we may use but not read has to be left to the file system.
rocksdb::Status sync_directory(const std::filesystem::path& directory, rocksdb::Env* env) {
  std::unique_ptr<rocksdb::Directory> opened;
  const std::string name = directory.empty() ? "." : directory.string();
  if (!env->NewDirectory(name, &opened).ok()) return rocksdb::Status::OK();
  return opened->Fsync();
}

void make_directory(const std::filesystem::path& directory, rocksdb::Env* env) {
  auto made = env->CreateDirIfMissing(directory.string());
  const std::string file = (directory / kFormatFile).string();
  if (made.ok() && !env->FileExists(file).ok()) {
    // Renamed into place whole, so that a crash leaves either no mark or a complete one.
    const std::string draft = (directory / kFormatDraft).string();
    made = rocksdb::WriteStringToFile(env, slice(kFormat), draft, true);
    if (made.ok()) made = env->RenameFile(draft, file);
  }
  if (made.ok()) made = env->CreateDirIfMissing((directory / kDatabase).string());
  // RocksDB syncs the names of its own files only. A power cut must not take the directory they
  // are in, so this is done even where nothing was missing: the last start may not have got so far.
  if (made.ok()) made = sync_directory(directory, env);
  if (made.ok()) made = sync_directory(directory.parent_path(), env);
  if (!made.ok()) throw StoreError(explain(directory, made));
}

}  // namespace

void Batch::put(Family family, std::string_view key, std::string_view value) {
  batch_.Put(families_[static_cast<std::size_t>(family)], slice(key), slice(value));
}
void Batch::remove(Family family, std::string_view key) {
  batch_.Delete(families_[static_cast<std::size_t>(family)], slice(key));
}
void Batch::remove_written_once(Family family, std::string_view key) {
  batch_.SingleDelete(families_[static_cast<std::size_t>(family)], slice(key));
}
void Batch::remove_range(Family family, std::string_view begin, std::string_view end) {
  batch_.DeleteRange(families_[static_cast<std::size_t>(family)], slice(begin), slice(end));
}

std::unique_ptr<Store> Store::open(const std::filesystem::path& directory, rocksdb::Env* env) {
  check_format(directory, env);
  check_current(directory, env);
  make_directory(directory, env);
  std::unique_ptr<Store> store(new Store);
  store->directory_ = directory;
  const auto cache = rocksdb::NewLRUCache(16 * kMiB);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (std::size_t i = 0; i < kFamilies; ++i) {
    descriptors.emplace_back(kFamilyNames[i], family_options(static_cast<Family>(i), cache));
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const auto opened = rocksdb::DB::Open(db_options(env), (directory / kDatabase).string(),
                                        descriptors, &handles, &db);
  if (!opened.ok()) throw StoreError(explain(directory, opened));
  store->db_.reset(db);
  std::copy(handles.begin(), handles.end(), store->families_.begin());
  return store;
}

Store::~Store() {
  if (!db_) return;
  for (auto* family : families_) db_->DestroyColumnFamilyHandle(family);
}

void Store::write(Batch& batch) {
  rocksdb::WriteOptions options;
  options.sync = true;
  if (const auto status = db_->Write(options, &batch.batch_); !status.ok()) fail("write", status);
}

bool Store::get(Family family, std::string_view key, std::string* value) const {
  return get({}, family, key, value);
}

bool Store::Snapshot::get(Family family, std::string_view key, std::string* value) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  return store_.get(options, family, key, value);
}

void Store::Snapshot::scan(Family family, std::string_view begin, std::string_view end,
                           const Visitor& visit) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  store_.scan(options, family, begin, end, visit);
}

bool Store::get(const rocksdb::ReadOptions& options, Family family, std::string_view key,
                std::string* value) const {
  rocksdb::PinnableSlice found(value);
  const auto status =
      db_->Get(options, families_[static_cast<std::size_t>(family)], slice(key), &found);
  if (status.IsNotFound()) return false;
  if (!status.ok()) fail("read", status);
  if (found.IsPinned()) value->assign(found.data(), found.size());
  return true;
}

void Store::scan(Family family, std::string_view begin, std::string_view end,
                 const Visitor& visit) const {
  scan({}, family, begin, end, visit);
}

void Store::scan_intact(Family family, std::string_view begin, std::string_view end,
                        const Visitor& visit) const {
  rocksdb::ReadOptions options;
  options.ignore_range_deletions = true;
  scan(options, family, begin, end, visit);
}

void Store::scan(rocksdb::ReadOptions options, Family family, std::string_view begin,
                 std::string_view end, const Visitor& visit) const {
  const rocksdb::Slice upper = slice(end);
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> it(
      db_->NewIterator(options, families_[static_cast<std::size_t>(family)]));
  for (it->Seek(slice(begin)); it->Valid(); it->Next()) {
    if (!visit(view(it->key()), view(it->value()))) return;
  }
  if (!it->status().ok()) fail("read", it->status());
}

void Store::scan_back(Family family, std::string_view begin, std::string_view end,
                      const Visitor& visit) const {
  rocksdb::ReadOptions options;
  const rocksdb::Slice lower = slice(begin);
  const rocksdb::Slice upper = slice(end);
  options.iterate_lower_bound = &lower;
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> it(
      db_->NewIterator(options, families_[static_cast<std::size_t>(family)]));
  for (it->SeekToLast(); it->Valid(); it->Prev()) {
    if (!visit(view(it->key()), view(it->value()))) return;
  }
  if (!it->status().ok()) fail("read", it->status());
}

void Store::reclaim(Family family, std::string_view begin, std::string_view end) {
  const rocksdb::Slice first = slice(begin);
  const rocksdb::Slice last = slice(end);
  const auto status = rocksdb::DeleteFilesInRange(
      db_.get(), families_[static_cast<std::size_t>(family)], &first, &last, false);
  if (!status.ok()) fail("write", status);
}

void Store::fail(const char* what, const rocksdb::Status& status) const {
  throw StoreError(std::string("can't ") + what + ": " + explain(directory_, status));
}

std::string after_prefix(std::string_view prefix) {
  std::string next(prefix);
  while (!next.empty() && next.back() == '\xff') next.pop_back();
  next.back() = static_cast<char>(static_cast<unsigned char>(next.back()) + 1);
  return next;
}

}  // namespace doorbuster::engine
