#include "cli/poller.h"

#include <algorithm>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <set>

#include "cloud/arn.h"
#include "cloud/error.h"

namespace doorbuster::cli {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

constexpr std::size_t kEntriesMax = 10;  // that SQS takes and gives at once
// Short enough for whoever waits for the end; a long poll costs the same as a short one.
constexpr int kWait_s = 2;

// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
json::value to_event(const std::vector<cloud::Message>& messages, const std::string& queue_arn) {
  const auto arn = cloud::Arn::parse(queue_arn);
  const std::string region = arn ? arn->region : "";
  json::array records;
  for (const auto& message : messages) {
    json::object attributes;
    for (const auto& [name, value] : message.Attributes) attributes.emplace(name, value);
    records.push_back(json::object{{"messageId", message.MessageId},
                                   {"receiptHandle", message.ReceiptHandle},
                                   {"body", message.Body},
                                   {"attributes", std::move(attributes)},
                                   {"messageAttributes", json::object()},
                                   {"md5OfBody", message.MD5OfBody},
                                   {"eventSource", "aws:sqs"},
                                   {"eventSourceARN", queue_arn},
                                   {"awsRegion", region}});
  }
  return json::object{{"Records", std::move(records)}};
}

std::set<std::string> failed_ids(const json::value& answer) {
  std::set<std::string> ids;
  for (const auto& failure : answer.at("batchItemFailures").as_array()) {
    ids.emplace(failure.at("itemIdentifier").as_string());
  }
  return ids;
}

}  // namespace

Poller::Poller(cloud::Sqs& sqs, cloud::Handler handler, PollerOptions options)
    : sqs_(sqs), handler_(std::move(handler)), options_(std::move(options)) {}

std::exception_ptr Poller::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

void Poller::start(const asio::any_io_executor& executor) {
  spawn(executor, begin(executor));
}

void Poller::spawn(const asio::any_io_executor& executor, cloud::Async<void> loop) {
  ++loops_;
  asio::co_spawn(executor, std::move(loop), [this](std::exception_ptr error) {
    if (error) {
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = error;
      stopping_ = true;
    }
    --loops_;
  });
}

cloud::Async<void> Poller::begin(asio::any_io_executor executor) {
  cloud::GetQueueAttributesRequest request;
  request.QueueUrl = options_.queue_url;
  request.AttributeNames = {"VisibilityTimeout"};
  const auto result = co_await sqs_.GetQueueAttributes(std::move(request));
  const auto it = result.Attributes.find("VisibilityTimeout");
  if (it != result.Attributes.end()) visibility_s_ = std::max(2, std::stoi(it->second));
  // A strand each: a call's end and the time for it must not meet.
  for (int i = 0; i < options_.concurrency; ++i) spawn(asio::make_strand(executor), run(executor));
}

cloud::Async<void> Poller::run(asio::any_io_executor executor) {
  while (!stopping_) {
    auto messages = co_await gather();
    if (!messages.empty()) {
      co_await deal_with(executor, std::move(messages));
    } else if (options_.once && co_await is_empty()) {
      stopping_ = true;
    }
  }
}

// The first receive waits for messages, the others take what there is while there is time.
cloud::Async<Poller::Messages> Poller::gather() {
  const std::chrono::milliseconds visibility = std::chrono::seconds(visibility_s_);
  const auto gather_max = options_.gather_max.value_or(visibility / 4);
  std::chrono::steady_clock::time_point end;
  Messages batch;
  const auto batch_max = static_cast<std::size_t>(options_.batch);
  while (batch.size() < batch_max) {
    cloud::ReceiveMessageRequest request;
    request.QueueUrl = options_.queue_url;
    request.MaxNumberOfMessages = static_cast<int>(std::min(batch_max - batch.size(), kEntriesMax));
    request.MessageSystemAttributeNames = {"All"};
    request.WaitTimeSeconds = batch.empty() ? kWait_s : 0;
    auto result = co_await sqs_.ReceiveMessage(std::move(request));
    if (result.Messages.empty()) break;
    const auto now = std::chrono::steady_clock::now();
    if (batch.empty()) end = now + gather_max;
    received_ += result.Messages.size();
    std::move(result.Messages.begin(), result.Messages.end(), std::back_inserter(batch));
    if (now >= end) break;
  }
  co_return batch;
}

cloud::Async<void> Poller::deal_with(asio::any_io_executor executor, Messages messages) {
  const auto answer = co_await call(std::move(executor), messages);
  const auto failed = failed_ids(answer);
  const auto at = std::remove_if(messages.begin(), messages.end(), [&](const auto& message) {
    return failed.contains(message.MessageId);
  });
  failed_ += static_cast<std::uint64_t>(messages.end() - at);
  messages.erase(at, messages.end());
  co_await remove(messages);
}

// On the pool, since a function may block its thread; here, on the strand, the time goes on.
cloud::Async<json::value> Poller::call(asio::any_io_executor executor, const Messages& messages) {
  const auto strand = co_await asio::this_coro::executor;
  asio::steady_timer end(strand);
  std::exception_ptr error;
  json::value answer;
  bool ended = false;
  auto event = to_event(messages, options_.queue_arn);
  cloud::Context context{options_.function, std::to_string(++calls_)};
  auto handling = handler_(std::move(event), std::move(context));
  const auto note_end = [&](std::exception_ptr e, json::value value) {
    error = std::move(e);
    answer = std::move(value);
    ended = true;
    end.cancel();
  };
  asio::co_spawn(executor, std::move(handling), asio::bind_executor(strand, note_end));
  while (!ended) {
    const std::chrono::milliseconds visibility = std::chrono::seconds(visibility_s_);
    end.expires_after(options_.keep_every.value_or(visibility / 2));
    boost::system::error_code cancelled;
    co_await end.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    if (!ended) co_await keep(messages);
  }
  if (error) std::rethrow_exception(error);
  co_return answer;
}

// An attempt: a message that comes again all the same is recognised.
cloud::Async<void> Poller::keep(const Messages& messages) {
  for (std::size_t begin = 0; begin < messages.size(); begin += kEntriesMax) {
    cloud::ChangeMessageVisibilityBatchRequest request;
    request.QueueUrl = options_.queue_url;
    for (std::size_t i = begin; i < std::min(begin + kEntriesMax, messages.size()); ++i) {
      request.Entries.push_back(
          {std::to_string(i - begin), messages[i].ReceiptHandle, visibility_s_});
    }
    try {
      co_await sqs_.ChangeMessageVisibilityBatch(std::move(request));
    } catch (const cloud::Error&) {  // NOLINT(bugprone-empty-catch): the others may be kept
    }
  }
}

cloud::Async<void> Poller::remove(const Messages& messages) {
  for (std::size_t begin = 0; begin < messages.size(); begin += kEntriesMax) {
    cloud::DeleteMessageBatchRequest request;
    request.QueueUrl = options_.queue_url;
    for (std::size_t i = begin; i < std::min(begin + kEntriesMax, messages.size()); ++i) {
      request.Entries.push_back({std::to_string(i - begin), messages[i].ReceiptHandle});
    }
    const auto result = co_await sqs_.DeleteMessageBatch(std::move(request));
    done_ += result.Successful.size();
  }
}

cloud::Async<bool> Poller::is_empty() {
  cloud::GetQueueAttributesRequest request;
  request.QueueUrl = options_.queue_url;
  request.AttributeNames = {"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible",
                            "ApproximateNumberOfMessagesDelayed"};
  const auto result = co_await sqs_.GetQueueAttributes(std::move(request));
  co_return std::all_of(result.Attributes.begin(), result.Attributes.end(),
                        [](const auto& attribute) { return attribute.second == "0"; });
}

}  // namespace doorbuster::cli
