#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "cases.h"
#include "engine/services.h"

namespace doorbuster::bench {
namespace {

constexpr std::uint64_t kMessages = 1'000'000;
constexpr std::uint64_t kSmallBacklog = 10'000;
constexpr std::uint64_t kLargeBacklog = 5'000'000;
constexpr std::uint64_t kDrained = 2'000'000;  // by repeating the small one
constexpr std::size_t kBodyBytes = 500;
constexpr int kBatch = 10;
constexpr int kClients = 256;  // requests under way

// An engine with one queue, and clients on the calling thread.
class Bed {
 public:
  explicit Bed(const std::filesystem::path& directory) {
    engine::EngineOptions options;
    options.directory = directory;
    engine_ = std::make_unique<engine::Engine>(options);
    sqs_ = engine::make_sqs(*engine_, {});
    engine_->start();
    cloud::CreateQueueRequest create{"Backlog", {{"VisibilityTimeout", "600"}}};
    everybody(1, [this, create](int) -> cloud::Async<void> {
      auto request = create;
      url_ = (co_await sqs_->CreateQueue(std::move(request))).QueueUrl;
    });
  }

  // Runs as many clients at once, to their ends.
  void everybody(int clients, const std::function<cloud::Async<void>(int)>& client) {
    boost::asio::io_context context(1);
    for (int i = 0; i < clients; ++i) {
      boost::asio::co_spawn(context, client(i), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
      });
    }
    context.run();
  }

  double send(std::uint64_t count) {
    std::uint64_t left = count;
    const Stopwatch watch;
    everybody(kClients, [&](int) { return sender(left); });
    return static_cast<double>(count) / watch.seconds();
  }

  double drain(std::uint64_t count) {
    std::uint64_t left = count;
    const Stopwatch watch;
    everybody(kClients, [&](int) { return receiver(left); });
    if (left > 0) throw std::runtime_error(std::to_string(left) + " messages did not come");
    return static_cast<double>(count) / watch.seconds();
  }

 private:
  cloud::Async<void> sender(std::uint64_t& left) {
    const std::string body(kBodyBytes, 'x');
    while (left > 0) {
      cloud::SendMessageBatchRequest request;
      request.QueueUrl = url_;
      for (int i = 0; i < kBatch && left > 0; ++i, --left) {
        auto& entry = request.Entries.emplace_back();
        entry.Id = std::to_string(i);
        entry.MessageBody = body;
      }
      const auto sent = co_await sqs_->SendMessageBatch(std::move(request));
      if (!sent.Failed.empty()) throw std::runtime_error(sent.Failed[0].Message);
    }
  }

  cloud::Async<void> receiver(std::uint64_t& left) {
    while (left > 0) {
      cloud::ReceiveMessageRequest receive;
      receive.QueueUrl = url_;
      receive.MaxNumberOfMessages = kBatch;
      const auto received = co_await sqs_->ReceiveMessage(std::move(receive));
      if (received.Messages.empty()) co_return;
      cloud::DeleteMessageBatchRequest remove;
      remove.QueueUrl = url_;
      for (const auto& message : received.Messages) {
        remove.Entries.push_back({std::to_string(remove.Entries.size()), message.ReceiptHandle});
      }
      left -= std::min<std::uint64_t>(left, remove.Entries.size());
      const auto removed = co_await sqs_->DeleteMessageBatch(std::move(remove));
      if (!removed.Failed.empty()) throw std::runtime_error(removed.Failed[0].Message);
    }
  }

  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<cloud::Sqs> sqs_;
  std::string url_;
};

}  // namespace

boost::json::object sends_and_receives(const Setting& setting) {
  Bed bed(setting.directory / "engine");
  const auto count = scaled(setting, kMessages);
  const double sent = bed.send(count);
  const double drained = bed.drain(count);
  return {{"sent_per_second", sent}, {"received_and_deleted_per_second", drained}};
}

boost::json::object drain_small(const Setting& setting) {
  Bed bed(setting.directory / "engine");
  const auto rounds = std::max<std::uint64_t>(1, scaled(setting, kDrained) / kSmallBacklog);
  double seconds = 0;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    bed.send(kSmallBacklog);
    seconds += static_cast<double>(kSmallBacklog) / bed.drain(kSmallBacklog);
  }
  return {{"drained_per_second", static_cast<double>(rounds * kSmallBacklog) / seconds},
          {"peak_rss_bytes", peak_rss_bytes()}};
}

boost::json::object drain_large(const Setting& setting) {
  const auto count = scaled(setting, kLargeBacklog);
  double sent = 0;
  {
    Bed bed(setting.directory / "engine");
    sent = bed.send(count);
  }
  const Stopwatch opening;
  Bed bed(setting.directory / "engine");
  const double open_seconds = opening.seconds();
  const double drained = bed.drain(count);
  return {{"backlog", count},
          {"sent_per_second", sent},
          {"open_seconds", open_seconds},
          {"drained_per_second", drained},
          {"peak_rss_bytes", peak_rss_bytes()}};
}

}  // namespace doorbuster::bench
