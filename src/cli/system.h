// A system that orders go through, as the commands see it: the services of its cloud, wherever that
// is, and the databases of its functions.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/data_directory.h"
#include "cloud/error.h"
#include "cloud/metric_recorder.h"
#include "functions/payment_ledger.h"
#include "functions/sales_database.h"
#include "functions/shipping_database.h"
#include "topology/checkout.h"

namespace doorbuster::cli {

// A message in a queue, as a look shows it.
struct SeenMessage {
  std::string id;
  std::string body;
  cloud::Time sent{};
  std::optional<int> receives;  // if the look was a receive
};

class System {
 public:
  System();
  virtual ~System();
  System(const System&) = delete;
  System& operator=(const System&) = delete;

  virtual cloud::S3& s3() = 0;
  virtual cloud::Sns& sns() = 0;
  virtual cloud::Sqs& sqs() = 0;
  virtual cloud::Lambda& lambda() = 0;
  virtual cloud::StepFunctions& step_functions() = 0;
  virtual cloud::Iam& iam() = 0;
  virtual cloud::Scope scope() const = 0;
  // "http://127.0.0.1:4566", or the directory.
  virtual std::string where() const = 0;

  virtual bool has_books() const { return true; }
  // Throw CommandError if it is not known where they are.
  virtual functions::ShippingDatabase& shipping() = 0;
  virtual functions::SalesDatabase& sales() = 0;
  virtual functions::PaymentLedger& payments() = 0;

  // All messages of a queue, in no order that counts.
  virtual std::vector<SeenMessage> look(const std::string& queue_url,
                                        const std::string& queue_arn) = 0;

  // Whether a look leaves the messages as they are, so that any queue may be looked into.
  virtual bool looks_unseen() const { return false; }

  // Where the functions of this process record what they do: nowhere, if nobody asks for it.
  virtual cloud::MetricRecorder& recorder() { return no_metrics_; }

  // Begins to carry out the tasks of executions, if nobody else does.
  virtual void start_tasks() {}

  // Throws CommandError if what the system is on has failed for good.
  virtual void check() const {}

  topology::Account account();
  topology::Resources set_up();
  topology::Checkout set_up_checkout(const topology::Resources& resources);
  // Throw CommandError if nothing has been set up there.
  topology::Resources resources();
  topology::Checkout checkout();
  // Nothing if it hasn't been set up.
  std::optional<topology::Checkout> find_checkout();

  // An invoice as it lies in the bucket. Throws as GetObject does.
  struct StoredInvoice {
    std::string body;
    std::string etag;
  };
  StoredInvoice invoice(const std::string& bucket, const std::string& key);

  // Messages that are in a queue, whatever their state.
  std::uint64_t depth(const std::string& queue_url);

  // Runs an operation on the pool and waits for it. Not from the pool itself. Throws CommandError
  // if check() does, else what the operation throws.
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
  boost::asio::thread_pool pool_;
  cloud::NoMetrics no_metrics_;
};

// Where a command's system is. AWS_ENDPOINT_URL, where it is set, names the cloud, and `data` only
// the directory of the databases; else the cloud is the engine in `data`.
struct Place {
  std::optional<std::filesystem::path> data;
};

enum class Needs {
  existing,  // a system that somebody has made
  any,       // a new one is made in an empty directory
};

// Throws CommandError if the place names neither, or nothing that can be used.
std::unique_ptr<System> open_system(const Place& place, Needs needs = Needs::existing);

// " --data DIR", if it names one: for a command that is suggested.
std::string in_words(const Place& place);

// Throws the CommandError of a place that names nothing.
[[noreturn]] void ask_for_place();

// Whether the environment names the cloud.
bool in_the_cloud();

}  // namespace doorbuster::cli
