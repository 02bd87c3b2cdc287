#include "engine/topics.h"

#include <algorithm>
#include <array>

#include "cloud/arn.h"
#include "engine/access.h"
#include "engine/permissions.h"
#include "engine/sns_error.h"
#include "engine/topic_keys.h"

namespace doorbuster::engine {
namespace {

// https://docs.aws.amazon.com/general/latest/gr/sns.html
constexpr std::size_t kTopicsMax = 100'000;  // of an account in a region
constexpr std::size_t kFifoTopicsMax = 1'000;
constexpr std::size_t kTopicsPageMax = 100;
constexpr std::size_t kLabelMax = 80;

// Those that a policy of a topic can be about.
constexpr std::array<std::string_view, 10> kActions = {"*",
                                                       "GetTopicAttributes",
                                                       "SetTopicAttributes",
                                                       "AddPermission",
                                                       "RemovePermission",
                                                       "DeleteTopic",
                                                       "Subscribe",
                                                       "ListSubscriptionsByTopic",
                                                       "Publish",
                                                       "Receive"};

bool is_account(const std::string& text) {
  return text == "*" ||
         (text.size() == 12 && text.find_first_not_of("0123456789") == std::string::npos);
}

void check_permission(const cloud::AddTopicPermissionRequest& request) {
  if (request.Label.empty() || request.Label.size() > kLabelMax) throw invalid_parameter("Label");
  if (request.AWSAccountId.empty()) throw invalid_parameter("AWSAccountId");
  if (!std::all_of(request.AWSAccountId.begin(), request.AWSAccountId.end(), is_account)) {
    throw invalid_parameter("Policy Error: PrincipalNotFound");
  }
  if (request.ActionName.empty()) throw invalid_parameter("ActionName");
  for (const auto& action : request.ActionName) {
    if (std::find(kActions.begin(), kActions.end(), action) == kActions.end()) {
      throw invalid_parameter("Policy statement action out of service scope!");
    }
  }
}

// What a request asks for that the topic of that name has not.
void check_same(const Topic& now, const Topic& wanted) {
  for (const auto& [name, value] : wanted.text) {
    const auto it = now.text.find(name);
    if (wanted.fifo != now.fifo || it == now.text.end() || it->second != value) {
      throw invalid_parameter("Attributes Reason: Topic already exists with different attributes");
    }
  }
  for (const auto& tag : wanted.tags) {
    const auto it = now.tags.find(tag.first);
    if (it == now.tags.end() || it->second != tag.second) {
      throw invalid_parameter("Tags Reason: Topic already exists with different tags");
    }
  }
}

void check_arn(const cloud::Caller& caller, const std::string& text) {
  const auto arn = cloud::Arn::parse(text);
  if (!arn) {
    const auto parts = 1 + std::count(text.begin(), text.end(), ':');
    throw invalid_parameter("TopicArn Reason: An ARN must have at least 6 elements, not " +
                            std::to_string(parts));
  }
  if (arn->service != "sns" || arn->region != caller.scope.region) {
    throw invalid_parameter("TopicArn");
  }
}

}  // namespace

// --- Opening and saving -----------------------------------------------------------------------

void Topics::open(const Store& store) {
  store.scan(Family::config, "T", "U", [this](std::string_view, std::string_view value) {
    Topic topic = Topic::decode(value);
    measure(topic);
    add(std::move(topic));
    return true;
  });
  store.scan(Family::config, "S", "T", [this](std::string_view, std::string_view value) {
    Subscription subscription = Subscription::decode(value);
    subscriptions_.emplace(subscription.arn, std::move(subscription));
    return true;
  });
  std::string pem;
  if (store.get(Family::config, kSigningKeyKey, &pem)) {
    key_ = std::make_shared<const SigningKey>(std::move(pem));
  }
}

void Topics::end_turn() {
  for (const std::uint32_t id : published_) fifo_.at(id).deduplication.end_turn();
  published_.clear();
}

void Topics::measure(Topic& topic) {
  if (topic.metrics) return;
  topic.metrics = std::make_shared<TopicMetrics>(metrics_, measured(cloud::kSnsMetrics, topic.arn));
}

void Topics::put(Turn& turn, Topic topic) {
  measure(topic);
  turn.batch.put(Family::config, topic_key(topic.arn), topic.encode());
  add(std::move(topic));
}

void Topics::add(Topic topic) {
  const auto [it, made] = topics_.insert_or_assign(topic.arn, std::move(topic));
  if (!made) return;
  Count& count = counts_[{it->second.owner, it->second.region}];
  ++count.all;
  if (it->second.fifo) ++count.fifo;
}

void Topics::check_limit(const Topic& more) const {
  const auto it = counts_.find({more.owner, more.region});
  const Count count = it == counts_.end() ? Count{} : it->second;
  if (more.fifo ? count.fifo < kFifoTopicsMax : count.all < kTopicsMax) return;
  throw cloud::Error("TopicLimitExceeded", "Topic limit exceeded", 403);
}

// Found first: of what is missing it is told why, and the hot path parses no ARN.
const Topic& Topics::permitted_topic(const cloud::Caller& caller, const std::string& arn,
                                     const char* action) const {
  const auto it = topics_.find(arn);
  if (it == topics_.end() || it->second.region != caller.scope.region) {
    check_arn(caller, arn);
    throw cloud::Error("NotFound", "Topic does not exist", 404);
  }
  const Topic& topic = it->second;
  if (!permitted(caller, topic.owner, topic.policy, action, arn)) {
    throw not_authorized(caller, action, arn);
  }
  return topic;
}

// --- Topics -----------------------------------------------------------------------------------

std::string Topics::create(Turn& turn, const cloud::Caller& caller,
                           const cloud::CreateTopicRequest& request) {
  Topic topic = Topic::make(caller.scope, request);
  if (!permitted(caller, topic.owner, {}, "SNS:CreateTopic", topic.arn)) {
    throw not_authorized(caller, "SNS:CreateTopic", topic.arn);
  }
  if (const auto it = topics_.find(topic.arn); it != topics_.end()) {
    check_same(it->second, topic);
    return topic.arn;
  }
  check_limit(topic);
  if (topic.fifo) topic.id = queues_.give_id(turn);
  std::string arn = topic.arn;
  put(turn, std::move(topic));
  return arn;
}

void Topics::destroy(Turn& turn, const cloud::Caller& caller, const std::string& arn) {
  const auto it = topics_.find(arn);
  if (it == topics_.end()) {
    check_arn(caller, arn);
    return;  // SNS answers success
  }
  const Topic topic = permitted_topic(caller, arn, "SNS:DeleteTopic");
  std::vector<std::string> subscribers;
  for (auto s = first_of(arn); s != subscriptions_.end() && s->second.topic_arn == arn; ++s) {
    subscribers.push_back(s->first);
  }
  remove(turn, arn, subscribers);
  Count& count = counts_.at({topic.owner, topic.region});
  --count.all;
  if (topic.fifo) {
    --count.fifo;
    fifo_state(turn.store, topic).deduplication.forget_all(turn);
    turn.batch.remove(Family::state, published_key(topic.id));
    published_.erase(topic.id);
    fifo_.erase(topic.id);
  }
  turn.batch.remove(Family::config, topic_key(arn));
  topics_.erase(it);
}

void Topics::set_attribute(Turn& turn, const cloud::Caller& caller,
                           const cloud::SetTopicAttributesRequest& request) {
  Topic next = permitted_topic(caller, request.TopicArn, "SNS:SetTopicAttributes");
  next.set(request.AttributeName, request.AttributeValue);
  put(turn, std::move(next));
}

cloud::AttributeMap Topics::attributes(const cloud::Caller& caller, const std::string& arn) const {
  const Topic& topic = permitted_topic(caller, arn, "SNS:GetTopicAttributes");
  std::uint64_t confirmed = 0;
  std::uint64_t pending = 0;
  for (auto s = first_of(arn); s != subscriptions_.end() && s->second.topic_arn == arn; ++s) {
    ++(s->second.confirmation.pending ? pending : confirmed);
  }
  cloud::AttributeMap all = topic.attributes();
  all["SubscriptionsConfirmed"] = std::to_string(confirmed);
  all["SubscriptionsPending"] = std::to_string(pending);
  all["SubscriptionsDeleted"] = std::to_string(topic.deleted_subscriptions);
  return all;
}

cloud::ListTopicsResult Topics::list(const cloud::Caller& caller,
                                     const std::string& next_token) const {
  const std::string prefix = caller.scope.arn("sns", "");
  if (!permitted(caller, caller.scope.account, {}, "SNS:ListTopics", prefix)) {
    throw not_authorized(caller, "SNS:ListTopics", prefix + '*');
  }
  cloud::ListTopicsResult page;
  for (auto it = topics_.upper_bound(std::max(prefix, next_token));
       it != topics_.end() && it->first.starts_with(prefix); ++it) {
    if (page.TopicArns.size() == kTopicsPageMax) {
      page.NextToken = page.TopicArns.back();
      break;
    }
    page.TopicArns.push_back(it->first);
  }
  return page;
}

// --- Tags -------------------------------------------------------------------------------------

const Topic& Topics::tagged(const cloud::Caller& caller, const std::string& arn,
                            const char* action) const {
  try {
    return permitted_topic(caller, arn, action);
  } catch (const cloud::Error& e) {
    if (e.code() != "NotFound") throw;
    throw cloud::Error("ResourceNotFound", "Resource does not exist", 404);
  }
}

void Topics::tag(Turn& turn, const cloud::Caller& caller,
                 const cloud::TagResourceRequest& request) {
  Topic next = tagged(caller, request.ResourceArn, "SNS:TagResource");
  next.tag(request.Tags);
  put(turn, std::move(next));
}

void Topics::untag(Turn& turn, const cloud::Caller& caller,
                   const cloud::UntagResourceRequest& request) {
  Topic next = tagged(caller, request.ResourceArn, "SNS:UntagResource");
  for (const auto& key : request.TagKeys) next.tags.erase(key);
  put(turn, std::move(next));
}

std::vector<cloud::Tag> Topics::tags(const cloud::Caller& caller, const std::string& arn) const {
  std::vector<cloud::Tag> all;
  for (const auto& [key, value] : tagged(caller, arn, "SNS:ListTagsForResource").tags) {
    all.push_back({key, value});
  }
  return all;
}

// --- Permissions ------------------------------------------------------------------------------

void Topics::add_permission(Turn& turn, const cloud::Caller& caller,
                            const cloud::AddTopicPermissionRequest& request) {
  Topic next = permitted_topic(caller, request.TopicArn, "SNS:AddPermission");
  check_permission(request);
  const Permission permission{request.Label, request.AWSAccountId, request.ActionName, next.arn,
                              "SNS"};
  const auto policy = engine::add_permission(next.policy_text(), permission);
  if (!policy) throw invalid_parameter("Statement already exists");
  next.set("Policy", *policy);
  put(turn, std::move(next));
}

void Topics::remove_permission(Turn& turn, const cloud::Caller& caller,
                               const cloud::RemoveTopicPermissionRequest& request) {
  Topic next = permitted_topic(caller, request.TopicArn, "SNS:RemovePermission");
  const auto policy = engine::remove_permission(next.policy_text(), request.Label);
  if (!policy) return;  // SNS answers success
  next.set("Policy", *policy);
  put(turn, std::move(next));
}

}  // namespace doorbuster::engine
