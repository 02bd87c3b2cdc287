#include <algorithm>
#include <cctype>
#include <set>

#include "cloud/error.h"
#include "engine/message.h"
#include "engine/services.h"
#include "engine/sns_error.h"

namespace doorbuster::engine {
namespace {

using namespace cloud;  // NOLINT(google-build-using-namespace): every second word is one of SNS's

constexpr std::size_t kPublishBatchMax = 10;
constexpr std::size_t kPublishBatchBytesMax = 262'144;
constexpr std::size_t kBatchIdMax = 80;

void check_id(const std::string& id) {
  const bool ok = !id.empty() && std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_';
  });
  if (id.size() > kBatchIdMax) {
    throw Error("InvalidBatchEntryId",
                "The Id of a batch entry in the batch request is too long: " + id);
  }
  if (!ok) {
    throw Error(
        "InvalidBatchEntryId",
        "The Id of a batch entry in the batch request contains an impermissible character: " + id);
  }
}

void check_batch(const std::vector<PublishBatchRequestEntry>& entries) {
  if (entries.empty()) {
    throw Error("EmptyBatchRequest", "The batch request doesn't contain any entries.");
  }
  if (entries.size() > kPublishBatchMax) {
    throw Error("TooManyEntriesInBatchRequest",
                "The batch request contains more entries than permissible.");
  }
  std::set<std::string_view> ids;
  std::size_t bytes = 0;
  for (const auto& entry : entries) {
    if (!ids.insert(entry.Id).second) {
      throw Error("BatchEntryIdsNotDistinct",
                  "Two or more batch entries in the request have the same Id.");
    }
    bytes += entry.Message.size() + size(entry.MessageAttributes);
  }
  for (const auto& entry : entries) check_id(entry.Id);
  if (bytes > kPublishBatchBytesMax) {
    throw Error("BatchRequestTooLong",
                "The length of all the messages put together is more than the limit.");
  }
}

// TopicArn and TargetArn are two names for one.
std::string topic_of(const PublishRequest& request) {
  if (!request.PhoneNumber.empty()) {
    throw invalid_parameter("PhoneNumber Reason: " + request.PhoneNumber +
                            " is not valid to publish to: only topics are offered here");
  }
  if (!request.TopicArn.empty() && !request.TargetArn.empty()) {
    throw invalid_parameter("TopicArn or TargetArn Reason: both are given");
  }
  const auto& arn = request.TopicArn.empty() ? request.TargetArn : request.TopicArn;
  if (arn.empty()) {
    throw invalid_parameter("TopicArn or TargetArn Reason: no value for required parameter");
  }
  return arn;
}

// An entry of a batch on its way to the topic and back.
struct PublishedEntry {
  std::string id;
  Publication publication;
  PublishResult result;
  std::optional<Error> error;
};

class SnsService final : public Sns {
 public:
  SnsService(Engine& engine, Caller caller) : engine_(engine), caller_(std::move(caller)) {}

  Async<CreateTopicResult> CreateTopic(CreateTopicRequest request) override {
    return on_topics<CreateTopicResult>(
        [this, request = std::move(request)](Topics& topics, Turn& turn) -> CreateTopicResult {
          return {topics.create(turn, caller_, request)};
        });
  }

  Async<void> DeleteTopic(DeleteTopicRequest request) override {
    return on_topics<Done>([this, request = std::move(request)](Topics& topics, Turn& turn) {
      topics.destroy(turn, caller_, request.TopicArn);
    });
  }

  Async<ListTopicsResult> ListTopics(ListTopicsRequest request) override {
    return on_topics<ListTopicsResult>([this, request = std::move(request)](Topics& topics, Turn&) {
      return topics.list(caller_, request.NextToken);
    });
  }

  Async<GetTopicAttributesResult> GetTopicAttributes(GetTopicAttributesRequest request) override {
    return on_topics<GetTopicAttributesResult>(
        [this, request = std::move(request)](Topics& topics, Turn&) -> GetTopicAttributesResult {
          return {topics.attributes(caller_, request.TopicArn)};
        });
  }

  Async<void> SetTopicAttributes(SetTopicAttributesRequest request) override {
    return on_topics<Done>([this, request = std::move(request)](Topics& topics, Turn& turn) {
      topics.set_attribute(turn, caller_, request);
    });
  }

  Async<ConfirmSubscriptionResult> ConfirmSubscription(
      ConfirmSubscriptionRequest request) override {
    return on_topics<ConfirmSubscriptionResult>(
        [this, request = std::move(request)](Topics& topics,
                                             Turn& turn) -> ConfirmSubscriptionResult {
          return {topics.confirm(turn, caller_, request)};
        });
  }

  Async<void> Unsubscribe(UnsubscribeRequest request) override {
    return on_topics<Done>([this, request = std::move(request)](Topics& topics, Turn& turn) {
      topics.unsubscribe(turn, caller_, request.SubscriptionArn);
    });
  }

  Async<GetSubscriptionAttributesResult> GetSubscriptionAttributes(
      GetSubscriptionAttributesRequest request) override {
    return on_topics<GetSubscriptionAttributesResult>(
        [this, request = std::move(request)](Topics& topics,
                                             Turn&) -> GetSubscriptionAttributesResult {
          return {topics.subscription_attributes(caller_, request.SubscriptionArn)};
        });
  }

  Async<void> SetSubscriptionAttributes(SetSubscriptionAttributesRequest request) override {
    return on_topics<Done>([this, request = std::move(request)](Topics& topics, Turn& turn) {
      topics.set_subscription_attribute(turn, caller_, request);
    });
  }

  Async<ListSubscriptionsResult> ListSubscriptions(ListSubscriptionsRequest request) override {
    return on_topics<ListSubscriptionsResult>(
        [this, request = std::move(request)](Topics& topics, Turn&) {
          return topics.list_subscriptions(caller_, request.NextToken);
        });
  }

  Async<ListSubscriptionsByTopicResult> ListSubscriptionsByTopic(
      ListSubscriptionsByTopicRequest request) override {
    return on_topics<ListSubscriptionsByTopicResult>(
        [this, request = std::move(request)](Topics& topics, Turn&) {
          return topics.list_subscriptions_by_topic(caller_, request);
        });
  }

  Async<void> TagResource(TagResourceRequest request) override {
    return on_topics<Done>([this, request = std::move(request)](Topics& topics, Turn& turn) {
      topics.tag(turn, caller_, request);
    });
  }

  Async<void> UntagResource(UntagResourceRequest request) override {
    return on_topics<Done>([this, request = std::move(request)](Topics& topics, Turn& turn) {
      topics.untag(turn, caller_, request);
    });
  }

  Async<ListTagsForResourceResult> ListTagsForResource(
      ListTagsForResourceRequest request) override {
    return on_topics<ListTagsForResourceResult>(
        [this, request = std::move(request)](Topics& topics, Turn&) -> ListTagsForResourceResult {
          return {topics.tags(caller_, request.ResourceArn)};
        });
  }

  Async<void> AddPermission(AddTopicPermissionRequest request) override {
    return on_topics<Done>([this, request = std::move(request)](Topics& topics, Turn& turn) {
      topics.add_permission(turn, caller_, request);
    });
  }

  Async<void> RemovePermission(RemoveTopicPermissionRequest request) override {
    return on_topics<Done>([this, request = std::move(request)](Topics& topics, Turn& turn) {
      topics.remove_permission(turn, caller_, request);
    });
  }

  Async<SubscribeResult> Subscribe(SubscribeRequest request) override;
  Async<PublishResult> Publish(PublishRequest request) override;
  Async<PublishBatchResult> PublishBatch(PublishBatchRequest request) override;

 private:
  // Runs op(topics, turn) on the writer.
  template <class T, class Op>
  Answer<T> on_topics(Op op) {
    return engine_.call<T>(
        [op = std::move(op)](Machine& m, Turn& turn) mutable { return op(m.topics, turn); });
  }

  Engine& engine_;
  const Caller caller_;
};

// The first subscription that is to be confirmed makes the key, which takes too long for the
// writer.
Async<SubscribeResult> SnsService::Subscribe(SubscribeRequest request) {
  std::shared_ptr<const SigningKey> key;
  if (wants_confirmation(caller_, request.Protocol, request.Endpoint)) {
    auto look = [](Topics& topics, Turn&) { return topics.signing_key() != nullptr; };
    const bool has_key = co_await on_topics<bool>(std::move(look));
    if (!has_key) key = std::make_shared<const SigningKey>(engine_.make_signing_key());
  }
  auto op = [this, request = std::move(request), key = std::move(key)](
                Topics& topics, Turn& turn) -> SubscribeResult {
    return {topics.subscribe(turn, caller_, request, key)};
  };
  co_return co_await on_topics<SubscribeResult>(std::move(op));
}

Async<PublishResult> SnsService::Publish(PublishRequest request) {
  std::string arn = topic_of(request);
  auto op = [this, arn = std::move(arn), publication = to_publication(std::move(request))](
                Topics& topics, Turn& turn) {
    return topics.publish(turn, caller_, arn, publication);
  };
  co_return co_await on_topics<PublishResult>(std::move(op));
}

Async<PublishBatchResult> SnsService::PublishBatch(PublishBatchRequest request) {
  check_batch(request.PublishBatchRequestEntries);
  std::vector<PublishedEntry> batch(request.PublishBatchRequestEntries.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    auto& entry = request.PublishBatchRequestEntries[i];
    batch[i].id = entry.Id;
    try {
      batch[i].publication = to_publication(std::move(entry));
    } catch (const Error& e) {
      batch[i].error = e;
    }
  }
  auto op = [this, arn = std::move(request.TopicArn), batch = std::move(batch)](
                Topics& topics, Turn& turn) mutable {
    topics.check_publisher(caller_, arn);
    for (auto& entry : batch) {
      if (entry.error) continue;
      try {
        entry.result = topics.publish(turn, caller_, arn, entry.publication);
      } catch (const Error& e) {
        entry.error = e;
      }
    }
    return std::move(batch);
  };
  auto done = co_await on_topics<std::vector<PublishedEntry>>(std::move(op));
  PublishBatchResult result;
  for (auto& entry : done) {
    if (entry.error) {
      const Error& e = *entry.error;
      result.Failed.push_back({entry.id, e.is_sender_fault(), e.code(), e.message()});
    } else {
      result.Successful.push_back({std::move(entry.result), std::move(entry.id)});
    }
  }
  co_return result;
}

}  // namespace

std::unique_ptr<cloud::Sns> make_sns(Engine& engine, cloud::Caller caller) {
  return std::make_unique<SnsService>(engine, std::move(caller));
}

cloud::Async<std::string> signing_certificate(Engine& engine) {
  auto op = [](Machine& m, Turn&) {
    const auto key = m.topics.signing_key();
    if (!key) throw Error("NotFound", "Nothing has been signed yet.", 404);
    return key->certificate();
  };
  return engine.call<std::string>(std::move(op));
}

}  // namespace doorbuster::engine
