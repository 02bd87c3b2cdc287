#include "cli/order_sender.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>

#include "cloud/error.h"

namespace doorbuster::cli {
namespace {

constexpr std::uint64_t kBatch = 10;  // messages that SQS takes at once

}  // namespace

void OrderSender::start(const boost::asio::any_io_executor& executor, int concurrency) {
  for (int i = 0; i < concurrency; ++i) {
    ++workers_;
    boost::asio::co_spawn(executor, work(), [this](std::exception_ptr error) {
      if (error) {
        const std::lock_guard lock(mutex_);
        if (!error_) error_ = error;
        stopping_ = true;
      }
      --workers_;
    });
  }
}

std::exception_ptr OrderSender::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

cloud::Async<void> OrderSender::work() {
  while (!stopping_) {
    const std::uint64_t begin = next_.fetch_add(kBatch);
    if (begin >= count_) co_return;
    cloud::SendMessageBatchRequest request;
    request.QueueUrl = queue_url_;
    for (std::uint64_t i = begin; i < std::min(begin + kBatch, count_); ++i) {
      cloud::SendMessageBatchRequestEntry entry;
      entry.Id = std::to_string(i - begin);
      entry.MessageBody = generator_.draft(i).text;
      request.Entries.push_back(std::move(entry));
    }
    const auto result = co_await sqs_.SendMessageBatch(std::move(request));
    sent_ += result.Successful.size();
    if (!result.Failed.empty()) {
      throw cloud::Error(result.Failed.front().Code, result.Failed.front().Message);
    }
  }
}

}  // namespace doorbuster::cli
