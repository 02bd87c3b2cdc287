// What puts invoices into the bucket.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "cloud/s3.h"

namespace doorbuster::cli {

struct Upload {
  std::string key;
  std::string body;
};

// A sequence of invoices, the same each time it is made with the same parameters.
class InvoiceSource {
 public:
  virtual ~InvoiceSource() = default;
  virtual std::uint64_t count() const = 0;
  virtual std::optional<Upload> next() = 0;
};

struct GeneratedOrders {
  std::uint64_t orders = 10'000;
  std::uint64_t seed = 1;
  double corrupt_share = 0.005;
  std::size_t lines_max = 12;
};

std::unique_ptr<InvoiceSource> generated(const GeneratedOrders& options);
// The whole file is checked first. Throws CommandError.
std::unique_ptr<InvoiceSource> from_file(const std::filesystem::path& path);

// Uploads a source's invoices with many requests under way. What the bucket holds already is left
// as it is, so that a run that was cut short can be repeated.
class Producer {
 public:
  Producer(cloud::S3& s3, std::string bucket, InvoiceSource& source)
      : s3_(s3), bucket_(std::move(bucket)), source_(source) {}

  // Starts; the producer, and what it was made of, must outlive done().
  void start(const boost::asio::any_io_executor& executor, int concurrency);

  // Uploads nothing more; what is under way is finished. Any thread, as what follows.
  void stop() { stopping_ = true; }
  bool done() const { return workers_ == 0; }
  std::uint64_t put() const { return put_; }
  std::uint64_t found() const { return found_; }  // those that were there already
  std::uint64_t uploaded() const { return put_ + found_; }
  // What stopped it early, once it is done.
  std::exception_ptr error() const;

 private:
  cloud::Async<void> begin(int concurrency);
  cloud::Async<void> work();
  cloud::Async<bool> exists(std::string key);
  void spawn(const boost::asio::any_io_executor& executor, cloud::Async<void> worker);
  std::optional<Upload> next();

  cloud::S3& s3_;
  const std::string bucket_;
  InvoiceSource& source_;
  bool bucket_was_empty_ = false;  // so that there is no need to look for each object
  std::atomic<bool> stopping_ = false;
  std::atomic<int> workers_ = 0;
  std::atomic<std::uint64_t> put_ = 0;
  std::atomic<std::uint64_t> found_ = 0;
  mutable std::mutex mutex_;  // guards source_ and error_
  std::exception_ptr error_;
};

}  // namespace doorbuster::cli
