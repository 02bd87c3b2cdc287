// Calls that nobody waits for: how often they are made, and what becomes of those that fail.
#include "engine/function_events.h"

#include <boost/json.hpp>

#include "engine/lambda_driver.h"

namespace doorbuster::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class FunctionEventsTest : public LambdaTest {
 protected:
  FunctionEventsTest() { create("f"); }

  void fail() {
    bed.functions.acts["f"] = [](const auto&) { return failed("no"); };
  }
  void send_to(const std::string& on_success, const std::string& on_failure) {
    cloud::PutFunctionEventInvokeConfigRequest request;
    request.FunctionName = "f";
    request.DestinationConfig.emplace().OnSuccess.Destination = on_success;
    request.DestinationConfig->OnFailure.Destination = on_failure;
    bed.run(bed.lambda().PutFunctionEventInvokeConfig(request));
  }

  QueueDriver queue{bed, "Q", {{"VisibilityTimeout", "3600"}}};
};

TEST_F(FunctionEventsTest, AnEventIsHandedOverOnceItIsAccepted) {
  send_event("f", R"({"n":1})");
  EXPECT_THAT(bed.functions.calls, IsEmpty());
  start();
  EXPECT_THAT(bed.functions.payloads(), ElementsAre(R"({"n":1})"));
  send_event("f", R"({"n":2})");
  EXPECT_THAT(bed.functions.payloads(), SizeIs(2));
  bed.advance(minutes(10));
  EXPECT_THAT(bed.functions.payloads(), SizeIs(2));
}

TEST_F(FunctionEventsTest, AcceptedEventsOutliveARestart) {
  send_event("f");
  bed.reopen();
  start();
  EXPECT_EQ(bed.functions.calls_of("f"), 1U);
}

TEST_F(FunctionEventsTest, AFunctionThatIsMadeAgainIsPolledAsAnother) {
  auto look = [](Machine& m, Turn&) { return m.functions.creations(); };
  const auto before = bed.run(bed.engine().call<std::map<std::string, std::uint64_t>>(look));
  bed.run(bed.lambda().DeleteFunction({"f"}));
  create("f");
  const auto now = bed.run(bed.engine().call<std::map<std::string, std::uint64_t>>(look));
  const auto& [arn, creation] = *before.begin();
  EXPECT_NE(now.at(arn), creation);
  auto stale = [arn = arn, creation = creation](
                   Machine& m, Turn& turn, std::unique_ptr<Reply<std::vector<Delivery>>>& reply) {
    m.function_events.receive(turn, arn, creation, reply);
  };
  EXPECT_EQ(bed.error_of(bed.engine().call<std::vector<Delivery>>(std::move(stale))),
            "ResourceNotFoundException");
  start();
  send_event("f");
  EXPECT_EQ(bed.functions.calls_of("f"), 1U);
}

TEST_F(FunctionEventsTest, ItIsTriedAgainAfterOneAndTwoMinutes) {
  fail();
  start();
  send_event("f");
  EXPECT_EQ(bed.functions.calls_of("f"), 1U);
  bed.advance(seconds(59));
  EXPECT_EQ(bed.functions.calls_of("f"), 1U);
  bed.advance(seconds(1));
  EXPECT_EQ(bed.functions.calls_of("f"), 2U);
  bed.advance(seconds(119));
  EXPECT_EQ(bed.functions.calls_of("f"), 2U);
  bed.advance(seconds(1));
  EXPECT_EQ(bed.functions.calls_of("f"), 3U);
  bed.advance(minutes(60));
  EXPECT_EQ(bed.functions.calls_of("f"), 3U);
  const auto& calls = bed.functions.calls;
  EXPECT_EQ(calls[0].second.AwsRequestId, calls[2].second.AwsRequestId);
}

TEST_F(FunctionEventsTest, WhatFailsForGoodIsADeadLetter) {
  cloud::UpdateFunctionConfigurationRequest change;
  change.FunctionName = "f";
  change.DeadLetterConfig.emplace().TargetArn = queue.arn();
  bed.run(bed.lambda().UpdateFunctionConfiguration(change));
  fail();
  start();
  send_event("f", R"({"n":1})");
  bed.advance(minutes(5));
  const auto letters = queue.receive(10);
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_EQ(letters[0].Body, R"({"n":1})");
  EXPECT_EQ(letters[0].MessageAttributes.at("ErrorCode").StringValue, "200");
  EXPECT_EQ(letters[0].MessageAttributes.at("ErrorMessage").StringValue, "no");
  EXPECT_EQ(letters[0].MessageAttributes.at("RequestID").StringValue,
            bed.functions.calls.at(0).second.AwsRequestId);
}

TEST_F(FunctionEventsTest, DestinationsAreToldWhatCameOfIt) {
  send_to(queue.arn(), queue.arn());
  start();
  send_event("f", R"({"n":1})");
  auto records = queue.receive(10);
  ASSERT_THAT(records, SizeIs(1));
  auto record = boost::json::parse(records[0].Body);
  EXPECT_EQ(record.at("version").as_string(), "1.0");
  EXPECT_EQ(record.at("requestContext").at("condition").as_string(), "Success");
  EXPECT_EQ(record.at("requestPayload").at("n"), 1);
  EXPECT_TRUE(record.at("responsePayload").is_null());
  fail();
  send_event("f", R"({"n":2})");
  bed.advance(minutes(5));
  records = queue.receive(10);
  ASSERT_THAT(records, SizeIs(1));
  record = boost::json::parse(records[0].Body);
  const auto& context = record.at("requestContext");
  EXPECT_EQ(context.at("condition").as_string(), "RetriesExhausted");
  EXPECT_EQ(context.at("approximateInvokeCount"), 3);
  EXPECT_EQ(context.at("functionArn").as_string(),
            "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST");
  EXPECT_EQ(record.at("responseContext").at("functionError").as_string(), "Unhandled");
  EXPECT_EQ(record.at("responsePayload").at("errorMessage").as_string(), "no");
}

TEST_F(FunctionEventsTest, AFunctionCanBeADestination) {
  const std::string other = create("g");
  send_to(other, "");
  start();
  send_event("f");
  EXPECT_EQ(bed.functions.calls_of("g"), 1U);
}

TEST_F(FunctionEventsTest, TriesAndAgeCanBeLimited) {
  cloud::PutFunctionEventInvokeConfigRequest request;
  request.FunctionName = "f";
  request.MaximumRetryAttempts = 0;
  bed.run(bed.lambda().PutFunctionEventInvokeConfig(request));
  fail();
  start();
  send_event("f");
  bed.advance(minutes(10));
  EXPECT_EQ(bed.functions.calls_of("f"), 1U);
  request.MaximumRetryAttempts = 2;
  request.MaximumEventAgeInSeconds = 90;
  request.DestinationConfig.emplace().OnFailure.Destination = queue.arn();
  bed.run(bed.lambda().PutFunctionEventInvokeConfig(request));
  send_event("f");
  bed.advance(minutes(10));
  EXPECT_EQ(bed.functions.calls_of("f"), 3U);
  const auto records = queue.receive(10);
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_THAT(records[0].Body, HasSubstr("EventAgeExceeded"));
  request.MaximumRetryAttempts = 3;
  EXPECT_EQ(bed.error_of(bed.lambda().PutFunctionEventInvokeConfig(request)),
            "ValidationException");
}

TEST_F(FunctionEventsTest, WhatIsThrottledWaits) {
  bed.run(bed.lambda().PutFunctionConcurrency({"f", 0}));
  start();
  send_event("f");
  bed.advance(seconds(20));
  EXPECT_THAT(bed.functions.calls, IsEmpty());
  bed.run(bed.lambda().DeleteFunctionConcurrency({"f"}));
  bed.advance(seconds(60));
  EXPECT_EQ(bed.functions.calls_of("f"), 1U);
}

TEST_F(FunctionEventsTest, ATopicCallsAFunctionThatLetsIt) {
  start();
  const std::string topic = bed.run(bed.sns().CreateTopic({"T", {}, {}})).TopicArn;
  const std::string arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
  bed.run(bed.sns().Subscribe({topic, "lambda", arn, {}, true}));
  cloud::PublishRequest publish;
  publish.TopicArn = topic;
  publish.Message = "hello";
  bed.run(bed.sns().Publish(publish));
  EXPECT_THAT(bed.functions.calls, IsEmpty());
  EXPECT_THAT(bed.log(), SizeIs(1));
  allow("f", "sns.amazonaws.com");
  bed.run(bed.sns().Publish(publish));
  ASSERT_THAT(bed.functions.calls, SizeIs(1));
  const auto event = boost::json::parse(bed.functions.payloads()[0]);
  const auto& record = event.at("Records").at(0);
  EXPECT_EQ(record.at("EventSource").as_string(), "aws:sns");
  EXPECT_EQ(record.at("Sns").at("Message").as_string(), "hello");
  EXPECT_EQ(record.at("Sns").at("TopicArn").as_string(), topic.c_str());
}

TEST_F(FunctionEventsTest, ABucketCallsAFunctionThatLetsIt) {
  start();
  cloud::CreateBucketRequest bucket;
  bucket.Bucket = "invoices";
  bed.run(bed.s3().CreateBucket(bucket));
  cloud::PutBucketNotificationConfigurationRequest request;
  request.Bucket = "invoices";
  cloud::NotificationDestination to;
  to.Id = "n";
  to.Arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
  to.Events = {"s3:ObjectCreated:*"};
  request.Configuration.LambdaFunctionConfigurations = {to};
  EXPECT_EQ(bed.error_of(bed.s3().PutBucketNotificationConfiguration(request)), "InvalidArgument");
  allow("f", "s3.amazonaws.com");
  bed.run(bed.s3().PutBucketNotificationConfiguration(request));
  bed.reopen();
  start();
  cloud::PutObjectRequest put;
  put.Bucket = "invoices";
  put.Key = "a";
  put.Body = cloud::Body("bytes");
  bed.run(bed.s3().PutObject(put));
  ASSERT_THAT(bed.functions.calls, SizeIs(1));
  const auto event = boost::json::parse(bed.functions.payloads()[0]);
  EXPECT_EQ(event.at("Records").at(0).at("s3").at("object").at("key").as_string(), "a");
}

}  // namespace
}  // namespace doorbuster::engine
