// A disk that forgets what was not synced, and the environment that RocksDB sees it through.
//
// It is as unkind as POSIX allows: the bytes of a file are kept once the file is synced, its name
// once its directory is. When the power goes a random prefix of everything else is kept, of each
// file's bytes and of each directory's changes.
//
// Reads may come from any thread, all else from one. RocksDB's background work is not given to
// threads of its own but waits for run_background(), so that a run is the same each time.
#pragma once

#include <rocksdb/env.h>

#include <cstdint>
#include <memory>

#include "engine/random.h"

namespace doorbuster::simulator {

class Disk {
 public:
  Disk();
  ~Disk();
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  rocksdb::Env* env();

  // Cuts the power at the n-th change (a write, a sync, a file made, renamed or removed) from now:
  // just before it has happened or just after. Whoever asked for it gets an error in either case,
  // and so does every operation until restart(). 0 is never.
  void cut_power_in(std::uint64_t changes, bool after);
  void cut_power();
  bool powered() const;
  // How many changes there have been.
  std::uint64_t changes() const;

  // The power is back, nothing has the files open; what was not synced is gone in part.
  void restart(engine::Random& random);
  // Likewise, but only the process was killed: the operating system kept it all.
  void restart_process();

  // Runs one piece of RocksDB's background work; says whether there was one.
  bool run_background();

 private:
  friend class FileSystem;
  struct File;
  struct Change;
  class Scheduler;

  struct State;
  std::shared_ptr<State> state_;
  std::unique_ptr<rocksdb::Env> files_;
  std::unique_ptr<Scheduler> env_;
};

}  // namespace doorbuster::simulator
