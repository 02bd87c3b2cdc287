// topology's tear_down() on an engine: of a system that is whole, and of one that is not.
#include <gmock/gmock.h>

#include "cli/embedded.h"

namespace doorbuster::cli {
namespace {

class TearDown : public testing::Test {
 protected:
  template <class T>
  T wait(cloud::Async<T> operation) {
    return system_.wait(std::move(operation));
  }
  static cloud::Async<bool> ended(cloud::Async<void> operation) {
    co_await std::move(operation);
    co_return true;
  }
  topology::Inventory survey() { return wait(topology::survey(system_.account())); }
  void tear_down(std::function<void(std::uint64_t)> progress = {}) {
    wait(ended(topology::tear_down(system_.account(), survey(), std::move(progress))));
  }
  void put(const std::string& bucket, int objects) {
    for (int i = 0; i < objects; ++i) {
      cloud::PutObjectRequest request;
      request.Bucket = bucket;
      request.Key = "invoices/" + std::to_string(i);
      request.Body = "{}";
      wait(system_.s3().PutObject(std::move(request)));
    }
  }

  const DataDirectory directory_ = DataDirectory::temporary();
  Embedded system_{{directory_, {}}};
};

TEST_F(TearDown, RemovesAllOfIt) {
  const auto resources = system_.set_up();
  put(resources.bucket, 3);
  const auto inventory = survey();
  EXPECT_THAT(inventory.buckets, testing::ElementsAre(resources.bucket));
  EXPECT_EQ(inventory.objects, 3);
  EXPECT_EQ(inventory.topic_arn, resources.topic_arn);
  EXPECT_EQ(inventory.subscription_arns.size(), 2);
  EXPECT_EQ(inventory.queue_urls.size(), 4);
  std::uint64_t deleted = 0;
  tear_down([&](std::uint64_t n) { deleted = n; });
  EXPECT_EQ(deleted, 3);
  EXPECT_TRUE(survey().empty());
  EXPECT_FALSE(wait(topology::find(system_.account())));
}

TEST_F(TearDown, RemovesWhatThereIsOfIt) {
  const auto resources = system_.set_up();
  cloud::DeleteTopicRequest topic{resources.topic_arn};
  wait(ended(system_.sns().DeleteTopic(topic)));
  cloud::DeleteQueueRequest queue{resources.shipping.url};
  wait(ended(system_.sqs().DeleteQueue(queue)));
  const auto inventory = survey();
  EXPECT_EQ(inventory.topic_arn, "");
  EXPECT_EQ(inventory.queue_urls.size(), 3);
  tear_down();
  EXPECT_TRUE(survey().empty());
}

TEST_F(TearDown, RemovesTheCheckoutToo) {
  const auto resources = system_.set_up();
  const auto checkout = system_.set_up_checkout(resources);
  EXPECT_EQ(system_.set_up_checkout(resources).orders.url, checkout.orders.url);
  EXPECT_EQ(system_.checkout().orders.dead_letter_url, checkout.orders.dead_letter_url);
  const auto inventory = survey();
  EXPECT_EQ(inventory.queue_urls.size(), 6);
  EXPECT_EQ(inventory.notifications_arn, checkout.notifications_arn);
  EXPECT_EQ(inventory.state_machine_arn, checkout.state_machine_arn);
  EXPECT_EQ(inventory.event_source_mappings.size(), 1);
  EXPECT_EQ(inventory.functions.size(), 4);
  EXPECT_EQ(inventory.roles.size(), 5);
  tear_down();
  EXPECT_TRUE(survey().empty());
  EXPECT_FALSE(system_.find_checkout());
}

TEST_F(TearDown, RemovesRolesThatPoliciesWereAttachedTo) {
  system_.set_up_checkout(system_.set_up());
  cloud::AttachRolePolicyRequest attach;
  attach.RoleName = "StartOrderWorkflowRole";
  attach.PolicyArn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
  wait(ended(system_.iam().AttachRolePolicy(attach)));
  tear_down();
  EXPECT_TRUE(survey().empty());
}

TEST_F(TearDown, StopsWhatIsUnderWay) {
  const auto checkout = system_.set_up_checkout(system_.set_up());
  // Nobody carries out its tasks.
  cloud::StartExecutionInput start;
  start.stateMachineArn = checkout.state_machine_arn;
  start.name = "o-1";
  wait(system_.step_functions().StartExecution(start));
  tear_down();
  EXPECT_TRUE(survey().empty());
}

// Somebody else looks after the roles, and nobody here may touch them.
struct ForbiddenIam : cloud::Iam {
  cloud::Async<cloud::ListRolePoliciesResult> ListRolePolicies(
      cloud::ListRolePoliciesRequest) override {
    throw cloud::Error("AccessDenied", "not yours", 403);
  }
};

TEST_F(TearDown, GoesOnPastWhatCantBeRemovedAndSaysWhy) {
  system_.set_up_checkout(system_.set_up());
  ForbiddenIam iam;
  const auto account = system_.account();
  const topology::Account forbidden{
      account.s3, account.sns,  account.sqs, account.lambda, account.step_functions,
      iam,        account.scope};
  try {
    wait(ended(topology::tear_down(forbidden, survey())));
    FAIL() << "there should be an error";
  } catch (const cloud::Error& error) {
    EXPECT_EQ(error.code(), "AccessDenied");
  }
  auto left = survey();
  EXPECT_EQ(left.roles.size(), 5);
  left.roles.clear();
  EXPECT_TRUE(left.empty());
}

TEST_F(TearDown, OfNothingIsNoError) {
  EXPECT_TRUE(survey().empty());
  tear_down();
}

TEST_F(TearDown, LeavesTheBucketsOfOthers) {
  system_.set_up();
  cloud::CreateBucketRequest request;
  request.Bucket = "black-friday-orders-of-my-own";
  wait(ended(system_.s3().CreateBucket(request)));
  tear_down();
  const auto left = wait(system_.s3().ListBuckets({}));
  ASSERT_EQ(left.Buckets.size(), 1);
  EXPECT_EQ(left.Buckets[0].Name, "black-friday-orders-of-my-own");
}

}  // namespace
}  // namespace doorbuster::cli
