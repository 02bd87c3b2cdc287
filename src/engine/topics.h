// All topics and their subscriptions: what Amazon SNS does, on the writer's thread.
//
// Operations throw cloud::Error with SNS's codes and then have changed nothing; whoever asks must
// be permitted to. Publishing reaches every queue in the turn that publishes: no crash can keep one
// delivery and lose another. What goes to functions is put among their events. What goes to HTTP
// endpoints is put into a queue for each in the same turn and posted from there
// (engine/postman.h).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cloud/caller.h"
#include "cloud/sns.h"
#include "engine/deduplication.h"
#include "engine/functions.h"
#include "engine/notification.h"
#include "engine/publication.h"
#include "engine/queues.h"
#include "engine/signing_key.h"
#include "engine/subscription.h"
#include "engine/topic.h"

namespace doorbuster::engine {

// The subscriptions of HTTP endpoints and addresses there are. Each has a queue of its ARN.
struct PostedSubscriptions {
  std::uint64_t version = 0;  // one more with every change, from 1 on
  std::vector<std::string> arns;
};

// What posting a message to a subscription's endpoint takes.
struct PostTarget {
  std::string topic_arn;
  Protocol protocol = Protocol::http;
  std::string to;  // a URL, or an address
  std::string content_type;
  std::string endpoint;  // what URLs in the message begin with
  int signature_version = 1;
  std::shared_ptr<const SigningKey> key;
};

// What a message in the queue of one of these carries as its attributes: its Type and
// MessageId, and whether it is posted as it was published.
inline constexpr const char* kTypeAttribute = "Type";
inline constexpr const char* kIdAttribute = "MessageId";
inline constexpr const char* kRawAttribute = "Raw";

// Why a message was not delivered, as a dead-letter queue's readers are told.
struct DeliveryFailure {
  std::string code;  // an HTTP status, or a word
  std::string why;
  bool permanent = false;  // trying again would not help
};

class Topics {
 public:
  Topics(Queues& queues, Functions& functions, Metrics& metrics, std::string endpoint)
      : queues_(queues), functions_(functions), metrics_(metrics), endpoint_(std::move(endpoint)) {}

  void open(const Store& store);
  void end_turn();
  // Answers whoever watches, with what there is.
  void dismiss(Turn& turn);

  // --- Topics

  std::string create(Turn& turn, const cloud::Caller& caller,
                     const cloud::CreateTopicRequest& request);
  void destroy(Turn& turn, const cloud::Caller& caller, const std::string& arn);
  void set_attribute(Turn& turn, const cloud::Caller& caller,
                     const cloud::SetTopicAttributesRequest& request);
  cloud::AttributeMap attributes(const cloud::Caller& caller, const std::string& arn) const;
  cloud::ListTopicsResult list(const cloud::Caller& caller, const std::string& next_token) const;

  void tag(Turn& turn, const cloud::Caller& caller, const cloud::TagResourceRequest& request);
  void untag(Turn& turn, const cloud::Caller& caller, const cloud::UntagResourceRequest& request);
  std::vector<cloud::Tag> tags(const cloud::Caller& caller, const std::string& arn) const;

  void add_permission(Turn& turn, const cloud::Caller& caller,
                      const cloud::AddTopicPermissionRequest& request);
  void remove_permission(Turn& turn, const cloud::Caller& caller,
                         const cloud::RemoveTopicPermissionRequest& request);

  // --- Subscriptions

  // `new_key` is what messages are signed with from the first subscription on that must be
  // confirmed: that one needs it if there is no signing_key() yet.
  std::string subscribe(Turn& turn, const cloud::Caller& caller,
                        const cloud::SubscribeRequest& request,
                        std::shared_ptr<const SigningKey> new_key);
  std::string confirm(Turn& turn, const cloud::Caller& caller,
                      const cloud::ConfirmSubscriptionRequest& request);
  void unsubscribe(Turn& turn, const cloud::Caller& caller, const std::string& subscription_arn);
  void set_subscription_attribute(Turn& turn, const cloud::Caller& caller,
                                  const cloud::SetSubscriptionAttributesRequest& request);
  cloud::AttributeMap subscription_attributes(const cloud::Caller& caller,
                                              const std::string& subscription_arn) const;
  cloud::ListSubscriptionsResult list_subscriptions(const cloud::Caller& caller,
                                                    const std::string& next_token) const;
  cloud::ListSubscriptionsByTopicResult list_subscriptions_by_topic(
      const cloud::Caller& caller, const cloud::ListSubscriptionsByTopicRequest& request) const;

  // Null if there is none yet.
  std::shared_ptr<const SigningKey> signing_key() const { return key_; }

  // --- Publishing

  cloud::PublishResult publish(Turn& turn, const cloud::Caller& caller,
                               const std::string& topic_arn, const Publication& publication);
  // Throws what publish() would before it looks at the message.
  void check_publisher(const cloud::Caller& caller, const std::string& topic_arn) const;

  // Whether the topic exists and its policy lets the service publish; if not, `why` says so.
  bool allows(const std::string& topic_arn, const ServiceCaller& caller, std::string* why) const;
  // By a service. Publishes nothing and is false if the topic does not allow it; `why` says so.
  bool publish_for(Turn& turn, const ServiceCaller& caller, const std::string& topic_arn,
                   const Publication& publication, std::string* why);

  // --- Delivering to HTTP endpoints and addresses

  // From now on addresses can be subscribed.
  void offer_mail() { mails_ = true; }
  // Answers when there is another version than `known`.
  void watch_posted(Turn& turn, std::uint64_t known,
                    std::unique_ptr<Reply<PostedSubscriptions>>& reply);
  // Nothing if the subscription is gone.
  std::optional<PostTarget> post_target(const std::string& subscription_arn) const;
  void post_delivered(Turn& turn, const std::string& subscription_arn, const Delivery& delivery);
  // Leaves the message for a later attempt, or gives it up, as the delivery policy says.
  void post_failed(Turn& turn, const std::string& subscription_arn, const Delivery& delivery,
                   const DeliveryFailure& failure);

 private:
  using Subscriptions = std::map<std::string, Subscription, std::less<>>;

  // What a FIFO topic knows of its messages.
  struct FifoState {
    explicit FifoState(std::uint32_t id) : deduplication(id) {}
    Deduplication deduplication;
    std::uint64_t published = 0;
  };

  // A notification on its way to a topic's subscriptions, made as far as it is needed.
  struct Fanout;

  const Topic& permitted_topic(const cloud::Caller& caller, const std::string& arn,
                               const char* action) const;
  const Topic& tagged(const cloud::Caller& caller, const std::string& arn,
                      const char* action) const;
  // Gives it metrics, if it has none yet.
  void measure(Topic& topic);
  void put(Turn& turn, Topic topic);
  void add(Topic topic);
  void check_limit(const Topic& more) const;

  const Subscription& permitted_subscription(const cloud::Caller& caller, const std::string& arn,
                                             const char* action) const;
  Subscriptions::const_iterator first_of(const std::string& topic_arn) const;
  void put(Turn& turn, Subscription subscription);
  // `subscription_arns` are of the topic.
  void remove(Turn& turn, const std::string& topic_arn,
              const std::vector<std::string>& subscription_arns);
  void remove_unconfirmed(Turn& turn, const std::string& topic_arn);
  // The one of the same topic, protocol and endpoint; null if there is none and one more may be.
  // Throws SubscriptionLimitExceeded.
  const Subscription* subscribed(const Topic& to, const Subscription& like) const;
  void ask(Turn& turn, const Topic& topic, Subscription subscription);
  void posted_changed(Turn& turn);
  PostedSubscriptions posted_subscriptions() const;

  FifoState& fifo_state(const Store& store, const Topic& topic);
  cloud::PublishResult publish_fifo(Turn& turn, const Topic& topic, const Publication& publication);
  void fan_out(Turn& turn, Fanout fanout);
  StoredMessage to_message(Fanout& fanout, const Subscription& subscriber) const;
  void deliver_by_post(Turn& turn, const Subscription& subscriber, StoredMessage&& message,
                       std::string_view type, const std::string& id);
  void deliver_to_queue(Turn& turn, const Topic& topic, const Subscription& subscriber,
                        StoredMessage&& message);
  void deliver_to_function(Turn& turn, const Topic& topic, const Subscription& subscriber,
                           StoredMessage&& message);
  // The queue, if it is there, lets the topic send to it and has room for such a message.
  Queue* open_queue(const Topic& topic, const std::string& arn, const StoredMessage& message,
                    DeliveryFailure* failure);
  void give_up(Turn& turn, const Topic& topic, const Subscription& subscriber,
               StoredMessage&& message, const DeliveryFailure& failure);

  Queues& queues_;
  Functions& functions_;
  Metrics& metrics_;
  std::string endpoint_;
  // How many topics an account has in a region.
  struct Count {
    std::size_t all = 0;
    std::size_t fifo = 0;
  };

  std::map<std::string, Topic, std::less<>> topics_;  // by ARN
  std::map<std::pair<std::string, std::string>, Count> counts_;
  Subscriptions subscriptions_;              // by ARN, which begins with the topic's
  std::map<std::uint32_t, FifoState> fifo_;  // by the topic's id, of those published to
  std::set<std::uint32_t> published_;        // of fifo_, in this turn
  std::shared_ptr<const SigningKey> key_;
  std::uint64_t posted_version_ = 1;
  std::vector<std::unique_ptr<Reply<PostedSubscriptions>>> watchers_;
  bool mails_ = false;
};

}  // namespace doorbuster::engine
