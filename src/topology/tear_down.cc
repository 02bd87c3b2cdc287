#include "topology/checkout.h"
#include "topology/pieces.h"

namespace doorbuster::topology {
namespace {

using cloud::Async;

constexpr int kPageMax = 1'000;  // objects that S3 lists or deletes at once

Async<std::uint64_t> count_objects(cloud::S3& s3, std::string bucket) {
  std::uint64_t count = 0;
  cloud::ListObjectsV2Request list;
  list.Bucket = bucket;
  do {
    const auto page = co_await s3.ListObjectsV2(list);
    count += page.Contents.size();
    list.ContinuationToken = page.NextContinuationToken;
  } while (!list.ContinuationToken.empty());
  co_return count;
}

Async<std::vector<std::string>> subscriptions_of(cloud::Sns& sns, std::string topic_arn) {
  std::vector<std::string> arns;
  cloud::ListSubscriptionsByTopicRequest list;
  list.TopicArn = topic_arn;
  do {
    const auto page = co_await sns.ListSubscriptionsByTopic(list);
    for (const auto& subscription : page.Subscriptions) {
      // One that waits for its confirmation has no ARN, and goes with its topic.
      if (subscription.SubscriptionArn.starts_with("arn:")) {
        arns.push_back(subscription.SubscriptionArn);
      }
    }
    list.NextToken = page.NextToken;
  } while (!list.NextToken.empty());
  co_return arns;
}

Async<std::optional<std::string>> find_queue(cloud::Sqs& sqs, std::string name) {
  cloud::GetQueueUrlRequest request;
  request.QueueName = name;
  try {
    co_return (co_await sqs.GetQueueUrl(request)).QueueUrl;
  } catch (const cloud::Error& e) {
    if (!says_gone(e)) throw;
  }
  co_return std::nullopt;
}

// Page after page from the beginning, since what has been listed is gone.
Async<void> empty_bucket(cloud::S3& s3, std::string bucket,
                         const std::function<void(std::uint64_t)>& progress,
                         std::uint64_t& deleted) {
  cloud::ListObjectsV2Request list;
  list.Bucket = bucket;
  list.MaxKeys = kPageMax;
  for (;;) {
    const auto page = co_await s3.ListObjectsV2(list);
    if (page.Contents.empty()) co_return;
    cloud::DeleteObjectsRequest request;
    request.Bucket = bucket;
    request.Quiet = true;
    for (const auto& object : page.Contents) request.Objects.push_back({object.Key, ""});
    const auto result = co_await s3.DeleteObjects(std::move(request));
    if (!result.Errors.empty()) {
      const auto& error = result.Errors.front();
      throw cloud::Error(error.Code, error.Key + ": " + error.Message);
    }
    deleted += page.Contents.size();
    if (progress) progress(deleted);
  }
}

Async<void> remove_bucket(cloud::S3& s3, std::string bucket,
                          const std::function<void(std::uint64_t)>& progress,
                          std::uint64_t& deleted) {
  co_await empty_bucket(s3, bucket, progress, deleted);
  cloud::DeleteBucketRequest request;
  request.Bucket = bucket;
  co_await s3.DeleteBucket(request);
}

// So that nothing is announced any more.
Async<void> silence(cloud::S3& s3, std::string bucket) {
  cloud::PutBucketNotificationConfigurationRequest request;
  request.Bucket = bucket;
  co_await s3.PutBucketNotificationConfiguration(request);
}

std::vector<std::string> all_queues() {
  std::vector<std::string> names{kOrdersQueue, kOrdersDeadLetterQueue};
  for (const std::string name : {kShippingQueue, kAnalyticsQueue}) {
    names.push_back(name);
    names.push_back(name + kDeadLetterSuffix);
  }
  return names;
}

}  // namespace

bool Inventory::empty() const {
  return buckets.empty() && topic_arn.empty() && queue_urls.empty() && notifications_arn.empty() &&
         state_machine_arn.empty() && event_source_mappings.empty() && functions.empty() &&
         roles.empty();
}

Async<Inventory> survey(Account account) {
  Inventory inventory;
  inventory.buckets = co_await find_buckets(account.s3);
  for (const auto& bucket : inventory.buckets) {
    inventory.objects += co_await count_objects(account.s3, bucket);
  }
  const std::string topic_arn = account.scope.arn("sns", kTopic);
  try {
    inventory.subscription_arns = co_await subscriptions_of(account.sns, topic_arn);
    inventory.topic_arn = topic_arn;
  } catch (const cloud::Error& e) {
    if (!says_gone(e)) throw;
  }
  for (const std::string& name : all_queues()) {
    auto url = co_await find_queue(account.sqs, name);
    if (url) inventory.queue_urls.push_back(*url);
  }
  co_await survey_checkout(account, inventory);
  co_return inventory;
}

Async<void> tear_down(Account account, Inventory inventory,
                      std::function<void(std::uint64_t)> progress) {
  Removals removals;
  co_await tear_down_checkout(account, inventory, removals);
  for (const auto& bucket : inventory.buckets) co_await removals.take(silence(account.s3, bucket));
  for (const auto& arn : inventory.subscription_arns) {
    cloud::UnsubscribeRequest request;
    request.SubscriptionArn = arn;
    co_await removals.take(account.sns.Unsubscribe(request));
  }
  if (!inventory.topic_arn.empty()) {
    cloud::DeleteTopicRequest request;
    request.TopicArn = inventory.topic_arn;
    co_await removals.take(account.sns.DeleteTopic(request));
  }
  for (const auto& url : inventory.queue_urls) {
    cloud::DeleteQueueRequest request;
    request.QueueUrl = url;
    co_await removals.take(account.sqs.DeleteQueue(request));
  }
  std::uint64_t deleted = 0;
  for (const auto& bucket : inventory.buckets) {
    co_await removals.take(remove_bucket(account.s3, bucket, progress, deleted));
  }
  removals.check();
}

}  // namespace doorbuster::topology
