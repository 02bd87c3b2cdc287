// Feeds a function from a queue by polling it, as a worker does where there is no Lambda.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <string>

#include "cloud/lambda.h"
#include "cloud/sqs.h"

namespace doorbuster::cli {

struct PollerOptions {
  std::string queue_url;
  std::string queue_arn;
  std::string function;  // its name, as its context says
  int batch = 100;       // messages that it is given at once, at the most
  int concurrency = 2;   // batches under way
  bool once = false;     // end when the queue is empty
  // How often messages of a call under way are kept from coming again; half of the queue's
  // visibility timeout if absent.
  std::optional<std::chrono::milliseconds> keep_every;
  // How long a batch is gathered from its first messages on, which nobody keeps yet; a quarter of
  // the visibility timeout if absent.
  std::optional<std::chrono::milliseconds> gather_max;
};

// Each of its loops gathers a batch, calls the function and deletes what it did not report as
// failed, in AWS's event shapes; the failures come again when their visibility timeout is over, or
// are given up to the dead-letter queue by SQS. While a call takes its time, its messages are kept
// invisible. A call that throws fails its whole batch, and ends the poller.
//
// start() once; the rest from any thread. It outlives done(), as do the service and the handler.
class Poller {
 public:
  struct Counts {
    std::uint64_t received = 0;
    std::uint64_t done = 0;    // deleted
    std::uint64_t failed = 0;  // left to come again, each time counted
  };

  Poller(cloud::Sqs& sqs, cloud::Handler handler, PollerOptions options);

  void start(const boost::asio::any_io_executor& executor);
  // Receives nothing more; the batches under way are finished.
  void stop() { stopping_ = true; }

  bool done() const { return loops_ == 0; }
  Counts counts() const { return {received_, done_, failed_}; }
  // What ended it early, once it is done.
  std::exception_ptr error() const;

 private:
  using Messages = std::vector<cloud::Message>;

  cloud::Async<void> begin(boost::asio::any_io_executor executor);
  void spawn(const boost::asio::any_io_executor& executor, cloud::Async<void> loop);
  cloud::Async<void> run(boost::asio::any_io_executor executor);
  cloud::Async<Messages> gather();
  cloud::Async<void> deal_with(boost::asio::any_io_executor executor, Messages messages);
  cloud::Async<boost::json::value> call(boost::asio::any_io_executor executor,
                                        const Messages& messages);
  cloud::Async<void> keep(const Messages& messages);
  cloud::Async<void> remove(const Messages& messages);
  cloud::Async<bool> is_empty();

  cloud::Sqs& sqs_;
  const cloud::Handler handler_;
  const PollerOptions options_;
  int visibility_s_ = 30;  // the queue's own
  std::atomic<bool> stopping_ = false;
  std::atomic<int> loops_ = 0;
  std::atomic<std::uint64_t> received_ = 0;
  std::atomic<std::uint64_t> done_ = 0;
  std::atomic<std::uint64_t> failed_ = 0;
  std::atomic<std::uint64_t> calls_ = 0;
  mutable std::mutex mutex_;  // guards error_
  std::exception_ptr error_;
};

}  // namespace doorbuster::cli
