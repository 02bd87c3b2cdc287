#include <algorithm>
#include <boost/json.hpp>
#include <cctype>
#include <set>

#include "cloud/error.h"
#include "engine/message_rules.h"
#include "engine/services.h"

namespace doorbuster::engine {
namespace {

using namespace cloud;  // NOLINT(google-build-using-namespace): every second word is one of SNS's

constexpr std::size_t kBatchMax = 10;
constexpr std::size_t kBatchBytesMax = 262'144;
constexpr std::size_t kPageMax = 100;

// Cuts a listing to a page and says where the next one begins.
template <class Item, class Name>
std::string page(std::vector<Item>& items, Name name) {
  if (items.size() <= kPageMax) return {};
  items.resize(kPageMax);
  return name(items.back());
}

void check_ids(const std::vector<PublishBatchRequestEntry>& entries) {
  std::set<std::string_view> ids;
  std::size_t bytes = 0;
  for (const auto& entry : entries) {
    const bool ok = !entry.Id.empty() && entry.Id.size() <= 80 &&
                    std::all_of(entry.Id.begin(), entry.Id.end(), [](unsigned char c) {
                      return std::isalnum(c) || c == '-' || c == '_';
                    });
    if (!ok) {
      throw Error("InvalidBatchEntryId",
                  "The Id of a batch entry in a batch request doesn't abide by the specification: "
                  "1 to 80 alphanumeric characters, hyphens and underscores.");
    }
    if (!ids.insert(entry.Id).second) {
      throw Error("BatchEntryIdsNotDistinct",
                  "Two or more batch entries in the request have the same Id.");
    }
    bytes += entry.Message.size() + size(entry.MessageAttributes);
  }
  if (bytes > kBatchBytesMax) {
    throw Error("BatchRequestTooLong",
                "The length of all the batch messages put together is more than the limit.");
  }
}

Publication to_publication(PublishRequest request) {
  if (request.TopicArn.empty()) {
    throw Error("InvalidParameter", "Invalid parameter: TopicArn or TargetArn Reason: no value");
  }
  try {
    check_attributes(request.MessageAttributes);
  } catch (const Error& e) {
    throw Error("ParameterValueInvalid", e.message());
  }
  if (!request.MessageStructure.empty()) {
    if (request.MessageStructure != "json") {
      throw Error("InvalidParameter", "Invalid parameter: MessageStructure");
    }
    // Queues get their own text, or everybody's.
    boost::json::error_code bad;
    const auto json = boost::json::parse(request.Message, bad);
    const auto* texts = bad ? nullptr : json.if_object();
    const auto* everybody = texts ? texts->if_contains("default") : nullptr;
    const auto* queues = texts ? texts->if_contains("sqs") : nullptr;
    if (!everybody || !everybody->is_string() || (queues && !queues->is_string())) {
      throw Error("InvalidParameter",
                  "Invalid parameter: Message Structure - No default entry in JSON message body");
    }
    request.Message = (queues ? queues : everybody)->get_string();
  }
  return {std::move(request.Message), std::move(request.Subject),
          std::move(request.MessageAttributes), std::move(request.MessageGroupId),
          std::move(request.MessageDeduplicationId)};
}

class SnsService final : public Sns {
 public:
  SnsService(Engine& engine, Scope scope) : engine_(engine), scope_(std::move(scope)) {}

  Async<CreateTopicResult> CreateTopic(CreateTopicRequest request) override {
    return engine_.call<CreateTopicResult>(
        [this, request = std::move(request)](Machine& m, Turn& turn) -> CreateTopicResult {
          return {m.topics.create(turn, scope_, request)};
        });
  }

  Async<void> DeleteTopic(DeleteTopicRequest request) override {
    return engine_.call<Done>([request = std::move(request)](Machine& m, Turn& turn) {
      m.topics.destroy(turn, request.TopicArn);
    });
  }

  Async<ListTopicsResult> ListTopics(ListTopicsRequest request) override {
    return engine_.call<ListTopicsResult>([this, request = std::move(request)](Machine& m, Turn&) {
      ListTopicsResult result{m.topics.list(scope_, request.NextToken), ""};
      result.NextToken = page(result.TopicArns, [](const auto& arn) { return arn; });
      return result;
    });
  }

  Async<GetTopicAttributesResult> GetTopicAttributes(GetTopicAttributesRequest request) override {
    return engine_.call<GetTopicAttributesResult>(
        [request = std::move(request)](Machine& m, Turn&) -> GetTopicAttributesResult {
          return {m.topics.attributes(request.TopicArn)};
        });
  }

  Async<void> SetTopicAttributes(SetTopicAttributesRequest request) override {
    return engine_.call<Done>([request = std::move(request)](Machine& m, Turn& turn) {
      m.topics.set_attribute(turn, request);
    });
  }

  Async<SubscribeResult> Subscribe(SubscribeRequest request) override {
    return engine_.call<SubscribeResult>(
        [this, request = std::move(request)](Machine& m, Turn& turn) -> SubscribeResult {
          return {m.topics.subscribe(turn, scope_, request)};
        });
  }

  Async<void> Unsubscribe(UnsubscribeRequest request) override {
    return engine_.call<Done>([request = std::move(request)](Machine& m, Turn& turn) {
      m.topics.unsubscribe(turn, request.SubscriptionArn);
    });
  }

  Async<GetSubscriptionAttributesResult> GetSubscriptionAttributes(
      GetSubscriptionAttributesRequest request) override {
    return engine_.call<GetSubscriptionAttributesResult>(
        [request = std::move(request)](Machine& m, Turn&) -> GetSubscriptionAttributesResult {
          return {m.topics.subscription_attributes(request.SubscriptionArn)};
        });
  }

  Async<void> SetSubscriptionAttributes(SetSubscriptionAttributesRequest request) override {
    return engine_.call<Done>([request = std::move(request)](Machine& m, Turn& turn) {
      m.topics.set_subscription_attribute(turn, request);
    });
  }

  Async<ListSubscriptionsByTopicResult> ListSubscriptionsByTopic(
      ListSubscriptionsByTopicRequest request) override {
    return engine_.call<ListSubscriptionsByTopicResult>(
        [request = std::move(request)](Machine& m, Turn&) {
          m.topics.attributes(request.TopicArn);  // NotFound
          ListSubscriptionsByTopicResult result{
              m.topics.subscriptions(request.TopicArn, request.NextToken), ""};
          result.NextToken =
              page(result.Subscriptions, [](const auto& s) { return s.SubscriptionArn; });
          return result;
        });
  }

  Async<PublishResult> Publish(PublishRequest request) override {
    const std::string arn = request.TopicArn;
    auto op = [arn, publication = to_publication(std::move(request))](Machine& m,
                                                                      Turn& turn) -> PublishResult {
      return {m.topics.publish(turn, arn, publication), ""};
    };
    co_return co_await engine_.call<PublishResult>(std::move(op));
  }

  Async<PublishBatchResult> PublishBatch(PublishBatchRequest request) override {
    if (request.PublishBatchRequestEntries.empty()) {
      throw Error("EmptyBatchRequest", "The batch request doesn't contain any entries.");
    }
    if (request.PublishBatchRequestEntries.size() > kBatchMax) {
      throw Error("TooManyEntriesInBatchRequest",
                  "The batch request contains more entries than permissible.");
    }
    check_ids(request.PublishBatchRequestEntries);
    auto op = [request = std::move(request)](Machine& m, Turn& turn) {
      m.topics.attributes(request.TopicArn);  // NotFound
      PublishBatchResult result;
      for (const auto& entry : request.PublishBatchRequestEntries) {
        try {
          PublishRequest one = entry;
          one.TopicArn = request.TopicArn;
          PublishBatchResultEntry done;
          done.MessageId = m.topics.publish(turn, request.TopicArn, to_publication(one));
          done.Id = entry.Id;
          result.Successful.push_back(done);
        } catch (const Error& e) {
          result.Failed.push_back({entry.Id, e.is_sender_fault(), e.code(), e.message()});
        }
      }
      return result;
    };
    co_return co_await engine_.call<PublishBatchResult>(std::move(op));
  }

 private:
  Engine& engine_;
  const Scope scope_;
};

}  // namespace

std::unique_ptr<cloud::Sns> make_sns(Engine& engine, cloud::Scope scope) {
  return std::make_unique<SnsService>(engine, std::move(scope));
}

}  // namespace doorbuster::engine
