// What sends orders to the checkout's queue.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <exception>
#include <mutex>
#include <string>

#include "cloud/sqs.h"
#include "orders/order_generator.h"

namespace doorbuster::cli {

// Sends orders number 0 to count - 1, in batches, with many requests under way. An order that is
// sent again is recognised by its id, so that a run that was cut short can be repeated.
class OrderSender {
 public:
  OrderSender(cloud::Sqs& sqs, std::string queue_url, const orders::OrderGenerator& generator,
              std::uint64_t count)
      : sqs_(sqs), queue_url_(std::move(queue_url)), generator_(generator), count_(count) {}

  // Starts; the sender, and what it was made of, must outlive done().
  void start(const boost::asio::any_io_executor& executor, int concurrency);

  // Sends nothing more; what is under way is finished. Any thread, as what follows.
  void stop() { stopping_ = true; }
  bool done() const { return workers_ == 0; }
  std::uint64_t sent() const { return sent_; }
  // What stopped it early, once it is done.
  std::exception_ptr error() const;

 private:
  cloud::Async<void> work();

  cloud::Sqs& sqs_;
  const std::string queue_url_;
  const orders::OrderGenerator& generator_;
  const std::uint64_t count_;
  std::atomic<std::uint64_t> next_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> workers_ = 0;
  std::atomic<std::uint64_t> sent_ = 0;
  mutable std::mutex mutex_;  // guards error_
  std::exception_ptr error_;
};

}  // namespace doorbuster::cli
