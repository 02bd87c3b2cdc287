#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <memory>
#include <stdexcept>

#include "cases.h"

namespace doorbuster::bench {
namespace {

constexpr std::size_t kValueBytes = 600;
constexpr double kSeconds = 2;

double writes_per_second(rocksdb::DB& db, int batch_size) {
  const std::string value(kValueBytes, 'x');
  rocksdb::WriteOptions synced;
  synced.sync = true;
  std::uint64_t written = 0;
  const Stopwatch watch;
  while (watch.seconds() < kSeconds) {
    rocksdb::WriteBatch batch;
    for (int i = 0; i < batch_size; ++i) {
      std::string key = std::to_string(written++);
      key.insert(0, 16 - key.size(), '0');
      batch.Put(key, value);
    }
    if (const auto status = db.Write(synced, &batch); !status.ok()) {
      throw std::runtime_error(status.ToString());
    }
  }
  return static_cast<double>(written) / watch.seconds();
}

}  // namespace

std::uint64_t peak_rss_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

std::uint64_t rss_bytes(const std::string& process) {
  std::ifstream in("/proc/" + process + "/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  in >> size >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

boost::json::object raw_writes(const Setting& setting) {
  boost::json::object figures;
  for (const int batch_size : {1, 100, 1'000}) {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.compression = rocksdb::kNoCompression;
    rocksdb::DB* db = nullptr;
    const auto path = setting.directory / ("raw-" + std::to_string(batch_size));
    if (const auto status = rocksdb::DB::Open(options, path.string(), &db); !status.ok()) {
      throw std::runtime_error(status.ToString());
    }
    const std::unique_ptr<rocksdb::DB> owned(db);
    figures["batches_of_" + std::to_string(batch_size)] = writes_per_second(*db, batch_size);
  }
  return figures;
}

}  // namespace doorbuster::bench
