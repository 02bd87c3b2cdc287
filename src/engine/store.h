// The engine's memory on disk: a directory with a file FORMAT, which says what wrote it, and a
// RocksDB database, db.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace doorbuster::engine {

// The store can't be opened, read or written; the message says where and what to do.
class StoreError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Each kind of record has a family of its own, tuned for how it lives.
//
//   config     small JSON records of what has been created
//     "I"                          the next identifier to give (queues, buckets)
//     "Q" ARN | "T" ARN | "S" ARN  queue, topic, subscription
//     "B" NAME                     bucket
//     "M" HANDLE                   message move task
//     "A" ARN                      state machine
//     "D" revision:u64             what the executions of a state machine run by
//     "V" ARN                      a state machine's versions and aliases
//     "C" ARN                      activity
//     "X"                          the key that task tokens are sealed with
//     "R" ACCOUNT:NAME             role, with the policies that are its own
//     "P" ARN                      managed policy of an account
//     "K"                          the key that SNS signs with, as PEM
//     "N", "O"                     metrics: engine/metric_history.h
//     "L" ARN                      function
//     "E" UUID                     event-source mapping
//   state      what changes with every message, binary
//     "q" queue:u32                            counters
//     "t" topic:u32                            messages that a FIFO topic has taken
//     "f" queue:u32 page:u64                   messages that have been received, a page of them
//     "d" queue:u32 deduplication id           message that the id was first used for
//     "e" queue:u32 time:u64 deduplication id  when that is forgotten
//     "d" and "e" of a FIFO topic have the topic in the queue's place
//     "b"                                      the next identifier of a body to give
//     "u" body:u64                             a body that is being uploaded: nothing has it yet
//     "m" upload id                            a multipart upload
//     "p" upload id, part:u32                  a part of it
//     "c" time:u64 upload id                   what its completion answered
//     "s" bucket:u32                           how much lies in it
//     "i"                                      the next number of Step Functions to give
//     "r" revision:u64                         how many executions and versions of it are kept
//     "n", "x", "w", "o", "y", "l", "g", "j", "z"   executions: engine/execution_record.h
//   messages   queue:u32 sequence:u64          a message
//   delayed    queue:u32 due:u64 sequence:u64  a message before its delay has passed
//   objects    bucket:u32 key                  an object without its body
//   bodies     body:u64 chunk:u32              a piece of an object's body
//   history    execution:u64 event:u64         what has happened to an execution, up to the event
//   metrics    hour:u32 number:u32             what was measured in that hour of a metric
enum class Family : unsigned char {
  config,
  state,
  messages,
  delayed,
  objects,
  bodies,
  history,
  metrics
};
inline constexpr std::size_t kFamilies = 8;

// Changes that reach the disk together or not at all.
class Batch {
 public:
  void put(Family family, std::string_view key, std::string_view value);
  void remove(Family family, std::string_view key);
  // For a key that was put exactly once: costs nothing once both have met in memory.
  void remove_written_once(Family family, std::string_view key);
  void remove_range(Family family, std::string_view begin, std::string_view end);

  bool empty() const { return batch_.Count() == 0; }
  std::size_t bytes() const { return batch_.GetDataSize(); }
  void clear() { batch_.Clear(); }

 private:
  friend class Store;
  explicit Batch(const std::array<rocksdb::ColumnFamilyHandle*, kFamilies>& families)
      : families_(families) {}

  std::array<rocksdb::ColumnFamilyHandle*, kFamilies> families_;
  rocksdb::WriteBatch batch_;
};

// Reads may come from any thread; they see what has been written, never part of a batch. Writes
// come from one thread. Every method but open() throws StoreError when the disk fails.
class Store {
 public:
  // The store as it was at one moment. The store must outlive it.
  class Snapshot {
   public:
    explicit Snapshot(const Store& store) : store_(store), snapshot_(store.db_->GetSnapshot()) {}
    ~Snapshot() { store_.db_->ReleaseSnapshot(snapshot_); }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

    // As the store's own.
    bool get(Family family, std::string_view key, std::string* value) const;
    void scan(Family family, std::string_view begin, std::string_view end,
              const std::function<bool(std::string_view key, std::string_view value)>& visit) const;

   private:
    const Store& store_;
    const rocksdb::Snapshot* snapshot_;
  };

  // Opens the database in `directory`, or makes one if the directory is empty or missing. A
  // directory that holds something else, another format or a damaged database is refused with a
  // StoreError and left as it was; so is one that another process has open.
  // `env` is where its files live: the machine's file system unless a test says otherwise; it must
  // outlive the store.
  static std::unique_ptr<Store> open(const std::filesystem::path& directory,
                                     rocksdb::Env* env = rocksdb::Env::Default());
  ~Store();

  Batch batch() const { return Batch(families_); }

  // Returns when the changes would survive a power cut.
  void write(Batch& batch);

  // False if there is no such key.
  bool get(Family family, std::string_view key, std::string* value) const;
  Snapshot snapshot() const { return Snapshot(*this); }

  // Calls visit(key, value) for the keys from `begin` to before `end`, in order, until it returns
  // false. The views hold during the call only.
  using Visitor = std::function<bool(std::string_view key, std::string_view value)>;
  void scan(Family family, std::string_view begin, std::string_view end,
            const Visitor& visit) const;
  // The same for a range of which nothing was ever removed by remove_range(). What was removed
  // elsewhere costs nothing then, where scan() sorts all of it first.
  void scan_intact(Family family, std::string_view begin, std::string_view end,
                   const Visitor& visit) const;

  // The same from the last key before `end` down to `begin`.
  void scan_back(Family family, std::string_view begin, std::string_view end,
                 const Visitor& visit) const;

  // Gives back the space of keys before `end` that have all been removed.
  void reclaim(Family family, std::string_view begin, std::string_view end);

 private:
  Store() = default;
  bool get(const rocksdb::ReadOptions& options, Family family, std::string_view key,
           std::string* value) const;
  void scan(rocksdb::ReadOptions options, Family family, std::string_view begin,
            std::string_view end, const Visitor& visit) const;
  [[noreturn]] void fail(const char* what, const rocksdb::Status& status) const;

  std::filesystem::path directory_;
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilies> families_{};
};

// The smallest key that is greater than every key that begins with `prefix`; `prefix` must not be
// all 0xff bytes.
std::string after_prefix(std::string_view prefix);

}  // namespace doorbuster::engine
