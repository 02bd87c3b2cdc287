// What Topics does with a message that is published.
#include <array>

#include "engine/codec.h"
#include "engine/message_rules.h"
#include "engine/sns_error.h"
#include "engine/topic_keys.h"
#include "engine/topics.h"
#include "engine/worth_a_line.h"

namespace doorbuster::engine {
namespace {

std::string sequence_number(std::uint64_t published) {
  const std::string digits = std::to_string(published);
  return std::string(20 - digits.size(), '0').replace(0, 1, "1") + digits;
}

cloud::MessageAttributeValue text_attribute(std::string_view value) {
  return {"String", std::string(value), ""};
}

// Whether a check throws nothing. What it throws is a failure that trying again would not mend.
template <class Check>
bool passes(const Check& check, DeliveryFailure* failure) {
  try {
    check();
    return true;
  } catch (const cloud::Error& e) {
    *failure = {e.code(), e.message(), true};
    return false;
  }
}

}  // namespace

struct Topics::Fanout {
  const Topic& topic;
  const Publication& publication;
  const Stamp& stamp;
  std::string deduplication;  // FIFO only: of the topic or of the content
  std::array<std::string, kProtocols> begun;

  const std::string& begin(Protocol protocol) {
    const std::string& text = publication.text(protocol);
    const bool shared = &text == &publication.message;
    std::string& envelope = begun[shared ? 0 : static_cast<std::size_t>(protocol)];
    if (envelope.empty()) envelope = begin_notification(stamp, publication, text);
    return envelope;
  }
};

// --- Publishing -------------------------------------------------------------------------------

void Topics::check_publisher(const cloud::Caller& caller, const std::string& topic_arn) const {
  permitted_topic(caller, topic_arn, "SNS:Publish");
}

cloud::PublishResult Topics::publish(Turn& turn, const cloud::Caller& caller,
                                     const std::string& topic_arn, const Publication& publication) {
  const Topic& to = permitted_topic(caller, topic_arn, "SNS:Publish");
  if (to.fifo) return publish_fifo(turn, to, publication);
  check_for_standard(publication);
  Stamp stamp{to.arn, str(turn.random.uuid()), "", turn.now};
  fan_out(turn, {to, publication, stamp, "", {}});
  return {std::move(stamp.id), ""};
}

Topics::FifoState& Topics::fifo_state(const Store& store, const Topic& topic) {
  const auto [it, made] = fifo_.try_emplace(topic.id, topic.id);
  if (!made) return it->second;
  it->second.deduplication.open(store);
  std::string bytes;
  if (store.get(Family::state, published_key(topic.id), &bytes)) {
    it->second.published = Decoder(bytes).varint();
  }
  return it->second;
}

// https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html
cloud::PublishResult Topics::publish_fifo(Turn& turn, const Topic& topic,
                                          const Publication& publication) {
  check_for_fifo(publication, topic.content_based_deduplication);
  FifoState& state = fifo_state(turn.store, topic);
  published_.insert(topic.id);
  const std::string id =
      publication.deduplication.empty() ? sha256(publication.message) : publication.deduplication;
  const std::string scoped = topic.deduplicate_by_group ? publication.group + '\n' + id : id;
  if (const auto first = state.deduplication.find(turn, scoped)) {
    return {str(first->id), first->sequence};
  }
  const Uuid uuid = turn.random.uuid();
  const Stamp stamp{topic.arn, str(uuid), sequence_number(++state.published), turn.now};
  state.deduplication.remember(turn, scoped, {uuid, stamp.sequence});
  turn.batch.put(Family::state, published_key(topic.id), Encoder().varint(state.published).bytes());
  fan_out(turn, {topic, publication, stamp, id, {}});
  return {stamp.id, stamp.sequence};
}

bool Topics::allows(const std::string& topic_arn, const ServiceCaller& caller,
                    std::string* why) const {
  const auto it = topics_.find(topic_arn);
  if (it == topics_.end()) {
    if (why) *why = "the topic does not exist";
    return false;
  }
  const auto context = caller.context();
  const Request request{Principal::service(caller.service), "sns:Publish", topic_arn, context};
  const bool allowed = it->second.policy.evaluate(request) == Decision::kAllowed;
  if (!allowed && why) *why = it->second.policy.explain(request);
  return allowed;
}

bool Topics::publish_for(Turn& turn, const ServiceCaller& caller, const std::string& topic_arn,
                         const Publication& publication, std::string* why) {
  if (!allows(topic_arn, caller, why)) return false;
  const Topic& to = topics_.find(topic_arn)->second;
  const Stamp stamp{to.arn, str(turn.random.uuid()), "", turn.now};
  fan_out(turn, {to, publication, stamp, "", {}});
  return true;
}

void Topics::fan_out(Turn& turn, Fanout fanout) {
  const Topic& from = fanout.topic;
  from.metrics->published->add();
  for (auto it = first_of(from.arn); it != subscriptions_.end() && it->second.topic_arn == from.arn;
       ++it) {
    const Subscription& subscriber = it->second;
    if (subscriber.confirmation.pending) continue;
    if (!subscriber.filter.accepts(fanout.publication.text(subscriber.protocol),
                                   fanout.publication.attributes)) {
      from.metrics->filtered_out->add();
      continue;
    }
    auto message = to_message(fanout, subscriber);
    if (subscriber.is_posted()) {
      deliver_by_post(turn, subscriber, std::move(message), kNotification, fanout.stamp.id);
    } else if (subscriber.protocol == Protocol::lambda) {
      deliver_to_function(turn, from, subscriber, std::move(message));
    } else {
      deliver_to_queue(turn, from, subscriber, std::move(message));
    }
  }
}

StoredMessage Topics::to_message(Fanout& fanout, const Subscription& subscriber) const {
  StoredMessage message;
  if (subscriber.protocol == Protocol::lambda) {
    message.body = function_event(fanout.stamp, fanout.publication, subscriber.arn, endpoint_);
  } else if (subscriber.raw) {
    message.body = fanout.publication.text(subscriber.protocol);
    if (!subscriber.is_http()) message.attributes = fanout.publication.attributes;
  } else {
    const std::string& begun = fanout.begin(subscriber.protocol);
    message.body.reserve(begun.size() + 2 * subscriber.arn.size());
    message.body.append(begun).append(unsubscribe_url(endpoint_, subscriber.arn));
  }
  message.group = fanout.publication.group;
  // What the topic takes for the same, its queues do, whatever their own attributes say.
  message.deduplication = fanout.deduplication;
  return message;
}

// --- To queues --------------------------------------------------------------------------------

Queue* Topics::open_queue(const Topic& topic, const std::string& arn, const StoredMessage& message,
                          DeliveryFailure* failure) {
  Queue* queue = queues_.by_arn(arn);
  if (!queue) {
    *failure = {"AWS.SimpleQueueService.NonExistentQueue", "the queue does not exist", true};
    return nullptr;
  }
  const std::array<ContextValue, 2> context{
      {{"aws:SourceArn", topic.arn}, {"aws:SourceAccount", topic.owner}}};
  const Request request{Principal::service("sns.amazonaws.com"), "sqs:SendMessage", arn, context};
  if (queue->attributes.policy.evaluate(request) != Decision::kAllowed) {
    *failure = {"AccessDenied", queue->attributes.policy.explain(request), true};
    return nullptr;
  }
  const int size_max = queue->attributes.message_size_max;
  return passes([&] { check_size(message, size_max); }, failure) ? queue : nullptr;
}

void Topics::deliver_to_queue(Turn& turn, const Topic& topic, const Subscription& subscriber,
                              StoredMessage&& message) {
  DeliveryFailure failure;
  Queue* queue = open_queue(topic, subscriber.endpoint, message, &failure);
  if (!queue || !passes([&] { check_attribute_count(message.attributes); }, &failure)) {
    give_up(turn, topic, subscriber, std::move(message), failure);
    return;
  }
  if (!queue->attributes.fifo) message.deduplication.clear();
  queues_.send(turn, *queue, std::move(message), std::nullopt);
  topic.metrics->delivered->add();
}

// Into the function's own queue of events, if the function lets the topic call it.
void Topics::deliver_to_function(Turn& turn, const Topic& topic, const Subscription& subscriber,
                                 StoredMessage&& message) {
  const ServiceCaller caller{"sns.amazonaws.com", topic.arn, topic.owner};
  DeliveryFailure failure{"AccessDenied", "", true};
  if (!functions_.enqueue_for(turn, caller, subscriber.endpoint, message.body, &failure.why)) {
    give_up(turn, topic, subscriber, std::move(message), failure);
    return;
  }
  topic.metrics->delivered->add();
}

// https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
void Topics::give_up(Turn& turn, const Topic& topic, const Subscription& subscriber,
                     StoredMessage&& message, const DeliveryFailure& failure) {
  const auto count = topic.metrics->failed->add();
  if (worth_a_line(count)) {
    turn.log(topic.arn + ": " + std::to_string(count) + " notification(s) not delivered to " +
             subscriber.endpoint + ": " + failure.why);
  }
  if (subscriber.dead_letter_arn.empty()) return;
  DeliveryFailure again;
  Queue* queue = open_queue(topic, subscriber.dead_letter_arn, message, &again);
  if (!queue) {
    const auto lost = topic.metrics->not_redriven->add();
    if (worth_a_line(lost)) {
      turn.log(topic.arn + ": " + std::to_string(lost) + " notification(s) not redriven to " +
               subscriber.dead_letter_arn + ": " + again.why);
    }
    return;
  }
  message.attributes["RequestID"] = text_attribute(str(turn.random.uuid()));
  message.attributes["ErrorCode"] = text_attribute(failure.code);
  message.attributes["ErrorMessage"] = text_attribute(failure.why);
  if (!queue->attributes.fifo) message.deduplication.clear();
  queues_.send(turn, *queue, std::move(message), std::nullopt);
  topic.metrics->redriven->add();
}

// --- To HTTP endpoints ------------------------------------------------------------------------

void Topics::deliver_by_post(Turn& turn, const Subscription& subscriber, StoredMessage&& message,
                             std::string_view type, const std::string& id) {
  message.attributes[kTypeAttribute] = text_attribute(type);
  message.attributes[kIdAttribute] = text_attribute(id);
  if (subscriber.raw && type == kNotification) {
    message.attributes[kRawAttribute] = text_attribute("true");
  }
  queues_.send(turn, *queues_.by_arn(subscriber.arn), std::move(message), std::nullopt);
}

PostedSubscriptions Topics::posted_subscriptions() const {
  PostedSubscriptions all{posted_version_, {}};
  for (const auto& [arn, subscription] : subscriptions_) {
    if (subscription.is_posted()) all.arns.push_back(arn);
  }
  return all;
}

void Topics::watch_posted(Turn& turn, std::uint64_t known,
                          std::unique_ptr<Reply<PostedSubscriptions>>& reply) {
  watchers_.push_back(std::move(reply));
  if (known != posted_version_) dismiss(turn);
}

void Topics::posted_changed(Turn& turn) {
  ++posted_version_;
  dismiss(turn);
}

void Topics::dismiss(Turn& turn) {
  for (auto& watcher : watchers_) {
    watcher->value = posted_subscriptions();
    turn.done.push_back(std::move(watcher));
  }
  watchers_.clear();
}

std::optional<PostTarget> Topics::post_target(const std::string& subscription_arn) const {
  const auto it = subscriptions_.find(subscription_arn);
  if (it == subscriptions_.end()) return std::nullopt;
  const Topic& topic = topics_.at(it->second.topic_arn);
  return PostTarget{topic.arn,
                    it->second.protocol,
                    it->second.endpoint,
                    topic.delivery.with(it->second.delivery).header_content_type(),
                    endpoint_,
                    topic.signature_version,
                    key_};
}

void Topics::post_delivered(Turn& turn, const std::string& subscription_arn,
                            const Delivery& delivery) {
  const auto it = subscriptions_.find(subscription_arn);
  if (it == subscriptions_.end()) return;
  queues_.remove(turn, *queues_.by_arn(subscription_arn), std::vector{delivery.handle});
  topics_.at(it->second.topic_arn).metrics->delivered->add();
}

void Topics::post_failed(Turn& turn, const std::string& subscription_arn, const Delivery& delivery,
                         const DeliveryFailure& failure) {
  const auto it = subscriptions_.find(subscription_arn);
  if (it == subscriptions_.end()) return;
  Queue& queue = *queues_.by_arn(subscription_arn);
  const Topic& topic = topics_.at(it->second.topic_arn);
  const auto retry = it->second.retry_policy(topic);
  const auto delay_s = retry.delay_s(static_cast<int>(delivery.receive_count));
  if (delay_s && !failure.permanent) {
    queues_.give_back(turn, queue, delivery.handle, *delay_s);
    return;
  }
  queues_.remove(turn, queue, std::vector{delivery.handle});
  Subscription subscriber = it->second;
  const auto type = delivery.message.attributes.find(kTypeAttribute);
  const bool notification =
      type != delivery.message.attributes.end() && type->second.StringValue == kNotification;
  if (!notification) subscriber.dead_letter_arn.clear();  // they are for what was published
  StoredMessage message = delivery.message;
  message.attributes.clear();
  give_up(turn, topic, subscriber, std::move(message), failure);
}

}  // namespace doorbuster::engine
