// Which queues may take which as their dead-letter queue, and who finds them.
#include "engine/redrive_policy.h"

#include "engine/queue_driver.h"

namespace doorbuster::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(RedriveAllowPolicyTest, IsValidated) {
  TestBed bed;
  QueueDriver dead(bed, "Dead");
  const auto error = [&](const std::string& policy) {
    return dead.set("RedriveAllowPolicy", policy);
  };
  for (const char* policy :
       {"{", "[]", "{}", R"({"redrivePermission":"some"})", R"({"redrivePermission":1})",
        R"({"redrivePermission":"allowAll","more":1})",
        R"({"redrivePermission":"byQueue","sourceQueueArns":"arn:aws:sqs:us-east-1:1:Q"})",
        R"({"redrivePermission":"byQueue","sourceQueueArns":[1]})",
        R"({"redrivePermission":"byQueue","sourceQueueArns":["Q"]})"}) {
    EXPECT_EQ(error(policy), "InvalidAttributeValue") << policy;
  }
  EXPECT_EQ(error(R"({"redrivePermission":"byQueue"})"), "InvalidParameterValue");
  EXPECT_EQ(error(R"({"redrivePermission":"byQueue","sourceQueueArns":[]})"),
            "InvalidParameterValue");
  EXPECT_EQ(error(R"({"redrivePermission":"denyAll","sourceQueueArns":[")" + dead.arn() + "\"]}"),
            "InvalidParameterValue");
  std::string arns = '"' + dead.arn() + '"';
  for (int i = 1; i < 10; ++i) arns += ",\"" + dead.arn() + '"';
  EXPECT_EQ(error(R"({"redrivePermission":"byQueue","sourceQueueArns":[)" + arns + "]}"), "");
  arns += ",\"" + dead.arn() + '"';
  EXPECT_EQ(error(R"({"redrivePermission":"byQueue","sourceQueueArns":[)" + arns + "]}"),
            "InvalidParameterValue");
}

TEST(RedriveAllowPolicyTest, IsAskedWhenAQueueTakesADeadLetterQueue) {
  TestBed bed;
  QueueDriver dead(bed, "Dead");
  QueueDriver a(bed, "A");
  QueueDriver b(bed, "B");
  EXPECT_EQ(dead.set("RedriveAllowPolicy", R"({"redrivePermission":"denyAll"})"), "");
  EXPECT_EQ(a.redrive_to(dead, 3), "InvalidParameterValue");
  EXPECT_EQ(a.get("RedrivePolicy"), "");
  EXPECT_EQ(dead.set("RedriveAllowPolicy",
                     R"({"redrivePermission":"byQueue","sourceQueueArns":[")" + b.arn() + "\"]}"),
            "");
  bed.reopen();
  EXPECT_EQ(a.redrive_to(dead, 3), "InvalidParameterValue");
  EXPECT_EQ(b.redrive_to(dead, 3), "");
  const std::string redrive =
      R"({"deadLetterTargetArn":")" + dead.arn() + R"(","maxReceiveCount":"3"})";
  EXPECT_EQ(bed.error_of(bed.sqs().CreateQueue({"New", {{"RedrivePolicy", redrive}}})),
            "InvalidParameterValue");
  EXPECT_EQ(dead.set("RedriveAllowPolicy", ""), "") << "without one, all may";
  EXPECT_EQ(bed.error_of(bed.sqs().CreateQueue({"New", {{"RedrivePolicy", redrive}}})), "");
}

TEST(RedriveAllowPolicyTest, AnotherAccountsQueueIsNoTarget) {
  TestBed bed;
  QueueDriver source(bed, "Source");
  const auto theirs = make_sqs(bed.engine(), {{"111122223333", "us-east-1"}});
  bed.run(theirs->CreateQueue({"Dead", {}}));
  const std::string redrive =
      R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:Dead","maxReceiveCount":3})";
  EXPECT_EQ(source.set("RedrivePolicy", redrive), "InvalidParameterValue");
}

TEST(RedrivePolicyTest, SourcesAreListedByPage) {
  TestBed bed;
  QueueDriver dead(bed, "Dead");
  for (const char* name : {"C", "A", "B"}) {
    QueueDriver source(bed, name);
    EXPECT_EQ(source.redrive_to(dead, 3), "");
  }
  cloud::ListDeadLetterSourceQueuesRequest request;
  request.QueueUrl = dead.url();
  const std::string begin = "http://127.0.0.1:4566/000000000000/";
  EXPECT_THAT(bed.run(bed.sqs().ListDeadLetterSourceQueues(request)).queueUrls,
              ElementsAre(begin + "A", begin + "B", begin + "C"));
  request.MaxResults = 2;
  const auto first = bed.run(bed.sqs().ListDeadLetterSourceQueues(request));
  EXPECT_THAT(first.queueUrls, ElementsAre(begin + "A", begin + "B"));
  request.NextToken = first.NextToken;
  const auto second = bed.run(bed.sqs().ListDeadLetterSourceQueues(request));
  EXPECT_THAT(second.queueUrls, ElementsAre(begin + "C"));
  EXPECT_EQ(second.NextToken, "");
  request.MaxResults = 0;
  EXPECT_EQ(bed.error_of(bed.sqs().ListDeadLetterSourceQueues(request)), "InvalidParameterValue");
  request = {QueueDriver(bed, "D").url(), {}, ""};
  EXPECT_THAT(bed.run(bed.sqs().ListDeadLetterSourceQueues(request)).queueUrls, IsEmpty());
}

// A store may hold what an earlier version took.
TEST(RedriveAllowPolicyTest, WhatWouldBeRefusedTodayIsLeftOutWhenOpening) {
  QueueAttributes attributes;
  attributes.restore({{"RedriveAllowPolicy", "{}"}, {"VisibilityTimeout", "7"}});
  EXPECT_EQ(attributes.visibility_timeout_s, 7);
  EXPECT_FALSE(attributes.text.contains("RedriveAllowPolicy"));
  EXPECT_TRUE(attributes.redrive_allow.allows("arn:aws:sqs:us-east-1:000000000000:Q"));
}

}  // namespace
}  // namespace doorbuster::engine
