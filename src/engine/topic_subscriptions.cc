// What Topics does for subscriptions.
#include <algorithm>

#include "cloud/arn.h"
#include "engine/sns_error.h"
#include "engine/topic_keys.h"
#include "engine/topics.h"

namespace doorbuster::engine {
namespace {

// https://docs.aws.amazon.com/general/latest/gr/sns.html
constexpr std::size_t kSubscriptionsMax = 12'500'000;  // of a topic
constexpr std::size_t kFifoSubscriptionsMax = 100;
constexpr std::size_t kSubscriptionsPageMax = 100;
constexpr std::chrono::days kTokenLife{3};

void check_same(const Subscription& now, const Subscription& wanted) {
  for (const auto& [name, value] : wanted.text) {
    const auto it = now.text.find(name);
    if (it == now.text.end() || it->second != value) {
      throw invalid_parameter(
          "Attributes Reason: Subscription already exists with different attributes");
    }
  }
}

void check_subscription_arn(const std::string& text) {
  const auto arn = cloud::Arn::parse(text);
  if (!arn) {
    const auto parts = 1 + std::count(text.begin(), text.end(), ':');
    throw invalid_parameter("SubscriptionArn Reason: An ARN must have at least 6 elements, not " +
                            std::to_string(parts));
  }
  if (arn->resource.find(':') == std::string::npos) throw invalid_parameter("SubscriptionId");
}

bool to_bool(const std::string& value) {
  if (value == "true") return true;
  if (value.empty() || value == "false") return false;
  throw invalid_parameter("AuthenticateOnUnsubscribe");
}

}  // namespace

// --- Looking up -------------------------------------------------------------------------------

Topics::Subscriptions::const_iterator Topics::first_of(const std::string& topic_arn) const {
  return subscriptions_.lower_bound(topic_arn + ':');
}

const Subscription* Topics::subscribed(const Topic& to, const Subscription& like) const {
  std::size_t count = 0;
  for (auto s = first_of(to.arn); s != subscriptions_.end() && s->second.topic_arn == to.arn; ++s) {
    if (s->second.protocol == like.protocol && s->second.endpoint == like.endpoint) {
      return &s->second;
    }
    ++count;
  }
  if (count < (to.fifo ? kFifoSubscriptionsMax : kSubscriptionsMax)) return nullptr;
  throw cloud::Error("SubscriptionLimitExceeded", "Subscription limit exceeded", 403);
}

const Subscription& Topics::permitted_subscription(const cloud::Caller& caller,
                                                   const std::string& arn,
                                                   const char* action) const {
  const auto it = subscriptions_.find(arn);
  if (it == subscriptions_.end()) {
    check_subscription_arn(arn);
    throw cloud::Error("NotFound", "Subscription does not exist", 404);
  }
  const std::string& account = caller.scope.account;
  const bool own = it->second.owner == account || topics_.at(it->second.topic_arn).owner == account;
  if (caller.anonymous || !own) throw not_authorized(caller, action, arn);
  return it->second;
}

// --- Changing ---------------------------------------------------------------------------------

void Topics::put(Turn& turn, Subscription subscription) {
  turn.batch.put(Family::config, subscription_key(subscription.arn), subscription.encode());
  subscriptions_.insert_or_assign(subscription.arn, std::move(subscription));
}

void Topics::remove(Turn& turn, const std::string& topic_arn,
                    const std::vector<std::string>& subscription_arns) {
  if (subscription_arns.empty()) return;
  bool posted = false;
  for (const auto& arn : subscription_arns) {
    const auto gone = subscriptions_.find(arn);
    if (gone->second.is_posted()) {
      queues_.destroy(turn, *queues_.by_arn(arn));
      posted = true;
    }
    turn.batch.remove(Family::config, subscription_key(arn));
    subscriptions_.erase(gone);
  }
  Topic topic = topics_.at(topic_arn);
  topic.deleted_subscriptions += subscription_arns.size();
  put(turn, std::move(topic));
  if (posted) posted_changed(turn);
}

// What was not confirmed while its token held never will be.
void Topics::remove_unconfirmed(Turn& turn, const std::string& topic_arn) {
  std::vector<std::string> gone;
  for (auto s = first_of(topic_arn); s != subscriptions_.end() && s->second.topic_arn == topic_arn;
       ++s) {
    const auto& confirmation = s->second.confirmation;
    if (confirmation.pending && confirmation.expires <= turn.now) gone.push_back(s->first);
  }
  remove(turn, topic_arn, gone);
}

std::string Topics::subscribe(Turn& turn, const cloud::Caller& caller,
                              const cloud::SubscribeRequest& request,
                              std::shared_ptr<const SigningKey> new_key) {
  const Topic& to = permitted_topic(caller, request.TopicArn, "SNS:Subscribe");
  Subscription made = Subscription::make(caller, to, request);
  if (made.is_mail() && !mails_) {
    throw invalid_parameter("Amazon SNS does not support this protocol string: " +
                            request.Protocol + " (here: not without a mail server)");
  }
  const bool pending = made.confirmation.pending;
  const Subscription* now = subscribed(to, made);
  if (now) {
    check_same(*now, made);
    if (!now->confirmation.pending) return now->arn;
    made = *now;
  } else {
    made.arn = to.arn + ':' + str(turn.random.uuid());
    put(turn, made);
    if (made.is_posted()) {
      queues_.make_hidden(turn, made.arn);
      posted_changed(turn);
    }
  }
  const std::string arn = made.arn;
  if (pending) {
    if (!key_) {
      key_ = std::move(new_key);
      turn.batch.put(Family::config, kSigningKeyKey, key_->pem());
    }
    ask(turn, to, std::move(made));
  }
  remove_unconfirmed(turn, request.TopicArn);
  return pending && !request.ReturnSubscriptionArn ? "pending confirmation" : arn;
}

// Tells the endpoint how to confirm.
void Topics::ask(Turn& turn, const Topic& topic, Subscription subscription) {
  auto& confirmation = subscription.confirmation;
  confirmation.expires = turn.now + kTokenLife;
  confirmation.token =
      key_->token(subscription.arn + '\n' + std::to_string(to_ms(confirmation.expires)));
  const Stamp stamp{topic.arn, str(turn.random.uuid()), "", turn.now};
  StoredMessage message;
  message.body = subscription_confirmation(stamp, endpoint_, confirmation.token);
  put(turn, subscription);
  if (subscription.is_posted()) {
    deliver_by_post(turn, subscription, std::move(message), kSubscriptionConfirmation, stamp.id);
    return;
  }
  message.group = subscription.arn.substr(topic.arn.size() + 1);
  message.deduplication = stamp.id;
  deliver_to_queue(turn, topic, subscription, std::move(message));
}

std::string Topics::confirm(Turn& turn, const cloud::Caller& caller,
                            const cloud::ConfirmSubscriptionRequest& request) {
  const bool authenticate = to_bool(request.AuthenticateOnUnsubscribe);
  if (!topics_.contains(request.TopicArn)) {
    if (!cloud::Arn::parse(request.TopicArn)) throw invalid_parameter("TopicArn");
    throw cloud::Error("NotFound", "Topic does not exist", 404);
  }
  auto s = first_of(request.TopicArn);
  const auto more = [&] {
    return s != subscriptions_.end() && s->second.topic_arn == request.TopicArn;
  };
  while (more() && (request.Token.empty() || s->second.confirmation.token != request.Token)) ++s;
  if (!more()) throw invalid_parameter("Token");
  Subscription confirmed = s->second;
  auto& confirmation = confirmed.confirmation;
  if (!confirmation.pending) return confirmed.arn;
  if (confirmation.expires <= turn.now) throw invalid_parameter("Token");
  if (authenticate && caller.anonymous) {
    throw not_authorized(caller, "SNS:ConfirmSubscription", request.TopicArn);
  }
  confirmation.pending = false;
  confirmation.authenticated = !caller.anonymous;
  confirmation.authenticate_on_unsubscribe = authenticate;
  std::string arn = confirmed.arn;
  put(turn, std::move(confirmed));
  return arn;
}

void Topics::unsubscribe(Turn& turn, const cloud::Caller& caller,
                         const std::string& subscription_arn) {
  const auto it = subscriptions_.find(subscription_arn);
  if (it == subscriptions_.end()) {
    check_subscription_arn(subscription_arn);
    return;  // SNS answers success
  }
  // The URL that every message carries is for whoever got it.
  const bool by_url = caller.anonymous && !it->second.confirmation.authenticate_on_unsubscribe;
  if (!by_url) permitted_subscription(caller, subscription_arn, "SNS:Unsubscribe");
  const std::string topic_arn = it->second.topic_arn;
  remove(turn, topic_arn, {subscription_arn});
}

void Topics::set_subscription_attribute(Turn& turn, const cloud::Caller& caller,
                                        const cloud::SetSubscriptionAttributesRequest& request) {
  Subscription next =
      permitted_subscription(caller, request.SubscriptionArn, "SNS:SetSubscriptionAttributes");
  next.set({{request.AttributeName, request.AttributeValue}});
  put(turn, std::move(next));
}

// --- Showing ----------------------------------------------------------------------------------

cloud::AttributeMap Topics::subscription_attributes(const cloud::Caller& caller,
                                                    const std::string& subscription_arn) const {
  const Subscription& found =
      permitted_subscription(caller, subscription_arn, "SNS:GetSubscriptionAttributes");
  return found.attributes(topics_.at(found.topic_arn));
}

cloud::ListSubscriptionsResult Topics::list_subscriptions(const cloud::Caller& caller,
                                                          const std::string& next_token) const {
  if (caller.anonymous) throw not_authorized(caller, "SNS:ListSubscriptions", "*");
  const std::string prefix = "arn:aws:sns:" + caller.scope.region + ':';
  cloud::ListSubscriptionsResult page;
  std::string last;
  for (auto s = subscriptions_.upper_bound(std::max(prefix, next_token));
       s != subscriptions_.end() && s->first.starts_with(prefix); ++s) {
    if (s->second.owner != caller.scope.account) continue;
    if (page.Subscriptions.size() == kSubscriptionsPageMax) {
      page.NextToken = last;
      break;
    }
    page.Subscriptions.push_back(s->second.listed());
    last = s->first;
  }
  return page;
}

cloud::ListSubscriptionsByTopicResult Topics::list_subscriptions_by_topic(
    const cloud::Caller& caller, const cloud::ListSubscriptionsByTopicRequest& request) const {
  permitted_topic(caller, request.TopicArn, "SNS:ListSubscriptionsByTopic");
  cloud::ListSubscriptionsByTopicResult page;
  std::string last;
  for (auto s = subscriptions_.upper_bound(std::max(request.TopicArn + ':', request.NextToken));
       s != subscriptions_.end() && s->second.topic_arn == request.TopicArn; ++s) {
    if (page.Subscriptions.size() == kSubscriptionsPageMax) {
      page.NextToken = last;
      break;
    }
    page.Subscriptions.push_back(s->second.listed());
    last = s->first;
  }
  return page;
}

}  // namespace doorbuster::engine
