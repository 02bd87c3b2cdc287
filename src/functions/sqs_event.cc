#include "functions/sqs_event.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "cloud/arn.h"
#include "functions/json_fields.h"

namespace doorbuster::functions {
namespace {

namespace json = boost::json;

// Entries that SQS takes in one batch.
constexpr std::size_t kSqsEntriesMax = 10;

std::string needed_text(const json::value& message, std::string_view name) {
  const auto found = text(message, name);
  if (!found) {
    throw std::invalid_argument("the event is not a batch of SQS messages: a record has no " +
                                std::string(name));
  }
  return std::string(*found);
}

// Of the message's system attributes, which come as text.
std::optional<std::int64_t> number(const json::value& message, std::string_view attribute) {
  const json::value* attributes = field(message, "attributes");
  const auto found = attributes == nullptr ? std::nullopt : text(*attributes, attribute);
  std::int64_t n = 0;
  if (!found ||
      std::from_chars(found->data(), found->data() + found->size(), n).ec != std::errc()) {
    return std::nullopt;
  }
  return n;
}

QueueMessage message_of(const json::value& record) {
  QueueMessage message;
  message.id = needed_text(record, "messageId");
  message.receipt_handle = needed_text(record, "receiptHandle");
  message.body = needed_text(record, "body");
  message.queue_arn = needed_text(record, "eventSourceARN");
  message.receives = static_cast<int>(number(record, "ApproximateReceiveCount").value_or(1));
  if (const auto sent = number(record, "SentTimestamp")) {
    message.sent_at = cloud::Time(std::chrono::milliseconds(*sent));
  }
  return message;
}

}  // namespace

std::vector<QueueMessage> parse_sqs_event(const json::value& event) {
  const json::value* records = field(event, "Records");
  if (records == nullptr || !records->is_array()) {
    throw std::invalid_argument("the event is not a batch of SQS messages: it has no Records");
  }
  std::vector<QueueMessage> messages;
  messages.reserve(records->get_array().size());
  for (const json::value& record : records->get_array()) messages.push_back(message_of(record));
  return messages;
}

json::value batch_item_failures(const std::vector<MessageFailure>& failures) {
  json::array items;
  for (const MessageFailure& failure : failures) {
    items.push_back(json::object{{"itemIdentifier", failure.message_id}});
  }
  return json::object{{"batchItemFailures", std::move(items)}};
}

cloud::Async<void> Releaser::release(std::vector<const QueueMessage*> messages) {
  std::map<std::string, std::vector<const QueueMessage*>> by_queue;
  for (const QueueMessage* message : messages) by_queue[message->queue_arn].push_back(message);
  for (const auto& [arn, of_queue] : by_queue) {
    try {
      std::string url = co_await queue_url(arn);
      co_await release_from(std::move(url), of_queue);
    } catch (const std::exception&) {
      // They come back when their visibility timeout ends.
    }
  }
}

cloud::Async<std::string> Releaser::queue_url(std::string arn) {
  {
    const std::lock_guard held(mutex_);
    if (const auto found = queue_urls_.find(arn); found != queue_urls_.end()) {
      co_return found->second;
    }
  }
  const auto parsed = cloud::Arn::parse(arn);
  if (!parsed) throw std::invalid_argument("eventSourceARN is not an ARN: " + arn);
  cloud::GetQueueUrlRequest request;
  request.QueueName = parsed->resource;
  const cloud::GetQueueUrlResult result = co_await sqs_.GetQueueUrl(std::move(request));
  const std::lock_guard held(mutex_);
  queue_urls_[arn] = result.QueueUrl;
  co_return result.QueueUrl;
}

cloud::Async<void> Releaser::release_from(std::string queue_url,
                                          const std::vector<const QueueMessage*>& messages) {
  for (std::size_t begin = 0; begin < messages.size(); begin += kSqsEntriesMax) {
    const std::size_t end = std::min(begin + kSqsEntriesMax, messages.size());
    cloud::ChangeMessageVisibilityBatchRequest request;
    request.QueueUrl = queue_url;
    for (std::size_t i = begin; i < end; ++i) {
      cloud::ChangeMessageVisibilityBatchRequestEntry entry;
      entry.Id = std::to_string(i - begin);
      entry.ReceiptHandle = messages[i]->receipt_handle;
      entry.VisibilityTimeout = 0;
      request.Entries.push_back(std::move(entry));
    }
    co_await sqs_.ChangeMessageVisibilityBatch(std::move(request));
  }
}

}  // namespace doorbuster::functions
