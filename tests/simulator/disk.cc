#include "disk.h"

#include <rocksdb/file_system.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>
#include <tuple>

namespace doorbuster::simulator {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

namespace {

std::string normal(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

std::string parent(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

}  // namespace

// A file or a directory, whatever its names.
struct Disk::File {
  bool directory = false;
  std::string bytes;
  std::size_t synced = 0;  // of the bytes
};

// A change of names that its directory has not been synced after. Either name may be empty.
struct Disk::Change {
  std::string from;
  std::string to;
  std::shared_ptr<File> file;

  std::string directory() const { return parent(to.empty() ? from : to); }
  bool touches(const std::string& path) const {
    return (!from.empty() && parent(from) == path) || (!to.empty() && parent(to) == path);
  }
};

struct Disk::State {
  using Names = std::map<std::string, std::shared_ptr<File>>;

  mutable std::mutex mutex;
  Names names;                  // as programs see them
  Names kept;                   // as a power cut would leave them
  std::vector<Change> pending;  // what leads from the one to the other
  std::set<std::string> locks;
  bool powered = true;
  std::uint64_t life = 0;  // handles of an earlier one are dead
  std::uint64_t changes = 0;
  std::uint64_t cut_at = 0;  // 0 is never
  bool cut_after = false;
  bool background = false;  // RocksDB's own work is under way

  // How a cut in the middle of background work found everything. A machine without power runs
  // nothing, so what RocksDB does from then on to the end of that work is not real; to let it see
  // errors would only try its error paths, one of which fails an assertion of its own (7.8: a
  // compaction's output that was begun and got no key).
  struct Image {
    Names names;
    Names kept;
    std::vector<Change> pending;
  };
  std::optional<Image> image;

  static IOStatus no_power() { return IOStatus::IOError("the power is out"); }
  static void apply(Names& to, const Change& change) {
    if (!change.from.empty()) to.erase(change.from);
    if (!change.to.empty()) to[change.to] = change.file;
  }

  // Makes one change, unless the power is out or goes now.
  template <class Make>
  IOStatus change(std::uint64_t of_life, Make make) {
    const std::lock_guard held(mutex);
    if (!powered || of_life != life) return no_power();
    const bool cut = ++changes == cut_at;
    if (cut && background && !cut_after) freeze();
    if (!cut || cut_after || background) make();
    if (!cut) return IOStatus::OK();
    if (background) {
      if (!image) freeze();
      return IOStatus::OK();
    }
    powered = false;
    return no_power();
  }
  IOStatus rename(const std::string& from, const std::string& to, std::shared_ptr<File> file) {
    return change(life, [&] {
      pending.push_back({from, to, std::move(file)});
      apply(names, pending.back());
    });
  }
  IOStatus sync_directory(std::uint64_t of_life, const std::string& path) {
    return change(of_life, [&] {
      std::erase_if(pending, [&](const Change& c) {
        if (c.touches(path)) apply(kept, c);
        return c.touches(path);
      });
    });
  }
  std::shared_ptr<File> find(const std::string& path) const {
    const std::lock_guard held(mutex);
    const auto it = names.find(path);
    return it == names.end() ? nullptr : it->second;
  }
  bool alive(std::uint64_t of_life) const { return powered && of_life == life; }

  void freeze();
  void end_background();
  void forget(engine::Random& random);
  void forget_orphans();
};

// Everything as it is now, in files of its own.
void Disk::State::freeze() {
  std::map<const File*, std::shared_ptr<File>> copies;
  const auto copy = [&copies](const std::shared_ptr<File>& file) {
    auto& made = copies[file.get()];
    if (!made && file) made = std::make_shared<File>(*file);
    return made;
  };
  image.emplace(Image{names, kept, pending});
  for (auto& [name, file] : image->names) file = copy(file);
  for (auto& [name, file] : image->kept) file = copy(file);
  for (Change& change : image->pending) change.file = copy(change.file);
}

void Disk::State::end_background() {
  background = false;
  if (!image) return;
  names = std::move(image->names);
  kept = std::move(image->kept);
  pending = std::move(image->pending);
  image.reset();
  powered = false;
}

// What a power cut leaves: of each directory's changes the first few, of each file's bytes too.
void Disk::State::forget(engine::Random& random) {
  std::map<std::string, std::uint64_t> counts;
  for (const Change& change : pending) ++counts[change.directory()];
  for (auto& [directory, count] : counts) count = random.next() % (count + 1);
  for (const Change& change : pending) {
    if (counts[change.directory()] == 0) continue;
    --counts[change.directory()];
    apply(kept, change);
  }
  forget_orphans();
  for (auto& [name, file] : kept) {
    const std::size_t unsynced = file->bytes.size() - file->synced;
    file->bytes.resize(file->synced + random.next() % (unsynced + 1));
  }
  names = kept;
}

// A file can't be found if its directory can't.
void Disk::State::forget_orphans() {
  std::erase_if(kept, [this](const auto& entry) {
    for (std::string path = parent(entry.first); path != "/"; path = parent(path)) {
      if (!kept.contains(path)) return true;
    }
    return false;
  });
}

// --- What RocksDB opens -----------------------------------------------------------------------

class FileSystem final : public rocksdb::FileSystem {
 public:
  explicit FileSystem(std::shared_ptr<Disk::State> state) : state_(std::move(state)) {}
  const char* Name() const override { return "SimulatedDisk"; }

  IOStatus NewSequentialFile(const std::string& path, const FileOptions& options,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             IODebugContext* debug) override;
  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext* debug) override;
  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext* debug) override;
  IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* result,
                        IODebugContext* debug) override;
  IOStatus FileExists(const std::string& path, const IOOptions&, IODebugContext*) override {
    return require(normal(path));
  }
  IOStatus GetChildren(const std::string& path, const IOOptions& options,
                       std::vector<std::string>* result, IODebugContext* debug) override;
  IOStatus DeleteFile(const std::string& path, const IOOptions&, IODebugContext*) override {
    const IOStatus found = require(normal(path));
    return found.ok() ? state_->rename(normal(path), "", nullptr) : found;
  }
  IOStatus CreateDir(const std::string& path, const IOOptions&, IODebugContext*) override {
    auto directory = std::make_shared<Disk::File>();
    directory->directory = true;
    return state_->rename("", normal(path), std::move(directory));
  }
  IOStatus CreateDirIfMissing(const std::string& path, const IOOptions& options,
                              IODebugContext* debug) override {
    const IOStatus found = require(normal(path));
    return found.IsNotFound() ? CreateDir(path, options, debug) : found;
  }
  IOStatus DeleteDir(const std::string& path, const IOOptions& options,
                     IODebugContext* debug) override {
    return DeleteFile(path, options, debug);
  }
  IOStatus GetFileSize(const std::string& path, const IOOptions&, std::uint64_t* size,
                       IODebugContext*) override {
    const auto file = state_->find(normal(path));
    if (file) *size = file->bytes.size();
    return require(normal(path));
  }
  IOStatus GetFileModificationTime(const std::string& path, const IOOptions&, std::uint64_t* time,
                                   IODebugContext*) override {
    *time = 0;
    return require(normal(path));
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                      IODebugContext*) override {
    const IOStatus found = require(normal(from));
    return found.ok() ? state_->rename(normal(from), normal(to), state_->find(normal(from)))
                      : found;
  }
  IOStatus LockFile(const std::string& path, const IOOptions& options, rocksdb::FileLock** lock,
                    IODebugContext* debug) override;
  IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions& options,
                      IODebugContext* debug) override;
  IOStatus GetTestDirectory(const IOOptions&, std::string* path, IODebugContext*) override {
    *path = "/test";
    return IOStatus::OK();
  }
  IOStatus GetAbsolutePath(const std::string& path, const IOOptions&, std::string* result,
                           IODebugContext*) override {
    *result = normal(path);
    return IOStatus::OK();
  }
  IOStatus IsDirectory(const std::string& path, const IOOptions&, bool* is_directory,
                       IODebugContext*) override {
    const auto file = state_->find(normal(path));
    *is_directory = file && file->directory;
    return require(normal(path));
  }

 private:
  friend class Disk;
  class Reader;
  class RandomReader;
  class Writer;
  class Directory;
  struct Lock;

  IOStatus require(const std::string& path) const {
    const auto file = state_->find(path);
    if (!state_->powered) return Disk::State::no_power();
    return file || path == "/" ? IOStatus::OK() : IOStatus::NotFound(path);
  }

  std::shared_ptr<Disk::State> state_;
};

class FileSystem::RandomReader final : public rocksdb::FSRandomAccessFile {
 public:
  RandomReader(std::shared_ptr<Disk::State> state, std::shared_ptr<Disk::File> file)
      : state_(std::move(state)), file_(std::move(file)), life_(state_->life) {}

  IOStatus Read(std::uint64_t offset, std::size_t size, const IOOptions&, Slice* result,
                char* scratch, IODebugContext*) const override {
    const std::lock_guard held(state_->mutex);
    if (!state_->alive(life_)) return Disk::State::no_power();
    const std::size_t from = std::min<std::size_t>(offset, file_->bytes.size());
    const std::size_t got = std::min(size, file_->bytes.size() - from);
    std::memcpy(scratch, file_->bytes.data() + from, got);
    *result = Slice(scratch, got);
    return IOStatus::OK();
  }

 private:
  std::shared_ptr<Disk::State> state_;
  std::shared_ptr<Disk::File> file_;
  std::uint64_t life_;
};

class FileSystem::Reader final : public rocksdb::FSSequentialFile {
 public:
  Reader(std::shared_ptr<Disk::State> state, std::shared_ptr<Disk::File> file)
      : file_(std::move(state), std::move(file)) {}

  IOStatus Read(std::size_t size, const IOOptions& options, Slice* result, char* scratch,
                IODebugContext* debug) override {
    const IOStatus read = file_.Read(at_, size, options, result, scratch, debug);
    if (read.ok()) at_ += result->size();
    return read;
  }
  IOStatus Skip(std::uint64_t size) override {
    at_ += size;
    return IOStatus::OK();
  }

 private:
  RandomReader file_;
  std::uint64_t at_ = 0;
};

class FileSystem::Writer final : public rocksdb::FSWritableFile {
 public:
  Writer(std::shared_ptr<Disk::State> state, std::shared_ptr<Disk::File> file)
      : state_(std::move(state)), file_(std::move(file)), life_(state_->life) {}

  using FSWritableFile::Append;
  IOStatus Append(const Slice& data, const IOOptions&, IODebugContext*) override {
    return state_->change(life_, [&] { file_->bytes.append(data.data(), data.size()); });
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    return state_->change(life_, [&] { file_->synced = file_->bytes.size(); });
  }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  std::uint64_t GetFileSize(const IOOptions&, IODebugContext*) override {
    return file_->bytes.size();
  }

 private:
  std::shared_ptr<Disk::State> state_;
  std::shared_ptr<Disk::File> file_;
  std::uint64_t life_;
};

class FileSystem::Directory final : public rocksdb::FSDirectory {
 public:
  Directory(std::shared_ptr<Disk::State> state, std::string path)
      : state_(std::move(state)), path_(std::move(path)), life_(state_->life) {}

  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    return state_->sync_directory(life_, path_);
  }

 private:
  std::shared_ptr<Disk::State> state_;
  std::string path_;
  std::uint64_t life_;
};

struct FileSystem::Lock final : rocksdb::FileLock {
  explicit Lock(std::string locked) : path(std::move(locked)) {}
  const std::string path;
};

IOStatus FileSystem::NewSequentialFile(const std::string& path, const FileOptions&,
                                       std::unique_ptr<rocksdb::FSSequentialFile>* result,
                                       IODebugContext*) {
  const IOStatus found = require(normal(path));
  if (found.ok()) *result = std::make_unique<Reader>(state_, state_->find(normal(path)));
  return found;
}

IOStatus FileSystem::NewRandomAccessFile(const std::string& path, const FileOptions&,
                                         std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                                         IODebugContext*) {
  const IOStatus found = require(normal(path));
  if (found.ok()) *result = std::make_unique<RandomReader>(state_, state_->find(normal(path)));
  return found;
}

IOStatus FileSystem::NewWritableFile(const std::string& path, const FileOptions&,
                                     std::unique_ptr<rocksdb::FSWritableFile>* result,
                                     IODebugContext*) {
  auto file = std::make_shared<Disk::File>();
  const IOStatus made = state_->rename("", normal(path), file);
  if (made.ok()) *result = std::make_unique<Writer>(state_, std::move(file));
  return made;
}

IOStatus FileSystem::NewDirectory(const std::string& path, const IOOptions&,
                                  std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext*) {
  const IOStatus found = require(normal(path));
  if (found.ok()) *result = std::make_unique<Directory>(state_, normal(path));
  return found;
}

IOStatus FileSystem::GetChildren(const std::string& path, const IOOptions&,
                                 std::vector<std::string>* result, IODebugContext*) {
  const IOStatus found = require(normal(path));
  if (!found.ok()) return found;
  const std::string directory = normal(path);
  const std::lock_guard held(state_->mutex);
  for (const auto& [name, file] : state_->names) {
    if (parent(name) == directory) result->push_back(name.substr(name.rfind('/') + 1));
  }
  return IOStatus::OK();
}

IOStatus FileSystem::LockFile(const std::string& path, const IOOptions&, rocksdb::FileLock** lock,
                              IODebugContext*) {
  const std::lock_guard held(state_->mutex);
  if (!state_->powered) return Disk::State::no_power();
  if (!state_->locks.insert(path).second) return IOStatus::IOError("lock " + path);
  *lock = new Lock(path);
  return IOStatus::OK();
}

IOStatus FileSystem::UnlockFile(rocksdb::FileLock* lock, const IOOptions&, IODebugContext*) {
  const std::unique_ptr<Lock> owned(static_cast<Lock*>(lock));
  const std::lock_guard held(state_->mutex);
  state_->locks.erase(owned->path);
  return IOStatus::OK();
}

// --- The environment --------------------------------------------------------------------------

// RocksDB's own, but that background work waits until it is called for.
class Disk::Scheduler final : public rocksdb::EnvWrapper {
 public:
  using EnvWrapper::EnvWrapper;

  void Schedule(void (*function)(void*), void* argument, Priority priority, void* tag,
                void (*unschedule)(void*)) override {
    const std::lock_guard held(mutex_);
    jobs_.push_back({function, argument, priority, tag, unschedule});
  }

  // RocksDB has a mutex of its own locked here, and takes it in no unschedule function.
  int UnSchedule(void* tag, Priority priority) override {
    const std::lock_guard held(mutex_);
    return static_cast<int>(std::erase_if(jobs_, [&](const Job& job) {
      const bool mine = job.tag == tag && job.priority == priority;
      if (mine && job.unschedule) job.unschedule(job.argument);
      return mine;
    }));
  }

  // After an error background work would rest for a second, for nothing.
  void SleepForMicroseconds(int /*time*/) override {}

  bool run_one() {
    std::unique_lock held(mutex_);
    if (jobs_.empty()) return false;
    const Job job = jobs_.front();
    jobs_.pop_front();
    held.unlock();
    job.function(job.argument);
    return true;
  }

 private:
  struct Job {
    void (*function)(void*);
    void* argument;
    Priority priority;
    void* tag;
    void (*unschedule)(void*);
  };

  std::mutex mutex_;
  std::list<Job> jobs_;
};

Disk::Disk()
    : state_(std::make_shared<State>()),
      files_(rocksdb::NewCompositeEnv(std::make_shared<FileSystem>(state_))),
      env_(std::make_unique<Scheduler>(files_.get())) {}

Disk::~Disk() = default;

rocksdb::Env* Disk::env() {
  return env_.get();
}

void Disk::cut_power_in(std::uint64_t changes, bool after) {
  state_->cut_at = state_->changes + changes;
  state_->cut_after = after;
}

void Disk::cut_power() {
  state_->powered = false;
}

bool Disk::powered() const {
  return state_->powered;
}

std::uint64_t Disk::changes() const {
  return state_->changes;
}

void Disk::restart(engine::Random& random) {
  state_->forget(random);
  state_->kept = state_->names;
  state_->pending.clear();
  for (auto& [name, file] : state_->names) file->synced = file->bytes.size();
  restart_process();
}

void Disk::restart_process() {
  state_->locks.clear();
  state_->cut_at = 0;
  ++state_->life;
  state_->powered = true;
}

bool Disk::run_background() {
  state_->background = true;
  const bool ran = env_->run_one();
  state_->end_background();
  return ran;
}

}  // namespace doorbuster::simulator
