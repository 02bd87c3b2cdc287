#include "engine/metrics.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>

#include "engine/codec.h"
#include "engine/event_source_mapping.h"
#include "engine/lambda_driver.h"
#include "engine/queue_driver.h"
#include "engine/s3_driver.h"
#include "engine/step_functions_driver.h"
#include "engine/test_bed.h"

namespace doorbuster::engine {
namespace {

using testing::SizeIs;

TEST(MetricKey, NamesAMetricAndGivesItBack) {
  const cloud::Scope owner{"111122223333", "eu-west-1"};
  const cloud::Metric metric{"My/Shop", "Sold", {{"Country", "FR"}, {"Kind", "book"}}};
  const std::string key = metric_key(owner, metric);
  EXPECT_TRUE(key.starts_with(metric_key_prefix(owner)));
  EXPECT_EQ(metric_of_key(key), metric);
  EXPECT_NE(metric_key({}, metric), key);
  EXPECT_THROW(metric_of_key("111122223333"), CorruptRecord);
}

TEST(MetricKey, KnowsTheResourceOfAnArn) {
  const auto function =
      measured("AWS/Lambda", "arn:aws:lambda:us-east-1:000000000000:function:ShipInvoices");
  EXPECT_EQ(function.resource, "ShipInvoices");
  EXPECT_EQ(function.owner.account, "000000000000");
  EXPECT_EQ(function.owner.region, "us-east-1");
}

TEST(Metrics, CountSinceTheLastTime) {
  Metrics metrics;
  const auto sent = metrics.counter({"AWS/SQS", {}, "q"}, "NumberOfMessagesSent");
  EXPECT_EQ(sent->add(), 1U);
  EXPECT_EQ(sent->add(4), 5U);
  auto minute = metrics.take();
  ASSERT_THAT(minute, SizeIs(1));
  EXPECT_EQ(minute[0].values.sum(), 5);
  EXPECT_EQ(minute[0].values.count(), 1);
  sent->add(2);
  EXPECT_EQ(metrics.take().at(0).values.sum(), 2);
  // A minute in which nothing happened is one, too.
  EXPECT_EQ(metrics.take().at(0).values.count(), 1);
  EXPECT_EQ(metrics.totals({}).at(0).Value, 7);
}

TEST(Metrics, AreTheSameOnesForTheSameResource) {
  Metrics metrics;
  const auto one = metrics.counter({"AWS/SQS", {}, "q"}, "NumberOfMessagesSent");
  EXPECT_EQ(metrics.counter({"AWS/SQS", {}, "q"}, "NumberOfMessagesSent"), one);
  EXPECT_NE(metrics.counter({"AWS/SQS", {}, "r"}, "NumberOfMessagesSent"), one);
  EXPECT_NE(
      metrics.counter({"AWS/SQS", {"111122223333", "us-east-1"}, "q"}, "NumberOfMessagesSent"),
      one);
}

TEST(Metrics, ForgetAResourceThatIsGoneOnceTheyHaveToldOfIt) {
  Metrics metrics;
  auto sent = metrics.counter({"AWS/SQS", {}, "q"}, "NumberOfMessagesSent");
  auto visible = metrics.gauge({"AWS/SQS", {}, "q"}, "ApproximateNumberOfMessagesVisible");
  sent->add(3);
  sent.reset();
  visible.reset();
  const auto last = metrics.take();
  ASSERT_THAT(last, SizeIs(1));
  EXPECT_EQ(last[0].values.sum(), 3);
  EXPECT_THAT(metrics.take(), SizeIs(0));
  EXPECT_THAT(metrics.totals({}), SizeIs(0));
}

TEST(Metrics, KeepWhatTimesAdd) {
  Metrics metrics;
  const auto time = metrics.timings({"AWS/Lambda", {}, "f"}, "Duration");
  time->add(std::chrono::milliseconds(10));
  time->add(std::chrono::milliseconds(30));
  EXPECT_EQ(metrics.take().at(0).values.average(), 20);
  EXPECT_THAT(metrics.take(), SizeIs(0));  // of no call there is no duration
  time->add(std::chrono::milliseconds(50));
  const auto total = metrics.totals({}).at(0);
  EXPECT_EQ(total.Kind, cloud::MetricKind::distribution);
  EXPECT_EQ(total.Unit, "Milliseconds");
  EXPECT_EQ(total.Distribution.count(), 3);
  EXPECT_EQ(total.Distribution.max(), 50);
}

TEST(Metrics, TellTheMostThatTheyFollowedInAMinute) {
  Metrics metrics;
  const auto calls = metrics.gauge({"AWS/Lambda", {}, "f"}, "ConcurrentExecutions");
  const auto taken = [&metrics] { return metrics.take().at(0).values.max(); };
  for (const double more : {1, 1, -1, 1, -2}) calls->add(more);
  EXPECT_EQ(calls->value(), 0);
  EXPECT_EQ(taken(), 2);
  EXPECT_EQ(taken(), 0);
  calls->add(3);
  calls->set(1);
  EXPECT_EQ(taken(), 1);
}

TEST(Metrics, HaveALimit) {
  Metrics metrics;
  std::vector<std::shared_ptr<Counter>> all;
  for (std::size_t i = 0; i < kMetricsMax; ++i) {
    all.push_back(metrics.counter({"AWS/SQS", {}, std::to_string(i)}, "NumberOfMessagesSent"));
  }
  EXPECT_FALSE(metrics.take_overflow());
  const auto beyond = metrics.counter({"AWS/SQS", {}, "one more"}, "NumberOfMessagesSent");
  EXPECT_EQ(beyond->add(), 1U);
  EXPECT_TRUE(metrics.take_overflow());
  EXPECT_FALSE(metrics.take_overflow());
  EXPECT_THAT(metrics.take(), SizeIs(kMetricsMax));
}

// --- What each part of the engine counts ------------------------------------------------------

class EngineMetricsTest : public testing::Test {
 protected:
  double value(const char* namespace_name, const char* name, const char* resource) {
    const auto wanted = cloud::metric_of({}, namespace_name, name, resource);
    for (const auto& total : bed.run(metric_totals(bed.engine(), {}))) {
      if (total.Metric != wanted) continue;
      return total.Kind == cloud::MetricKind::distribution ? total.Distribution.count()
                                                           : total.Value;
    }
    ADD_FAILURE() << "there is no " << namespace_name << ' ' << name << " of " << resource;
    return -1;
  }
  double of_queue(const char* name) { return value("AWS/SQS", name, "Q"); }

  TestBed bed;
};

TEST_F(EngineMetricsTest, AQueueCountsItsMessagesAndKnowsHowOldTheOldestIs) {
  QueueDriver queue(bed, "Q");
  queue.send("a");
  bed.advance(seconds(10));
  queue.send("b");
  auto later = queue.message("later");
  later.DelaySeconds = 60;
  queue.send(later);
  bed.advance(milliseconds(2'500));
  EXPECT_EQ(of_queue("NumberOfMessagesSent"), 3);
  EXPECT_EQ(of_queue("ApproximateNumberOfMessagesVisible"), 2);
  EXPECT_EQ(of_queue("ApproximateNumberOfMessagesDelayed"), 1);
  EXPECT_EQ(of_queue("ApproximateAgeOfOldestMessage"), 12.5);

  const auto messages = queue.receive(1);
  EXPECT_EQ(of_queue("NumberOfMessagesReceived"), 1);
  EXPECT_EQ(of_queue("ApproximateNumberOfMessagesNotVisible"), 1);
  EXPECT_EQ(of_queue("ApproximateAgeOfOldestMessage"), 12.5);  // it may yet come back
  queue.remove(messages.at(0));
  queue.remove(messages.at(0));  // it is gone
  EXPECT_EQ(of_queue("NumberOfMessagesDeleted"), 1);
  EXPECT_EQ(of_queue("ApproximateAgeOfOldestMessage"), 2.5);
  bed.reopen();
  EXPECT_EQ(of_queue("NumberOfMessagesSent"), 0);  // counters begin anew
  EXPECT_EQ(of_queue("ApproximateNumberOfMessagesVisible"), 1);
  EXPECT_EQ(of_queue("ApproximateAgeOfOldestMessage"), 2.5);
}

TEST_F(EngineMetricsTest, AFifoQueueKnowsHowOldTheOldestIs) {
  QueueDriver queue(bed, "Q.fifo");
  const auto oldest = [&] { return value("AWS/SQS", "ApproximateAgeOfOldestMessage", "Q.fifo"); };
  EXPECT_EQ(oldest(), 0);
  queue.send_to("g", "a");
  bed.advance(seconds(3));
  queue.send_to("h", "b");
  bed.advance(seconds(4));
  EXPECT_EQ(oldest(), 7);
  queue.remove(queue.receive(1).at(0));
  EXPECT_EQ(oldest(), 4);
}

TEST_F(EngineMetricsTest, WhatComesToTheDeadLettersByItselfWasNotSent) {
  QueueDriver queue(bed, "Q", {{"VisibilityTimeout", "1"}});
  QueueDriver letters(bed, "DLQ");
  ASSERT_EQ(queue.redrive_to(letters, 1), "");
  queue.send("bad");
  queue.receive();
  bed.advance(seconds(2));
  queue.receive();
  EXPECT_EQ(value("AWS/SQS", "ApproximateNumberOfMessagesVisible", "DLQ"), 1);
  EXPECT_EQ(value("AWS/SQS", "NumberOfMessagesSent", "DLQ"), 0);
  EXPECT_EQ(of_queue("NumberOfMessagesDeleted"), 0);
  bed.run(bed.sqs().StartMessageMoveTask({letters.arn(), "", std::nullopt}));
  bed.advance(seconds(2));
  EXPECT_EQ(of_queue("NumberOfMessagesSent"), 2);  // what is redriven is a new message
}

TEST_F(EngineMetricsTest, ATopicCountsWhatItIsGivenAndWhatItDelivers) {
  QueueDriver queue(bed, "Q");
  const auto topic = bed.run(bed.sns().CreateTopic({"T", {}, {}})).TopicArn;
  bed.run(bed.sns().Subscribe({topic, "sqs", queue.arn(), {}, true}));
  cloud::PublishRequest message;
  message.TopicArn = topic;
  message.Message = "m";
  bed.run(bed.sns().Publish(message));
  EXPECT_EQ(value("AWS/SNS", "NumberOfNotificationsFailed", "T"), 1);
  queue.set("Policy",
            R"({"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}})");
  bed.run(bed.sns().Publish(message));
  EXPECT_EQ(value("AWS/SNS", "NumberOfMessagesPublished", "T"), 2);
  EXPECT_EQ(value("AWS/SNS", "NumberOfNotificationsDelivered", "T"), 1);
  EXPECT_EQ(of_queue("NumberOfMessagesSent"), 1);
  // Another attribute makes no other topic.
  bed.run(bed.sns().SetTopicAttributes({topic, "DisplayName", "The topic"}));
  EXPECT_EQ(value("AWS/SNS", "NumberOfMessagesPublished", "T"), 2);
}

TEST_F(EngineMetricsTest, ABucketCountsRequestsAndBytes) {
  bed.run(bed.s3().CreateBucket(of_bucket<cloud::CreateBucketRequest>("invoices")));
  bed.run(bed.s3().PutObject(put_request("a", cloud::Body("12345"))));
  bed.run(bed.s3().GetObject(of_object<cloud::GetObjectRequest>("a")));
  bed.run(bed.s3().HeadObject(of_object<cloud::HeadObjectRequest>("a")));
  EXPECT_EQ(value("AWS/S3", "PutRequests", "invoices"), 1);
  EXPECT_EQ(value("AWS/S3", "BytesUploaded", "invoices"), 5);
  EXPECT_EQ(value("AWS/S3", "GetRequests", "invoices"), 1);
}

TEST_F(EngineMetricsTest, ABucketKnowsHowMuchLiesInIt) {
  const auto lies = [&] {
    return std::pair(value("AWS/S3", "NumberOfObjects", "invoices"),
                     value("AWS/S3", "BucketSizeBytes", "invoices"));
  };
  const auto remove = [&](const char* key) {
    bed.run(bed.s3().DeleteObject(of_object<cloud::DeleteObjectRequest>(key)));
  };
  bed.run(bed.s3().CreateBucket(of_bucket<cloud::CreateBucketRequest>("invoices")));
  EXPECT_EQ(lies(), std::pair(0.0, 0.0));
  // In one turn, the second in the first one's place.
  for (const char* body : {"1234567", "12345"}) {
    bed.begin_later(bed.s3().PutObject(put_request("a", cloud::Body(body))));
  }
  bed.settle();
  bed.run(bed.s3().PutObject(put_request("b", cloud::Body("123"))));
  EXPECT_EQ(lies(), std::pair(2.0, 8.0));
  bed.run(bed.s3().PutObject(put_request("a", cloud::Body("1"))));
  remove("nothing");
  bed.reopen();
  EXPECT_EQ(lies(), std::pair(2.0, 4.0));
  remove("b");
  EXPECT_EQ(lies(), std::pair(1.0, 1.0));
  // As a store was before it had such a record.
  auto forget = [](Machine&, Turn& turn) {
    turn.batch.remove(Family::state, Encoder().raw("s").u32(1).bytes());
  };
  bed.run(bed.engine().call<Done>(forget));
  bed.reopen();
  EXPECT_EQ(lies(), std::pair(1.0, 1.0));
  remove("a");
  bed.run(bed.s3().DeleteBucket(of_bucket<cloud::DeleteBucketRequest>("invoices")));
  bed.run(bed.s3().CreateBucket(of_bucket<cloud::CreateBucketRequest>("invoices")));
  bed.reopen();
  EXPECT_EQ(lies(), std::pair(0.0, 0.0));
}

TEST_F(EngineMetricsTest, AStateMachineCountsHowItsExecutionsEnd) {
  StepFunctionsDriver machine(bed);
  const auto arn =
      machine.create(R"({"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":2,"End":true}}})");
  machine.start(arn, "one", "{}");
  const auto two = machine.start(arn, "two", "{}");
  bed.run(bed.step_functions().StopExecution({two, "", ""}));
  EXPECT_EQ(value("AWS/States", "ExecutionTime", "Machine"), 1);
  bed.advance(seconds(3));
  EXPECT_EQ(value("AWS/States", "ExecutionsStarted", "Machine"), 2);
  EXPECT_EQ(value("AWS/States", "ExecutionsSucceeded", "Machine"), 1);
  EXPECT_EQ(value("AWS/States", "ExecutionsAborted", "Machine"), 1);
  EXPECT_EQ(value("AWS/States", "ExecutionsFailed", "Machine"), 0);
  EXPECT_EQ(value("AWS/States", "ExecutionTime", "Machine"), 2);
}

class FunctionMetricsTest : public LambdaTest {
 protected:
  double value(const char* name) {
    const auto wanted = cloud::metric_of({}, "AWS/Lambda", name, "f");
    for (const auto& total : bed.run(metric_totals(bed.engine(), {}))) {
      if (total.Metric != wanted) continue;
      return total.Kind == cloud::MetricKind::distribution ? total.Distribution.sum() : total.Value;
    }
    return -1;
  }
};

TEST_F(FunctionMetricsTest, AFunctionCountsItsCallsAndHowLongTheyTook) {
  create("f");
  const auto taking = [](std::int64_t ms, cloud::InvocationOutcome outcome) {
    outcome.Duration = milliseconds(ms);
    return [outcome](const auto&) { return outcome; };
  };
  bed.functions.acts["f"] = taking(30, answered("1"));
  invoke(call("f"));
  bed.functions.acts["f"] = taking(12, failed("no"));
  invoke(call("f"));
  EXPECT_EQ(value("Invocations"), 2);
  EXPECT_EQ(value("Errors"), 1);
  EXPECT_EQ(value("Duration"), 42);
  EXPECT_EQ(value("ConcurrentExecutions"), 0);
  bed.run(bed.lambda().PutFunctionConcurrency({"f", 0}));
  EXPECT_EQ(bed.error_of(bed.lambda().Invoke(call("f"))), "TooManyRequestsException");
  EXPECT_EQ(value("Throttles"), 1);
  EXPECT_EQ(value("Invocations"), 2);
}

TEST_F(FunctionMetricsTest, AHandlerOfThisProcessCountsAsAFunction) {
  QueueDriver queue(bed, "Q");
  queue.send("good");
  const EventSourceMapping mapping(
      bed.engine(), {queue.arn(), "f", 10, 1},
      [](boost::json::value event, cloud::Context) -> cloud::Async<boost::json::value> {
        if (event.at("Records").at(0).at("body").as_string() == "bad") {
          throw std::runtime_error("no");
        }
        co_return nullptr;
      },
      bed.executor());
  bed.settle();
  EXPECT_EQ(value("Invocations"), 1);
  EXPECT_EQ(value("Errors"), 0);
  queue.send("bad");
  bed.settle();
  EXPECT_EQ(value("Invocations"), 2);
  EXPECT_EQ(value("Errors"), 1);
}

TEST_F(FunctionMetricsTest, AHandlerOfThisProcessCountsAmongTheCallsThatRun) {
  create("f");
  QueueDriver queue(bed, "Q");
  queue.send("m");
  boost::asio::steady_timer held(bed.executor(), boost::asio::steady_timer::time_point::max());
  const EventSourceMapping mapping(
      bed.engine(), {queue.arn(), "f", 10, 1},
      [&held](boost::json::value, cloud::Context) -> cloud::Async<boost::json::value> {
        co_await held.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        co_return nullptr;
      },
      bed.executor());
  bed.settle();
  EXPECT_EQ(value("ConcurrentExecutions"), 1);
  EXPECT_EQ(value("Invocations"), 1);
  invoke(call("f"));  // beside it
  EXPECT_EQ(value("ConcurrentExecutions"), 1);
  held.cancel();
  bed.settle();
  EXPECT_EQ(value("ConcurrentExecutions"), 0);
}

TEST_F(EngineMetricsTest, NobodySeesTheQueuesOfTheEngineItself) {
  const auto topic = bed.run(bed.sns().CreateTopic({"T", {}, {}})).TopicArn;
  bed.run(bed.sns().Subscribe({topic, "http", "http://127.0.0.1:1/", {}, true}));
  for (const auto& total : bed.run(metric_totals(bed.engine(), {}))) {
    EXPECT_NE(total.Metric.Namespace, "AWS/SQS") << cloud::resource_of(total.Metric);
  }
}

TEST_F(EngineMetricsTest, AnAccountSeesItsOwn) {
  QueueDriver queue(bed, "Q");
  EXPECT_THAT(bed.run(metric_totals(bed.engine(), {"111122223333", "us-east-1"})), SizeIs(0));
  EXPECT_THAT(bed.run(metric_totals(bed.engine(), {"000000000000", "eu-west-1"})), SizeIs(0));
}

}  // namespace
}  // namespace doorbuster::engine
