#include <algorithm>
#include <cctype>
#include <set>

#include "cloud/error.h"
#include "engine/message_rules.h"
#include "engine/queue_access.h"
#include "engine/services.h"

namespace doorbuster::engine {
namespace {

using namespace cloud;  // NOLINT(google-build-using-namespace): every second word is one of SQS's

constexpr std::size_t kBatchMax = 10;
constexpr std::size_t kBatchBytesMax = 1'048'576;
constexpr int kReceiveMax = 10;
constexpr int kWaitMax_s = 20;
constexpr std::size_t kPageMax = 1'000;

Error invalid_value(const std::string& value, const char* parameter, const std::string& reason) {
  return {"InvalidParameterValue",
          "Value " + value + " for parameter " + parameter + " is invalid. Reason: " + reason};
}

Error missing(const char* parameter) {
  return {"MissingParameter",
          std::string("The request must contain the parameter ") + parameter + "."};
}

void check_range(int value, int min, int max, const char* parameter) {
  if (value >= min && value <= max) return;
  throw invalid_value(
      std::to_string(value), parameter,
      "Must be between " + std::to_string(min) + " and " + std::to_string(max) + ", if provided.");
}

// A handle that this queue gave.
ReceiptHandle to_handle(const Queue& queue, const std::string& text) {
  const auto handle = ReceiptHandle::parse(text);
  if (handle && handle->queue == queue.identity.id) return *handle;
  throw Error("ReceiptHandleIsInvalid", "The input receipt handle \"" + text.substr(0, 100) +
                                            "\" is not a valid receipt handle.");
}

template <class Entry>
void check_batch(const std::vector<Entry>& entries) {
  if (entries.empty()) {
    throw Error("EmptyBatchRequest", "There should be at least one entry in the request.");
  }
  if (entries.size() > kBatchMax) {
    throw Error("TooManyEntriesInBatchRequest",
                "Maximum number of entries per request are 10. You have sent " +
                    std::to_string(entries.size()) + ".");
  }
  std::set<std::string_view> ids;
  for (const auto& entry : entries) {
    const bool ok = !entry.Id.empty() && entry.Id.size() <= 80 &&
                    std::all_of(entry.Id.begin(), entry.Id.end(), [](unsigned char c) {
                      return std::isalnum(c) || c == '-' || c == '_';
                    });
    if (!ok) {
      throw Error("InvalidBatchEntryId",
                  "A batch entry id can only contain alphanumeric characters, hyphens and "
                  "underscores. It can be at most 80 letters long.");
    }
    if (!ids.insert(entry.Id).second) {
      throw Error("BatchEntryIdsNotDistinct", "Id " + entry.Id + " repeated.");
    }
  }
}

BatchResultErrorEntry failed(const std::string& id, const Error& error) {
  return {id, error.is_sender_fault(), error.code(), error.message()};
}

// What the queue's own attributes ask of a message.
void check_for(const Queue& queue, const StoredMessage& message, std::optional<int> delay_s) {
  const auto& attributes = queue.attributes;
  check_size(message, attributes.message_size_max);
  if (!attributes.fifo) {
    if (message.deduplication.empty()) return;
    throw invalid_value(message.deduplication, "MessageDeduplicationId",
                        "The request include parameter that is not valid for this queue type");
  }
  if (message.group.empty()) {
    throw Error("MissingParameter", "The request must contain the parameter MessageGroupId.");
  }
  if (message.deduplication.empty() && !attributes.content_based_deduplication) {
    throw Error("InvalidParameterValue",
                "The queue should either have ContentBasedDeduplication enabled or "
                "MessageDeduplicationId provided explicitly");
  }
  if (delay_s && *delay_s != 0) {
    throw invalid_value(std::to_string(*delay_s), "DelaySeconds",
                        "The request include parameter that is not valid for this queue type.");
  }
}

// The URLs of up to `max` of the queues, which are in the order of their names, behind the one that
// the token names.
template <class Queues>
void list_page(const Queues& queues, std::optional<int> max, const std::string& token,
               std::vector<std::string>* urls, std::string* next) {
  const std::size_t size = max ? static_cast<std::size_t>(*max) : kPageMax;
  std::string last;
  for (const Queue* queue : queues) {
    if (queue->identity.name <= token) continue;
    if (urls->size() == size) {
      *next = last;
      return;
    }
    urls->push_back(queue->identity.url);
    last = queue->identity.name;
  }
}

class SqsService final : public Sqs {
 public:
  SqsService(Engine& engine, Caller caller) : engine_(engine), caller_(std::move(caller)) {}

  Async<CreateQueueResult> CreateQueue(CreateQueueRequest request) override {
    return engine_.call<CreateQueueResult>(
        [this, request = std::move(request)](Machine& m, Turn& turn) -> CreateQueueResult {
          check_access(caller_, "sqs:CreateQueue");
          return {m.queues.create(turn, caller_.scope, request)};
        });
  }

  Async<void> DeleteQueue(DeleteQueueRequest request) override {
    return on_queue<Done>(
        "sqs:DeleteQueue", std::move(request.QueueUrl),
        [](Machine& m, Turn& turn, Queue& queue) { m.queues.destroy(turn, queue); });
  }

  Async<GetQueueUrlResult> GetQueueUrl(GetQueueUrlRequest request) override {
    return engine_.call<GetQueueUrlResult>(
        [this, request = std::move(request)](Machine& m, Turn&) -> GetQueueUrlResult {
          Scope owner = caller_.scope;
          if (!request.QueueOwnerAWSAccountId.empty()) {
            owner.account = request.QueueOwnerAWSAccountId;
          }
          const Queue& queue = m.queues.by_name(owner, request.QueueName);
          check_access(caller_, queue, "sqs:GetQueueUrl");
          return {queue.identity.url};
        });
  }

  Async<ListQueuesResult> ListQueues(ListQueuesRequest request) override {
    return engine_.call<ListQueuesResult>([this, request = std::move(request)](Machine& m, Turn&) {
      if (request.MaxResults) check_range(*request.MaxResults, 1, 1'000, "MaxResults");
      check_access(caller_, "sqs:ListQueues");
      ListQueuesResult result;
      const auto queues = m.queues.list(caller_.scope, request.QueueNamePrefix, request.NextToken);
      list_page(queues, request.MaxResults, request.NextToken, &result.QueueUrls,
                &result.NextToken);
      return result;
    });
  }

  Async<ListDeadLetterSourceQueuesResult> ListDeadLetterSourceQueues(
      ListDeadLetterSourceQueuesRequest request) override {
    auto url = std::move(request.QueueUrl);
    return on_queue<ListDeadLetterSourceQueuesResult>(
        "sqs:ListDeadLetterSourceQueues", std::move(url),
        [request = std::move(request)](Machine& m, Turn&, Queue& queue) {
          if (request.MaxResults) check_range(*request.MaxResults, 1, 1'000, "MaxResults");
          ListDeadLetterSourceQueuesResult result;
          list_page(m.queues.dead_letter_sources(queue), request.MaxResults, request.NextToken,
                    &result.queueUrls, &result.NextToken);
          return result;
        });
  }

  Async<void> TagQueue(TagQueueRequest request) override {
    auto url = std::move(request.QueueUrl);
    return on_queue<Done>("sqs:TagQueue", std::move(url),
                          [tags = std::move(request.Tags)](Machine& m, Turn& turn, Queue& queue) {
                            if (tags.empty()) throw missing("Tags");
                            m.queues.tag(turn, queue, tags);
                          });
  }

  Async<void> UntagQueue(UntagQueueRequest request) override {
    auto url = std::move(request.QueueUrl);
    return on_queue<Done>(
        "sqs:UntagQueue", std::move(url),
        [keys = std::move(request.TagKeys)](Machine& m, Turn& turn, Queue& queue) {
          if (keys.empty()) throw missing("TagKeys");
          m.queues.untag(turn, queue, keys);
        });
  }

  Async<ListQueueTagsResult> ListQueueTags(ListQueueTagsRequest request) override {
    return on_queue<ListQueueTagsResult>(
        "sqs:ListQueueTags", std::move(request.QueueUrl),
        [](Machine&, Turn&, Queue& queue) { return ListQueueTagsResult{queue.tags}; });
  }

  Async<void> AddPermission(AddPermissionRequest request) override {
    auto url = request.QueueUrl;
    return on_queue<Done>("sqs:AddPermission", std::move(url),
                          [request = std::move(request)](Machine& m, Turn& turn, Queue& queue) {
                            m.queues.add_permission(turn, queue, request);
                          });
  }

  Async<void> RemovePermission(RemovePermissionRequest request) override {
    auto url = std::move(request.QueueUrl);
    return on_queue<Done>("sqs:RemovePermission", std::move(url),
                          [label = std::move(request.Label)](Machine& m, Turn& turn, Queue& queue) {
                            m.queues.remove_permission(turn, queue, label);
                          });
  }

  Async<GetQueueAttributesResult> GetQueueAttributes(GetQueueAttributesRequest request) override {
    auto url = std::move(request.QueueUrl);
    return on_queue<GetQueueAttributesResult>(
        "sqs:GetQueueAttributes", std::move(url),
        [names = std::move(request.AttributeNames)](Machine& m, Turn&, Queue& queue) {
          GetQueueAttributesResult result;
          const auto all = m.queues.attributes(queue);
          for (const auto& name : names) {
            if (name == "All") {
              result.Attributes = all;
            } else if (!is_queue_attribute(name)) {
              throw Error("InvalidAttributeName", "Unknown Attribute " + name + ".");
            } else if (const auto it = all.find(name); it != all.end()) {
              result.Attributes.insert(*it);
            }
          }
          return result;
        });
  }

  Async<void> SetQueueAttributes(SetQueueAttributesRequest request) override {
    auto url = std::move(request.QueueUrl);
    return on_queue<Done>(
        "sqs:SetQueueAttributes", std::move(url),
        [changes = std::move(request.Attributes)](Machine& m, Turn& turn, Queue& queue) {
          m.queues.set_attributes(turn, queue, changes);
        });
  }

  Async<SendMessageResult> SendMessage(SendMessageRequest request) override {
    SendMessageResult result;
    auto url = std::move(request.QueueUrl);
    const auto delay_s = request.DelaySeconds;
    auto message = prepare(std::move(request), &result);
    auto op = [message = std::move(message), delay_s](Machine& m, Turn& turn,
                                                      Queue& queue) mutable {
      check_for(queue, message, delay_s);
      return m.queues.send(turn, queue, std::move(message), delay_s);
    };
    const auto sent =
        co_await on_queue<Queues::Sent>("sqs:SendMessage", std::move(url), std::move(op));
    result.MessageId = str(sent.id);
    result.SequenceNumber = sent.sequence;
    co_return result;
  }

  Async<SendMessageBatchResult> SendMessageBatch(SendMessageBatchRequest request) override;

  Async<ReceiveMessageResult> ReceiveMessage(ReceiveMessageRequest request) override {
    check_range(request.MaxNumberOfMessages, 1, kReceiveMax, "MaxNumberOfMessages");
    if (request.VisibilityTimeout) {
      check_range(*request.VisibilityTimeout, 0, Queue::kVisibilityMax_s, "VisibilityTimeout");
    }
    if (request.WaitTimeSeconds) {
      check_range(*request.WaitTimeSeconds, 0, kWaitMax_s, "WaitTimeSeconds");
    }
    auto op = [this, url = request.QueueUrl, max = request.MaxNumberOfMessages,
               visibility = request.VisibilityTimeout, wait = request.WaitTimeSeconds](
                  Machine& m, Turn& turn, std::unique_ptr<Reply<std::vector<Delivery>>>& reply) {
      Queue& queue = m.queues.by_url(caller_.scope, url);
      check_access(caller_, queue, "sqs:ReceiveMessage");
      ReceiveOrder order;
      order.max_messages = max;
      order.visibility_timeout_s = visibility;
      order.wait_until =
          turn.now + std::chrono::seconds(wait.value_or(queue.attributes.receive_wait_s));
      m.queues.receive(turn, queue, std::move(order), reply);
    };
    auto deliveries = co_await engine_.call<std::vector<Delivery>>(std::move(op));
    ReceiveMessageResult result;
    for (auto& delivery : deliveries) {
      result.Messages.push_back(to_message(std::move(delivery), request));
    }
    co_return result;
  }

  Async<void> DeleteMessage(DeleteMessageRequest request) override {
    auto op = [handle = std::move(request.ReceiptHandle)](Machine& m, Turn& turn, Queue& queue) {
      m.queues.remove(turn, queue, to_handle(queue, handle));
    };
    co_await on_queue<Done>("sqs:DeleteMessage", std::move(request.QueueUrl), std::move(op));
  }

  Async<DeleteMessageBatchResult> DeleteMessageBatch(DeleteMessageBatchRequest request) override {
    check_batch(request.Entries);
    auto op = [entries = std::move(request.Entries)](Machine& m, Turn& turn, Queue& queue) {
      return each<DeleteMessageBatchResult>(entries, [&](const auto& entry) {
        m.queues.remove(turn, queue, to_handle(queue, entry.ReceiptHandle));
      });
    };
    co_return co_await on_queue<DeleteMessageBatchResult>(
        "sqs:DeleteMessage", std::move(request.QueueUrl), std::move(op));
  }

  Async<void> ChangeMessageVisibility(ChangeMessageVisibilityRequest request) override {
    check_range(request.VisibilityTimeout, 0, Queue::kVisibilityMax_s, "VisibilityTimeout");
    auto op = [handle = std::move(request.ReceiptHandle), timeout_s = request.VisibilityTimeout](
                  Machine& m, Turn& turn, Queue& queue) {
      m.queues.change_visibility(turn, queue, to_handle(queue, handle), timeout_s);
    };
    co_await on_queue<Done>("sqs:ChangeMessageVisibility", std::move(request.QueueUrl),
                            std::move(op));
  }

  Async<ChangeMessageVisibilityBatchResult> ChangeMessageVisibilityBatch(
      ChangeMessageVisibilityBatchRequest request) override {
    check_batch(request.Entries);
    auto op = [entries = std::move(request.Entries)](Machine& m, Turn& turn, Queue& queue) {
      return each<ChangeMessageVisibilityBatchResult>(entries, [&](const auto& entry) {
        check_range(entry.VisibilityTimeout, 0, Queue::kVisibilityMax_s, "VisibilityTimeout");
        m.queues.change_visibility(turn, queue, to_handle(queue, entry.ReceiptHandle),
                                   entry.VisibilityTimeout);
      });
    };
    co_return co_await on_queue<ChangeMessageVisibilityBatchResult>(
        "sqs:ChangeMessageVisibility", std::move(request.QueueUrl), std::move(op));
  }

  Async<void> PurgeQueue(PurgeQueueRequest request) override {
    return on_queue<Done>(
        "sqs:PurgeQueue", std::move(request.QueueUrl),
        [](Machine& m, Turn& turn, Queue& queue) { m.queues.purge(turn, queue); });
  }

  Async<StartMessageMoveTaskResult> StartMessageMoveTask(
      StartMessageMoveTaskRequest request) override {
    return engine_.call<StartMessageMoveTaskResult>(
        [this, request = std::move(request)](Machine& m, Turn& turn) -> StartMessageMoveTaskResult {
          check_arn(m, request.SourceArn, "sqs:StartMessageMoveTask");
          check_arn(m, request.DestinationArn, "sqs:SendMessage");
          return {m.move_tasks.start(turn, request)};
        });
  }

  Async<ListMessageMoveTasksResult> ListMessageMoveTasks(
      ListMessageMoveTasksRequest request) override {
    return engine_.call<ListMessageMoveTasksResult>(
        [this, request = std::move(request)](Machine& m, Turn&) -> ListMessageMoveTasksResult {
          check_arn(m, request.SourceArn, "sqs:ListMessageMoveTasks");
          check_range(request.MaxResults.value_or(1), 1, 10, "MaxResults");
          if (!m.queues.by_arn(request.SourceArn)) {
            throw Error("ResourceNotFoundException",
                        "The resource that you specified for the SourceArn parameter doesn't "
                        "exist.",
                        404);
          }
          return {m.move_tasks.list(request.SourceArn,
                                    static_cast<std::size_t>(request.MaxResults.value_or(1)))};
        });
  }

  Async<CancelMessageMoveTaskResult> CancelMessageMoveTask(
      CancelMessageMoveTaskRequest request) override {
    return engine_.call<CancelMessageMoveTaskResult>(
        [this, request = std::move(request)](Machine& m,
                                             Turn& turn) -> CancelMessageMoveTaskResult {
          check_arn(m, m.move_tasks.source(request.TaskHandle), "sqs:CancelMessageMoveTask");
          return {m.move_tasks.cancel(turn, request.TaskHandle)};
        });
  }

 private:
  // Runs op(machine, turn, queue) on the writer, if the caller may take the action.
  template <class T, class Op>
  Answer<T> on_queue(const char* action, std::string url, Op op) {
    return engine_.call<T>(
        [this, action, url = std::move(url), op = std::move(op)](Machine& m, Turn& turn) mutable {
          Queue& queue = m.queues.by_url(caller_.scope, url);
          check_access(caller_, queue, action);
          return op(m, turn, queue);
        });
  }

  // If there is such a queue; who asks for one that isn't there learns so elsewhere.
  void check_arn(Machine& m, std::string_view arn, std::string_view action) const {
    if (const Queue* queue = m.queues.by_arn(arn)) check_access(caller_, *queue, action);
  }

  // Applies op to each entry of a batch; one that throws fails alone.
  template <class Result, class Entries, class Op>
  static Result each(const Entries& entries, Op op) {
    Result result;
    for (const auto& entry : entries) {
      try {
        op(entry);
        result.Successful.push_back({entry.Id});
      } catch (const Error& e) {
        result.Failed.push_back(failed(entry.Id, e));
      }
    }
    return result;
  }

  static StoredMessage prepare(SendMessageRequest request, SendMessageResult* result) {
    result->MD5OfMessageSystemAttributes = md5_of_attributes(request.MessageSystemAttributes);
    auto message = checked_message(std::move(request));
    result->MD5OfMessageBody = hex(md5(message.body));
    result->MD5OfMessageAttributes = md5_of_attributes(message.attributes);
    return message;
  }

  Engine& engine_;
  const Caller caller_;
};

// An entry of a batch on its way to the queue and back.
struct PreparedEntry {
  SendMessageBatchResultEntry result;
  StoredMessage message;
  std::optional<int> delay_s;
  std::optional<Error> error;
  Queues::Sent sent;
};

Async<SendMessageBatchResult> SqsService::SendMessageBatch(SendMessageBatchRequest request) {
  check_batch(request.Entries);
  std::vector<PreparedEntry> batch(request.Entries.size());
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    auto& entry = request.Entries[i];
    batch[i].result.Id = entry.Id;
    batch[i].delay_s = entry.DelaySeconds;
    bytes += entry.MessageBody.size() + size(entry.MessageAttributes);
    try {
      batch[i].message = prepare(std::move(entry), &batch[i].result);
    } catch (const Error& e) {
      batch[i].error = e;
    }
  }
  if (bytes > kBatchBytesMax) {
    throw Error("BatchRequestTooLong",
                "Batch requests cannot be longer than 1048576 bytes. You have sent " +
                    std::to_string(bytes) + " bytes.");
  }
  auto op = [batch = std::move(batch)](Machine& m, Turn& turn, Queue& queue) mutable {
    for (auto& entry : batch) {
      if (entry.error) continue;
      try {
        check_for(queue, entry.message, entry.delay_s);
        entry.sent = m.queues.send(turn, queue, std::move(entry.message), entry.delay_s);
      } catch (const Error& e) {
        entry.error = e;
      }
    }
    return std::move(batch);
  };
  auto sent = co_await on_queue<std::vector<PreparedEntry>>(
      "sqs:SendMessage", std::move(request.QueueUrl), std::move(op));
  SendMessageBatchResult result;
  result.Successful.reserve(sent.size());
  for (auto& entry : sent) {
    if (entry.error) {
      result.Failed.push_back(failed(entry.result.Id, *entry.error));
      continue;
    }
    entry.result.MessageId = str(entry.sent.id);
    entry.result.SequenceNumber = std::move(entry.sent.sequence);
    result.Successful.push_back(std::move(entry.result));
  }
  co_return result;
}

}  // namespace

std::unique_ptr<cloud::Sqs> make_sqs(Engine& engine, cloud::Caller caller) {
  return std::make_unique<SqsService>(engine, std::move(caller));
}

cloud::Async<BrowseResult> browse(Engine& engine, std::string queue_arn, std::uint64_t from,
                                  std::uint64_t until, std::size_t max) {
  auto op = [arn = std::move(queue_arn), from, until, max](Machine& m, Turn& turn) {
    Queue* queue = m.queues.by_arn(arn);
    if (!queue) throw Error("QueueDoesNotExist", "The specified queue does not exist.");
    BrowseResult page;
    page.next = from;
    page.end = queue->end();
    for (auto& message : queue->browse(turn.store, &page.next, until, max)) {
      page.messages.push_back({str(message.id), std::move(message.body), message.sent});
    }
    return page;
  };
  return engine.call<BrowseResult>(std::move(op));
}

}  // namespace doorbuster::engine
