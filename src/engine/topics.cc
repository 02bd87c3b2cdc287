#include "engine/topics.h"

#include <algorithm>
#include <bit>
#include <boost/json.hpp>
#include <cctype>

#include "cloud/error.h"
#include "engine/codec.h"

namespace doorbuster::engine {
namespace {

constexpr std::size_t kNameMax = 256;
constexpr std::size_t kMessageMax = 262'144;  // bytes
constexpr std::size_t kSubjectMax = 100;      // characters

cloud::Error invalid(const std::string& what) {
  return {"InvalidParameter", "Invalid parameter: " + what};
}

bool to_bool(const std::string& name, const std::string& value) {
  if (value == "true") return true;
  if (value == "false") return false;
  throw invalid("Attributes Reason: " + name + ": must be true or false");
}

void check_name(std::string_view name) {
  const bool fifo = name.ends_with(".fifo");
  const std::string_view base = fifo ? name.substr(0, name.size() - 5) : name;
  const bool letters = std::all_of(base.begin(), base.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_';
  });
  if (base.empty() || name.size() > kNameMax || !letters) throw invalid("Topic Name");
}

std::string key(char kind, std::string_view arn) {
  return Encoder().byte(static_cast<std::uint8_t>(kind)).raw(arn).bytes();
}

// The envelope up to the URL that differs between subscriptions; json_string(URL) and '}' complete
// it. https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
std::string begin_envelope(const Turn& turn, const std::string& topic_arn, const std::string& id,
                           const Publication& publication) {
  std::string json =
      R"({"Type":"Notification","MessageId":")" + id + R"(","TopicArn":)" + json_string(topic_arn);
  if (!publication.subject.empty()) json += R"(,"Subject":)" + json_string(publication.subject);
  json += R"(,"Message":)" + json_string(publication.message);
  json += R"(,"Timestamp":")" + iso8601(turn.now) + '"';
  if (!publication.attributes.empty()) {
    boost::json::object attributes;
    for (const auto& [name, value] : publication.attributes) {
      const bool binary = value.DataType.starts_with("Binary");
      attributes[name] = {{"Type", value.DataType},
                          {"Value", binary ? base64(value.BinaryValue) : value.StringValue}};
    }
    json += R"(,"MessageAttributes":)" + boost::json::serialize(attributes);
  }
  return json + R"(,"UnsubscribeURL":)";
}

// A failure that repeats with every message is worth a line now and then, not one a message.
bool worth_a_line(std::uint64_t count) {
  return std::has_single_bit(count);
}

void check_publication(const Publication& publication, bool fifo, bool content_based) {
  if (publication.message.empty()) throw invalid("Empty message");
  if (publication.message.size() + size(publication.attributes) > kMessageMax) {
    throw invalid("Message too long");
  }
  if (publication.subject.size() > kSubjectMax) throw invalid("Subject");
  if (!fifo) return;
  if (publication.group.empty()) {
    throw invalid("The MessageGroupId parameter is required for FIFO topics");
  }
  if (publication.deduplication.empty() && !content_based) {
    throw invalid(
        "The topic should either have ContentBasedDeduplication enabled or "
        "MessageDeduplicationId provided explicitly");
  }
}

}  // namespace

// --- Topics -----------------------------------------------------------------------------------

void Topics::Topic::set(const std::string& attribute, const std::string& value) {
  if (attribute == "Policy") {
    try {
      policy = Policy::parse(value);
    } catch (const PolicyError& e) {
      throw invalid(std::string("Policy Error: ") + e.what());
    }
  } else if (attribute == "FifoTopic") {
    if (to_bool(attribute, value) != fifo) {
      throw invalid("Topic Name: a topic is FIFO if and only if its name ends in .fifo");
    }
  } else if (attribute == "ContentBasedDeduplication") {
    content_based_deduplication = to_bool(attribute, value);
  } else if (attribute != "DisplayName" && attribute != "DeliveryPolicy" &&
             attribute != "KmsMasterKeyId" && attribute != "TracingConfig" &&
             attribute != "SignatureVersion") {
    throw invalid("AttributeName");
  }
  attributes[attribute] = value;
}

void Topics::open(const Store& store) {
  store.scan(Family::config, "T", "U", [this](std::string_view, std::string_view value) {
    const auto json = boost::json::parse(value).as_object();
    Topic topic;
    topic.arn = json.at("arn").as_string();
    topic.name = json.at("name").as_string();
    topic.fifo = topic.name.ends_with(".fifo");
    for (const auto& [name, text] : json.at("attributes").as_object()) {
      topic.set(name, std::string(text.as_string()));
    }
    topics_.emplace(topic.arn, topic);
    return true;
  });
  store.scan(Family::config, "S", "T", [this](std::string_view, std::string_view value) {
    const auto json = boost::json::parse(value).as_object();
    Subscription subscription;
    subscription.arn = json.at("arn").as_string();
    subscription.topic_arn = json.at("topic").as_string();
    subscription.owner = json.at("owner").as_string();
    subscription.protocol = json.at("protocol").as_string();
    subscription.endpoint = json.at("endpoint").as_string();
    subscription.set(boost::json::value_to<cloud::AttributeMap>(json.at("attributes")));
    subscriptions_.emplace(subscription.arn, subscription);
    return true;
  });
}

void Topics::write(Turn& turn, const Topic& topic) const {
  const boost::json::object json{{"arn", topic.arn},
                                 {"name", topic.name},
                                 {"attributes", boost::json::value_from(topic.attributes)}};
  turn.batch.put(Family::config, key('T', topic.arn), boost::json::serialize(json));
}

Topics::Topic& Topics::topic(const std::string& arn) {
  return const_cast<Topic&>(std::as_const(*this).topic(arn));
}

const Topics::Topic& Topics::topic(const std::string& arn) const {
  const auto it = topics_.find(arn);
  if (it != topics_.end()) return it->second;
  throw cloud::Error("NotFound", "Topic does not exist", 404);
}

std::string Topics::create(Turn& turn, const cloud::Scope& scope,
                           const cloud::CreateTopicRequest& request) {
  check_name(request.Name);
  Topic topic;
  topic.arn = scope.arn("sns", request.Name);
  topic.name = request.Name;
  topic.fifo = request.Name.ends_with(".fifo");
  for (const auto& [name, value] : request.Attributes) topic.set(name, value);
  if (const auto it = topics_.find(topic.arn); it != topics_.end()) {
    for (const auto& [name, value] : request.Attributes) {
      const auto now = it->second.attributes.find(name);
      if (now == it->second.attributes.end() || now->second != value) {
        throw invalid("Attributes Reason: Topic already exists with different attributes");
      }
    }
    return topic.arn;
  }
  write(turn, topic);
  return topics_.emplace(topic.arn, topic).first->first;
}

void Topics::destroy(Turn& turn, const std::string& arn) {
  if (topics_.erase(arn) == 0) return;  // SNS answers success
  turn.batch.remove(Family::config, key('T', arn));
  for (const auto& gone : subscriptions(arn, "")) unsubscribe(turn, gone.SubscriptionArn);
}

void Topics::set_attribute(Turn& turn, const cloud::SetTopicAttributesRequest& request) {
  Topic next = topic(request.TopicArn);
  next.set(request.AttributeName, request.AttributeValue);
  write(turn, next);
  topic(request.TopicArn) = next;
}

cloud::AttributeMap Topics::attributes(const std::string& arn) const {
  const Topic& found = topic(arn);
  cloud::AttributeMap all = found.attributes;
  all["TopicArn"] = arn;
  all["Owner"] = cloud::Arn::parse(arn)->account;
  all["SubscriptionsConfirmed"] = std::to_string(subscriptions(arn, "").size());
  all["SubscriptionsPending"] = "0";
  all["SubscriptionsDeleted"] = "0";
  all.emplace("DisplayName", "");
  return all;
}

std::vector<std::string> Topics::list(const cloud::Scope& scope, std::string_view after) const {
  const std::string prefix = scope.arn("sns", "");
  std::vector<std::string> arns;
  for (const auto& [arn, found] : topics_) {
    if (arn.starts_with(prefix) && arn > after) arns.push_back(arn);
  }
  return arns;
}

// --- Subscriptions ----------------------------------------------------------------------------

void Topics::Subscription::set(const cloud::AttributeMap& changes) {
  Subscription next = *this;
  for (const auto& [name, value] : changes) {
    if (name == "RawMessageDelivery") {
      next.raw = to_bool(name, value);
    } else if (name == "FilterPolicyScope") {
      if (value != "MessageAttributes" && value != "MessageBody")
        throw invalid("FilterPolicyScope");
      next.scope =
          value == "MessageBody" ? FilterScope::kMessageBody : FilterScope::kMessageAttributes;
    } else if (name != "FilterPolicy") {
      throw invalid("AttributeName");
    }
    next.attributes[name] = value;
  }
  const std::string policy = next.attributes["FilterPolicy"];
  next.filter = FilterPolicy::parse(policy, next.scope);
  if (policy.empty()) next.attributes.erase("FilterPolicy");
  *this = std::move(next);
}

Topics::Subscription& Topics::subscription(const std::string& arn) {
  const auto it = subscriptions_.find(arn);
  if (it != subscriptions_.end()) return it->second;
  throw cloud::Error("NotFound", "Subscription does not exist", 404);
}

void Topics::write(Turn& turn, const Subscription& subscription) const {
  const boost::json::object json{{"arn", subscription.arn},
                                 {"topic", subscription.topic_arn},
                                 {"owner", subscription.owner},
                                 {"protocol", subscription.protocol},
                                 {"endpoint", subscription.endpoint},
                                 {"attributes", boost::json::value_from(subscription.attributes)}};
  turn.batch.put(Family::config, key('S', subscription.arn), boost::json::serialize(json));
}

std::string Topics::subscribe(Turn& turn, const cloud::Scope& scope,
                              const cloud::SubscribeRequest& request) {
  const Topic& to = topic(request.TopicArn);
  const auto endpoint = cloud::Arn::parse(request.Endpoint);
  if (request.Protocol != "sqs") {
    throw invalid("Protocol " + request.Protocol + ": only sqs is offered here");
  }
  if (!endpoint || endpoint->service != "sqs") throw invalid("SQS endpoint ARN");
  if (endpoint->resource.ends_with(".fifo") && !to.fifo) {
    throw invalid("Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics");
  }
  for (const auto& now : subscriptions(request.TopicArn, "")) {
    if (now.Protocol != request.Protocol || now.Endpoint != request.Endpoint) continue;
    const Subscription& existing = subscriptions_.at(now.SubscriptionArn);
    for (const auto& [name, value] : request.Attributes) {
      const auto it = existing.attributes.find(name);
      if (it == existing.attributes.end() || it->second != value) {
        throw invalid("Attributes Reason: Subscription already exists with different attributes");
      }
    }
    return existing.arn;
  }
  Subscription made;
  made.topic_arn = request.TopicArn;
  made.owner = scope.account;
  made.protocol = request.Protocol;
  made.endpoint = request.Endpoint;
  made.set(request.Attributes);
  made.arn = request.TopicArn + ':' + str(turn.random.uuid());
  write(turn, made);
  return subscriptions_.emplace(made.arn, made).first->first;
}

void Topics::unsubscribe(Turn& turn, const std::string& subscription_arn) {
  if (subscriptions_.erase(subscription_arn) == 0) return;  // SNS answers success
  turn.batch.remove(Family::config, key('S', subscription_arn));
}

void Topics::set_subscription_attribute(Turn& turn,
                                        const cloud::SetSubscriptionAttributesRequest& request) {
  Subscription& now = subscription(request.SubscriptionArn);
  now.set({{request.AttributeName, request.AttributeValue}});
  write(turn, now);
}

cloud::AttributeMap Topics::subscription_attributes(const std::string& subscription_arn) const {
  const auto it = subscriptions_.find(subscription_arn);
  if (it == subscriptions_.end()) {
    throw cloud::Error("NotFound", "Subscription does not exist", 404);
  }
  cloud::AttributeMap all = it->second.attributes;
  all["SubscriptionArn"] = subscription_arn;
  all["TopicArn"] = it->second.topic_arn;
  all["Owner"] = it->second.owner;
  all["Protocol"] = it->second.protocol;
  all["Endpoint"] = it->second.endpoint;
  all["PendingConfirmation"] = "false";
  all["ConfirmationWasAuthenticated"] = "true";
  all.emplace("RawMessageDelivery", "false");
  return all;
}

std::vector<cloud::Subscription> Topics::subscriptions(const std::string& topic_arn,
                                                       std::string_view after) const {
  std::vector<cloud::Subscription> found;
  const std::string prefix = topic_arn + ':';
  for (auto it = subscriptions_.lower_bound(std::max<std::string_view>(prefix, after));
       it != subscriptions_.end() && it->first.starts_with(prefix); ++it) {
    const Subscription& s = it->second;
    if (s.arn != after) found.push_back({s.arn, s.owner, s.protocol, s.endpoint, s.topic_arn});
  }
  return found;
}

// --- Publishing -------------------------------------------------------------------------------

std::string Topics::publish(Turn& turn, const std::string& topic_arn,
                            const Publication& publication) {
  const Topic& to = topic(topic_arn);
  check_publication(publication, to.fifo, to.content_based_deduplication);
  return fan_out(turn, to, publication);
}

bool Topics::allows(const std::string& topic_arn, const ServiceCaller& caller,
                    std::string* why) const {
  const auto it = topics_.find(topic_arn);
  if (it == topics_.end()) {
    if (why) *why = "the topic does not exist";
    return false;
  }
  const std::array<ContextValue, 2> context{
      {{"aws:SourceArn", caller.source_arn}, {"aws:SourceAccount", caller.account}}};
  const Request request{Principal::service(caller.service), "sns:Publish", topic_arn, context};
  const bool allowed = it->second.policy.evaluate(request) == Decision::kAllowed;
  if (!allowed && why) *why = it->second.policy.explain(request);
  return allowed;
}

void Topics::publish_for(Turn& turn, const ServiceCaller& caller, const std::string& topic_arn,
                         const Publication& publication) {
  if (allows(topic_arn, caller, nullptr)) {
    fan_out(turn, topics_.find(topic_arn)->second, publication);
    return;
  }
  const auto count = turn.metrics.add("AWS/S3", "EventsNotDelivered", caller.source_arn);
  if (!worth_a_line(count)) return;
  std::string why;
  allows(topic_arn, caller, &why);
  turn.log(std::string(caller.source_arn) + ": " + std::to_string(count) +
           " event(s) not delivered to " + topic_arn + ": " + why);
}

std::string Topics::fan_out(Turn& turn, const Topic& to, const Publication& publication) {
  std::string id = str(turn.random.uuid());
  turn.metrics.add("AWS/SNS", "NumberOfMessagesPublished", to.name);
  std::string envelope;
  const std::string prefix = to.arn + ':';
  for (auto it = subscriptions_.lower_bound(prefix);
       it != subscriptions_.end() && it->first.starts_with(prefix); ++it) {
    const Subscription& subscriber = it->second;
    if (!subscriber.filter.accepts(publication.message, publication.attributes)) {
      turn.metrics.add("AWS/SNS", "NumberOfNotificationsFilteredOut", to.name);
      continue;
    }
    if (!subscriber.raw && envelope.empty()) {
      envelope = begin_envelope(turn, to.arn, id, publication);
    }
    deliver(turn, to, subscriber, publication, envelope);
  }
  return id;
}

void Topics::deliver(Turn& turn, const Topic& from, const Subscription& subscriber,
                     const Publication& publication, const std::string& envelope) {
  Queue* queue = queues_.by_arn(subscriber.endpoint);
  const std::array<ContextValue, 2> context{
      {{"aws:SourceArn", from.arn}, {"aws:SourceAccount", subscriber.owner}}};
  const Request request{Principal::service("sns.amazonaws.com"), "sqs:SendMessage",
                        subscriber.endpoint, context};
  if (!queue || queue->attributes.policy.evaluate(request) != Decision::kAllowed) {
    const auto count = turn.metrics.add("AWS/SNS", "NumberOfNotificationsFailed", from.name);
    if (worth_a_line(count)) {
      turn.log(from.arn + ": " + std::to_string(count) + " notification(s) not delivered to " +
               subscriber.endpoint + ": " +
               (queue ? queue->attributes.policy.explain(request) : "the queue does not exist"));
    }
    return;
  }
  StoredMessage message;
  if (subscriber.raw) {
    message.body = publication.message;
    message.attributes = publication.attributes;
  } else {
    message.body.reserve(envelope.size() + 2 * subscriber.arn.size());
    message.body.append(envelope).append(
        json_string(endpoint_ + "/?Action=Unsubscribe&SubscriptionArn=" + subscriber.arn));
    message.body.push_back('}');
  }
  message.group = publication.group;
  message.deduplication = publication.deduplication;
  // What the topic takes for the same, its queues do, whatever their own attributes say.
  if (from.fifo && message.deduplication.empty()) {
    message.deduplication = sha256(publication.message);
  }
  queues_.send(turn, *queue, std::move(message), std::nullopt);
  turn.metrics.add("AWS/SNS", "NumberOfNotificationsDelivered", from.name);
}

}  // namespace doorbuster::engine
