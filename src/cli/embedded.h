// The whole system in this process: the engine, the functions and their databases.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <memory>
#include <mutex>
#include <optional>

#include "cli/data_directory.h"
#include "cloud/error.h"
#include "engine/event_source_mapping.h"
#include "engine/services.h"
#include "functions/record_sales.h"
#include "functions/ship_invoices.h"
#include "topology/topology.h"

namespace doorbuster::cli {

class Embedded {
 public:
  struct Options {
    const DataDirectory& directory;
    engine::Log log;
    std::int64_t opening_stock = 1'000'000;
    std::string endpoint = "http://127.0.0.1:4566";  // what queue URLs begin with
  };

  // Opens what is in the directory, or makes it. Throws CommandError.
  explicit Embedded(Options options);
  ~Embedded();

  // For whoever calls; s3() and its like are the account's own.
  cloud::Services& services() { return *services_; }
  cloud::S3& s3() { return *s3_; }
  cloud::Sqs& sqs() { return *sqs_; }
  functions::ShippingDatabase& shipping() { return *shipping_; }
  functions::SalesDatabase& sales() { return *sales_; }
  topology::Account account() { return {*s3_, *sns_, *sqs_, scope_}; }

  topology::Resources set_up();
  // Throws CommandError if nothing has been set up there.
  topology::Resources resources();

  // Begins to feed ShipInvoices and RecordSales from their queues.
  void start_functions(const topology::Resources& resources);

  // An invoice as it lies in the bucket. Throws as GetObject does.
  struct StoredInvoice {
    std::string body;
    std::string etag;
  };
  StoredInvoice invoice(const std::string& bucket, const std::string& key);

  // Messages that are in a queue, whatever their state.
  std::uint64_t depth(const std::string& queue_url);
  // A page of what is in a queue, see engine/services.h.
  engine::BrowseResult browse(const std::string& queue_arn, std::uint64_t from);
  // Whether both functions have nothing left to do.
  bool idle(const topology::Resources& resources);

  // Stops the functions and the engine; whatever is under way ends with an error.
  void stop();

  // Throws CommandError if the disk has failed the engine or a function's database.
  void check() const;

  // Runs an operation on the pool and waits for it. Not from the pool itself. Throws CommandError
  // if the disk has failed, else what the operation throws.
  template <class T>
  T wait(cloud::Async<T> operation) {
    try {
      return boost::asio::co_spawn(pool_, std::move(operation), boost::asio::use_future).get();
    } catch (const cloud::Error&) {
      check();
      throw;
    }
  }
  boost::asio::thread_pool& pool() { return pool_; }

 private:
  cloud::Handler watched(cloud::Handler function);

  const cloud::Scope scope_;
  const cloud::SystemClock clock_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<cloud::Services> services_;
  std::unique_ptr<cloud::S3> s3_;
  std::unique_ptr<cloud::Sns> sns_;
  std::unique_ptr<cloud::Sqs> sqs_;
  std::unique_ptr<functions::ShippingDatabase> shipping_;
  std::unique_ptr<functions::SalesDatabase> sales_;
  std::optional<engine::EventSourceMapping> ship_invoices_;
  std::optional<engine::EventSourceMapping> record_sales_;
  mutable std::mutex mutex_;  // guards what follows
  std::string database_failure_;
  boost::asio::thread_pool pool_;
};

}  // namespace doorbuster::cli
