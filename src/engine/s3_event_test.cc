// What a bucket tells topics and queues.
#include "engine/s3_event.h"

#include <boost/json.hpp>

#include "engine/queue_driver.h"
#include "engine/s3_driver.h"

namespace doorbuster::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class S3EventTest : public testing::Test {
 protected:
  S3EventTest() {
    bed.run(bed.s3().CreateBucket(of_bucket<cloud::CreateBucketRequest>("invoices")));
  }

  static std::string policy(const std::string& action, const std::string& resource,
                            const std::string& service, const std::string& source) {
    return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":")" +
           service + R"("},"Action":")" + action + R"(","Resource":")" + resource +
           R"(","Condition":{"ArnLike":{"aws:SourceArn":")" + source + R"("}}}]})";
  }
  void allow_s3(QueueDriver& receiver) {
    EXPECT_EQ(receiver.set("Policy", policy("sqs:SendMessage", receiver.arn(), "s3.amazonaws.com",
                                            "arn:aws:s3:::invoices")),
              "");
  }
  std::string topic_with(std::vector<QueueDriver*> queues) {
    const auto topic = bed.run(bed.sns().CreateTopic({"NewOrderEvents", {}})).TopicArn;
    bed.run(bed.sns().SetTopicAttributes(
        {topic, "Policy",
         policy("sns:Publish", topic, "s3.amazonaws.com", "arn:aws:s3:::invoices")}));
    for (auto* receiver : queues) {
      EXPECT_EQ(receiver->set("Policy", policy("sqs:SendMessage", receiver->arn(),
                                               "sns.amazonaws.com", topic)),
                "");
      bed.run(bed.sns().Subscribe({topic, "sqs", receiver->arn(), {}}));
    }
    return topic;
  }
  static cloud::NotificationDestination to(const std::string& arn, const std::string& prefix = "",
                                           const std::string& suffix = "",
                                           const std::string& event = "s3:ObjectCreated:*") {
    return {"id", arn, {event}, prefix, suffix};
  }
  std::string notify(std::vector<cloud::NotificationDestination> topics,
                     std::vector<cloud::NotificationDestination> queues, bool skip = false) {
    cloud::PutBucketNotificationConfigurationRequest request;
    request.Bucket = "invoices";
    request.Configuration.TopicConfigurations = std::move(topics);
    request.Configuration.QueueConfigurations = std::move(queues);
    request.SkipDestinationValidation = skip;
    return bed.error_of(bed.s3().PutBucketNotificationConfiguration(request));
  }
  std::string notify_functions(std::vector<cloud::NotificationDestination> functions) {
    cloud::PutBucketNotificationConfigurationRequest request;
    request.Bucket = "invoices";
    request.Configuration.LambdaFunctionConfigurations = std::move(functions);
    request.SkipDestinationValidation = true;
    return bed.error_of(bed.s3().PutBucketNotificationConfiguration(request));
  }
  std::uint64_t get_events_not_delivered() {
    auto count = [](Machine& m, Turn&) {
      return m.buckets.bucket("invoices").metrics->events_not_delivered->total();
    };
    return bed.run(bed.engine().call<std::uint64_t>(std::move(count)));
  }
  void put(const std::string& key, const std::string& body = "hello") {
    bed.run(bed.s3().PutObject(put_request(key, body)));
  }
  // The bodies of what waits, as JSON, each taken away.
  std::vector<boost::json::object> take(QueueDriver& receiver) {
    std::vector<boost::json::object> all;
    for (const auto& message : receiver.receive(10)) {
      all.push_back(boost::json::parse(message.Body).as_object());
      receiver.remove(message);
    }
    return all;
  }
  static boost::json::object record(const boost::json::object& event) {
    return event.at("Records").as_array().at(0).as_object();
  }

  TestBed bed;
  QueueDriver queue{bed, "Q"};
};

TEST_F(S3EventTest, ADestinationIsTestedWhenItIsSetUp) {
  allow_s3(queue);
  EXPECT_EQ(notify({}, {to(queue.arn())}), "");
  const auto events = take(queue);
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].at("Event").as_string(), "s3:TestEvent");
  EXPECT_EQ(events[0].at("Service").as_string(), "Amazon S3");
  EXPECT_EQ(events[0].at("Bucket").as_string(), "invoices");
  bed.reopen();
  const auto stored = bed.run(bed.s3().GetBucketNotificationConfiguration({"invoices"}));
  ASSERT_THAT(stored.QueueConfigurations, SizeIs(1));
  EXPECT_EQ(stored.QueueConfigurations[0].Id, "id");
  EXPECT_EQ(stored.QueueConfigurations[0].Arn, queue.arn());
}

TEST_F(S3EventTest, APutTellsAQueueDirectly) {
  allow_s3(queue);
  EXPECT_EQ(notify({}, {to(queue.arn())}), "");
  take(queue);
  put("new orders/ä+1.json");
  const auto events = take(queue);
  ASSERT_THAT(events, SizeIs(1));
  const auto r = record(events[0]);
  EXPECT_EQ(r.at("eventSource").as_string(), "aws:s3");
  EXPECT_EQ(r.at("eventName").as_string(), "ObjectCreated:Put");
  EXPECT_EQ(r.at("eventTime").as_string(), "2026-11-27T00:00:00.000Z");
  EXPECT_EQ(r.at("awsRegion").as_string(), "us-east-1");
  const auto& s3 = r.at("s3").as_object();
  EXPECT_EQ(s3.at("configurationId").as_string(), "id");
  EXPECT_EQ(s3.at("bucket").at("name").as_string(), "invoices");
  EXPECT_EQ(s3.at("bucket").at("arn").as_string(), "arn:aws:s3:::invoices");
  const auto& object = s3.at("object").as_object();
  EXPECT_EQ(object.at("key").as_string(), "new+orders/%C3%A4%2B1.json");
  EXPECT_EQ(object.at("size").as_int64(), 5);
  EXPECT_EQ(object.at("eTag").as_string(), "5d41402abc4b2a76b9719d911017c592");
}

TEST_F(S3EventTest, TheSequencerGrowsWithEveryChangeOfAKey) {
  allow_s3(queue);
  auto removals = to(queue.arn(), "", "", "s3:ObjectRemoved:*");
  removals.Id = "removals";
  EXPECT_EQ(notify({}, {to(queue.arn()), removals}), "");
  take(queue);
  std::string last;
  for (int i = 0; i < 3; ++i) {
    put("a");
    if (i == 1) bed.reopen();
    bed.run(bed.s3().DeleteObject(of_object<cloud::DeleteObjectRequest>("a")));
    bed.run(bed.s3().DeleteObject(of_object<cloud::DeleteObjectRequest>("a")));  // nothing happens
    const auto events = take(queue);
    ASSERT_THAT(events, SizeIs(2));
    EXPECT_EQ(record(events[1]).at("eventName").as_string(), "ObjectRemoved:Delete");
    for (const auto& event : events) {
      const auto r = record(event);
      const std::string sequencer(r.at("s3").at("object").at("sequencer").as_string());
      EXPECT_GT(sequencer, last);
      last = sequencer;
    }
  }
}

TEST_F(S3EventTest, APutReachesTheTopicsQueuesInTheSameTurn) {
  QueueDriver analytics(bed, "Analytics");
  const auto topic = topic_with({&queue, &analytics});
  EXPECT_EQ(notify({to(topic)}, {}), "");
  take(queue);
  take(analytics);
  const auto poll = analytics.poll();
  put("a");
  bed.reopen();  // what was acknowledged is everywhere or nowhere
  const auto envelopes = take(queue);
  ASSERT_THAT(envelopes, SizeIs(1));
  EXPECT_EQ(envelopes[0].at("Subject").as_string(), "Amazon S3 Notification");
  const auto event = boost::json::parse(std::string(envelopes[0].at("Message").as_string()));
  EXPECT_EQ(record(event.as_object()).at("s3").at("object").at("key").as_string(), "a");
  ASSERT_TRUE(poll->value);
  EXPECT_THAT(poll->value->Messages, SizeIs(1));
  EXPECT_EQ(analytics.counts(), "0 1 0");
}

TEST_F(S3EventTest, FiltersLookAtBothEndsOfTheKey) {
  allow_s3(queue);
  EXPECT_EQ(notify({}, {to(queue.arn(), "in/", ".json")}), "");
  take(queue);
  for (const char* key : {"in/a.json", "in/a.csv", "out/a.json", "in/.json", "xin/a.json"})
    put(key);
  std::vector<std::string> keys;
  for (const auto& event : take(queue)) {
    keys.emplace_back(record(event).at("s3").at("object").at("key").as_string());
  }
  EXPECT_THAT(keys, ElementsAre("in/a.json", "in/.json"));
}

TEST_F(S3EventTest, OnlyEventsAskedForAreTold) {
  allow_s3(queue);
  EXPECT_EQ(notify({}, {to(queue.arn(), "", "", "s3:ObjectRemoved:Delete")}), "");
  take(queue);
  put("a");
  EXPECT_THAT(take(queue), IsEmpty());
  bed.run(bed.s3().DeleteObject(of_object<cloud::DeleteObjectRequest>("a")));
  EXPECT_THAT(take(queue), SizeIs(1));
}

TEST_F(S3EventTest, DestinationsAreValidated) {
  EXPECT_EQ(notify({}, {to(queue.arn())}), "InvalidArgument") << "no policy lets S3 in";
  EXPECT_EQ(notify({to("arn:aws:sns:us-east-1:000000000000:None")}, {}), "InvalidArgument");
  EXPECT_EQ(notify({}, {to("arn:aws:sqs:us-east-1:000000000000:None")}), "InvalidArgument");
  QueueDriver fifo(bed, "Q.fifo");
  allow_s3(fifo);
  EXPECT_EQ(notify({}, {to(fifo.arn())}), "InvalidArgument") << "S3 knows no FIFO queues";
  allow_s3(queue);
  EXPECT_EQ(notify({}, {to(queue.arn(), "", "", "s3:Nonsense")}), "InvalidArgument");
  EXPECT_EQ(queue.counts(), "0 0 0") << "what is refused tests nothing";
  EXPECT_EQ(
      bed.run(bed.s3().GetBucketNotificationConfiguration({"invoices"})).QueueConfigurations.size(),
      0U);
  EXPECT_EQ(queue.set("Policy", ""), "");
  EXPECT_EQ(notify({}, {to(queue.arn())}, true), "") << "validation can be skipped";
  put("a");
  EXPECT_EQ(queue.counts(), "0 0 0");
}

TEST_F(S3EventTest, WithoutThePolicyThereIsNoDeliveryButALine) {
  const auto topic = topic_with({&queue});
  EXPECT_EQ(notify({to(topic)}, {}), "");
  take(queue);
  EXPECT_THAT(bed.log(), IsEmpty());
  bed.run(bed.sns().SetTopicAttributes({topic, "Policy", ""}));
  put("a");
  EXPECT_EQ(queue.counts(), "0 0 0");
  ASSERT_THAT(bed.log(), SizeIs(1));
  EXPECT_THAT(bed.log()[0], HasSubstr("arn:aws:s3:::invoices"));
  EXPECT_THAT(bed.log()[0], HasSubstr(topic));
  EXPECT_EQ(bed.run(bed.s3().GetObject(of_object<cloud::GetObjectRequest>("a"))).Body.bytes,
            "hello")
      << "the put itself stands";
}

TEST_F(S3EventTest, AnArnIsOneOfTheRightServiceWhetherDestinationsAreValidatedOrNot) {
  for (const char* arn : {"foo", "", "arn:aws:sns", "arn:aws:lambda:us-east-1:000000000000:f"}) {
    EXPECT_EQ(notify({to(arn)}, {}, true), "InvalidArgument") << arn;
    EXPECT_EQ(notify({}, {to(arn)}, true), "InvalidArgument") << arn;
  }
  EXPECT_EQ(notify({to(queue.arn())}, {}, true), "InvalidArgument") << "a queue is no topic";
  EXPECT_EQ(notify_functions({to(queue.arn())}), "InvalidArgument") << "nor is it a function";
  EXPECT_EQ(notify({to("arn:aws:sns:eu-west-1:000000000000:None")}, {}, true), "");
  put("a");
  EXPECT_EQ(get_events_not_delivered(), 2U) << "the test event and that of the put";
}

TEST_F(S3EventTest, DestinationsThatTakeNothingAreWorthALineNowAndThen) {
  QueueDriver other(bed, "Other");
  const auto topic = topic_with({});
  bed.run(bed.sns().SetTopicAttributes({topic, "Policy", ""}));
  auto directly = to(other.arn(), "q");
  directly.Id = "directly";
  EXPECT_EQ(notify({to(topic, "t")}, {directly}, true), "");
  for (int i = 3; i <= 100; ++i) put(i % 2 == 0 ? "t" : "q");
  EXPECT_EQ(get_events_not_delivered(), 100U);
  EXPECT_THAT(bed.log(), SizeIs(7)) << "of the 1st, the 2nd, the 4th and so on";
}

TEST_F(S3EventTest, EveryConfigurationHasAnIdOfItsOwn) {
  auto functions = to("arn:aws:lambda:us-east-1:000000000000:function:f");
  functions.Id.clear();
  EXPECT_EQ(notify_functions({functions}), "");
  const auto stored = bed.run(bed.s3().GetBucketNotificationConfiguration({"invoices"}));
  ASSERT_THAT(stored.LambdaFunctionConfigurations, SizeIs(1));
  EXPECT_NE(stored.LambdaFunctionConfigurations[0].Id, "");
  EXPECT_EQ(notify({}, {to(queue.arn(), "a"), to(queue.arn(), "b")}, true), "InvalidArgument")
      << "both are \"id\"";
}

TEST_F(S3EventTest, EventsHaveAwsNames) {
  const auto error = [&](const char* event) {
    return notify({}, {to(queue.arn(), "", "", event)}, true);
  };
  for (const char* event :
       {"s3:ObjectCreated:CompleteMultipartUpload", "s3:ObjectRestore:*", "s3:ObjectAcl:Put",
        "s3:ReducedRedundancyLostObject", "s3:LifecycleExpiration:DeleteMarkerCreated",
        "s3:Replication:OperationNotTracked", "s3:IntelligentTiering", "s3:ObjectTagging:Delete"}) {
    EXPECT_EQ(error(event), "") << event;
  }
  for (const char* event : {"s3:ObjectCreated:Bogus", "s3:ObjectCreated:", "s3:ObjectCreated:P*",
                            "s3:*", "ObjectCreated:Put", "s3:TestEvent", ""}) {
    EXPECT_EQ(error(event), "InvalidArgument") << event;
  }
}

TEST_F(S3EventTest, TheConfigurationIsReplacedAsAWhole) {
  allow_s3(queue);
  EXPECT_EQ(notify({}, {to(queue.arn())}), "");
  EXPECT_EQ(notify({}, {}), "");
  take(queue);
  put("a");
  EXPECT_EQ(queue.counts(), "0 0 0");
}

}  // namespace
}  // namespace doorbuster::engine
