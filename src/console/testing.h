// A queue with its dead letters, as simple as can be, for this room's tests.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cloud/error.h"
#include "cloud/sqs.h"
#include "console/dead_letters.h"

namespace doorbuster::console {

// Queues by their names, which are their URLs, too. A received message stays hidden until it is
// made visible.
class FakeQueues final : public cloud::Sqs {
 public:
  struct Kept {
    std::string id;
    std::string body;
    bool hidden = false;
    cloud::MessageAttributeMap attributes{};
  };

  cloud::Async<cloud::GetQueueUrlResult> GetQueueUrl(cloud::GetQueueUrlRequest request) override {
    find(request.QueueName);
    co_return cloud::GetQueueUrlResult{request.QueueName};
  }
  cloud::Async<cloud::GetQueueAttributesResult> GetQueueAttributes(
      cloud::GetQueueAttributesRequest request) override {
    cloud::GetQueueAttributesResult result;
    result.Attributes["ApproximateNumberOfMessages"] =
        std::to_string(find(request.QueueUrl).size());
    co_return result;
  }
  cloud::Async<cloud::ReceiveMessageResult> ReceiveMessage(
      cloud::ReceiveMessageRequest request) override {
    cloud::ReceiveMessageResult result;
    for (Kept& kept : find(request.QueueUrl)) {
      if (kept.hidden || result.Messages.size() == 10) continue;
      kept.hidden = true;
      cloud::Message message;
      message.MessageId = message.ReceiptHandle = kept.id;
      message.Body = kept.body;
      message.MessageAttributes = kept.attributes;
      result.Messages.push_back(std::move(message));
    }
    co_return result;
  }
  cloud::Async<cloud::SendMessageBatchResult> SendMessageBatch(
      cloud::SendMessageBatchRequest request) override {
    if (!failure.empty()) throw cloud::Error(failure, "no", 503);
    cloud::SendMessageBatchResult result;
    for (auto& entry : request.Entries) {
      find(request.QueueUrl)
          .push_back({"again", entry.MessageBody, false, entry.MessageAttributes});
      result.Successful.emplace_back();
    }
    co_return result;
  }
  cloud::Async<cloud::DeleteMessageBatchResult> DeleteMessageBatch(
      cloud::DeleteMessageBatchRequest request) override {
    for (const auto& entry : request.Entries) {
      std::erase_if(find(request.QueueUrl),
                    [&entry](const Kept& kept) { return kept.id == entry.ReceiptHandle; });
    }
    co_return cloud::DeleteMessageBatchResult();
  }
  cloud::Async<cloud::ChangeMessageVisibilityBatchResult> ChangeMessageVisibilityBatch(
      cloud::ChangeMessageVisibilityBatchRequest request) override {
    for (const auto& entry : request.Entries) {
      for (Kept& kept : find(request.QueueUrl)) {
        if (kept.id == entry.ReceiptHandle) kept.hidden = entry.VisibilityTimeout > 0;
      }
    }
    co_return cloud::ChangeMessageVisibilityBatchResult();
  }

  // A look at them, by the last part of their ARN.
  Browse browse() {
    return [this](std::string arn, std::uint64_t from, std::uint64_t until,
                  std::size_t max) -> cloud::Async<SeenMessages> {
      const auto& queue = find(arn.substr(arn.rfind(':') + 1));
      SeenMessages seen;
      seen.end = queue.size();
      const auto last = std::min(until, seen.end);
      for (seen.next = from; seen.next < last && seen.messages.size() < max; ++seen.next) {
        const Kept& kept = queue[seen.next];
        seen.messages.push_back({kept.id, kept.body, cloud::Time(std::chrono::seconds(7))});
      }
      co_return seen;
    };
  }

  std::size_t hidden(const std::string& queue) {
    std::size_t count = 0;
    for (const Kept& kept : find(queue)) count += kept.hidden ? 1 : 0;
    return count;
  }

  std::map<std::string, std::deque<Kept>> queues;
  std::string failure;  // the code of the error that sending fails with

 private:
  std::deque<Kept>& find(const std::string& name) {
    const auto found = queues.find(name);
    if (found == queues.end()) throw cloud::Error("QueueDoesNotExist", "There is no " + name);
    return found->second;
  }
};

}  // namespace doorbuster::console
