#include "topology/topology.h"

#include <cstdio>

#include "topology/pieces.h"

namespace doorbuster::topology {
namespace {

using cloud::Async;

constexpr std::size_t kSuffixDigits = 8;

Async<std::string> have_topic(Account account, std::string bucket) {
  cloud::CreateTopicRequest create;
  create.Name = kTopic;
  const std::string arn = (co_await account.sns.CreateTopic(create)).TopicArn;
  const std::string wanted = let_service("s3.amazonaws.com", "sns:Publish", arn,
                                         "arn:aws:s3:::" + bucket, account.scope.account);
  cloud::GetTopicAttributesRequest get;
  get.TopicArn = arn;
  const auto now = co_await account.sns.GetTopicAttributes(get);
  const auto it = now.Attributes.find("Policy");
  if (it == now.Attributes.end() || it->second != wanted) {
    cloud::SetTopicAttributesRequest set;
    set.TopicArn = arn;
    set.AttributeName = "Policy";
    set.AttributeValue = wanted;
    co_await account.sns.SetTopicAttributes(set);
  }
  co_return arn;
}

QueueNames names_of(const char* queue) {
  return {queue, std::string(queue) + kDeadLetterSuffix};
}

Async<QueueWithDeadLetters> have_subscriber(Account account, const char* queue,
                                            std::string topic_arn) {
  std::string policy =
      let_service("sns.amazonaws.com", "sqs:SendMessage", account.scope.arn("sqs", queue),
                  topic_arn, account.scope.account);
  return have_queues(account, names_of(queue), std::move(policy));
}

Async<QueueWithDeadLetters> find_subscriber(Account account, const char* queue) {
  return find_queues(account, names_of(queue));
}

Async<void> have_subscription(Account account, std::string topic_arn, std::string queue_arn) {
  cloud::SubscribeRequest request;
  request.TopicArn = topic_arn;
  request.Protocol = "sqs";
  request.Endpoint = queue_arn;
  co_await account.sns.Subscribe(request);
}

// A bucket of ours: the prefix and eight hexadecimal digits.
bool is_ours(const std::string& bucket) {
  const std::string_view prefix = kBucketPrefix;
  return bucket.starts_with(prefix) && bucket.size() == prefix.size() + kSuffixDigits &&
         bucket.find_first_not_of("0123456789abcdef", prefix.size()) == std::string::npos;
}

Async<std::optional<std::string>> find_bucket(cloud::S3& s3) {
  const auto buckets = co_await find_buckets(s3);
  if (buckets.empty()) co_return std::nullopt;
  co_return buckets.front();
}

Async<std::string> have_bucket(Account account, std::function<std::uint32_t()> random) {
  if (auto bucket = co_await find_bucket(account.s3)) co_return *bucket;
  char suffix[kSuffixDigits + 1];
  std::snprintf(suffix, sizeof suffix, "%08x", random());
  cloud::CreateBucketRequest request;
  request.Bucket = std::string(kBucketPrefix) + suffix;
  // The one region that must not be named.
  if (account.scope.region != "us-east-1") request.LocationConstraint = account.scope.region;
  co_await account.s3.CreateBucket(request);
  co_return request.Bucket;
}

// S3 sends a test event whenever the configuration is put, so one that is right is left alone.
Async<void> have_notification(cloud::S3& s3, std::string bucket, std::string topic_arn) {
  cloud::NotificationDestination wanted;
  wanted.Id = kTopic;
  wanted.Arn = topic_arn;
  wanted.Events = {"s3:ObjectCreated:*"};
  cloud::GetBucketNotificationConfigurationRequest get;
  get.Bucket = bucket;
  const auto now = co_await s3.GetBucketNotificationConfiguration(get);
  for (const auto& topic : now.TopicConfigurations) {
    if (topic.Arn == wanted.Arn && topic.Events == wanted.Events && topic.FilterPrefix.empty() &&
        topic.FilterSuffix.empty()) {
      co_return;
    }
  }
  cloud::PutBucketNotificationConfigurationRequest put;
  put.Bucket = bucket;
  put.Configuration = now;
  put.Configuration.TopicConfigurations.push_back(wanted);
  co_await s3.PutBucketNotificationConfiguration(put);
}

}  // namespace

Async<std::vector<std::string>> find_buckets(cloud::S3& s3) {
  std::vector<std::string> names;
  cloud::ListBucketsRequest list;
  list.Prefix = kBucketPrefix;
  do {
    const auto page = co_await s3.ListBuckets(list);
    for (const auto& bucket : page.Buckets) {
      if (is_ours(bucket.Name)) names.push_back(bucket.Name);
    }
    list.ContinuationToken = page.ContinuationToken;
  } while (!list.ContinuationToken.empty());
  co_return names;
}

Async<Resources> set_up(Account account, std::function<std::uint32_t()> random) {
  Resources resources;
  resources.bucket = co_await have_bucket(account, std::move(random));
  resources.topic_arn = co_await have_topic(account, resources.bucket);
  resources.shipping = co_await have_subscriber(account, kShippingQueue, resources.topic_arn);
  resources.analytics = co_await have_subscriber(account, kAnalyticsQueue, resources.topic_arn);
  co_await have_subscription(account, resources.topic_arn, resources.shipping.arn);
  co_await have_subscription(account, resources.topic_arn, resources.analytics.arn);
  co_await have_notification(account.s3, resources.bucket, resources.topic_arn);
  co_return resources;
}

Async<std::optional<Resources>> find(Account account) {
  const auto bucket = co_await find_bucket(account.s3);
  if (!bucket) co_return std::nullopt;
  Resources resources;
  resources.bucket = *bucket;
  resources.topic_arn = account.scope.arn("sns", kTopic);
  try {
    resources.shipping = co_await find_subscriber(account, kShippingQueue);
    resources.analytics = co_await find_subscriber(account, kAnalyticsQueue);
  } catch (const cloud::Error& e) {
    if (e.code() == "QueueDoesNotExist") co_return std::nullopt;
    throw;
  }
  co_return resources;
}

}  // namespace doorbuster::topology
