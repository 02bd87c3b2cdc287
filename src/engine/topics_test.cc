#include "engine/topics.h"

#include <boost/json.hpp>

#include "engine/queue_driver.h"

namespace doorbuster::engine {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class TopicsTest : public testing::Test {
 protected:
  std::string create(const std::string& name, cloud::AttributeMap attributes = {}) {
    return bed.run(bed.sns().CreateTopic({name, std::move(attributes)})).TopicArn;
  }
  // Lets the topic send to the queue, as AWS's documentation does.
  void allow(QueueDriver& receiver, const std::string& to, const std::string& more = "") {
    EXPECT_EQ(
        receiver.set("Policy",
                     R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)"
                     R"("Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage",)"
                     R"("Resource":")" +
                         receiver.arn() + R"(","Condition":{"ArnEquals":{"aws:SourceArn":")" + to +
                         R"("}}})" + more + "]}"),
        "");
  }
  std::string subscribe(const std::string& to, const QueueDriver& receiver,
                        cloud::AttributeMap attributes = {}) {
    return bed.run(bed.sns().Subscribe({to, "sqs", receiver.arn(), std::move(attributes)}))
        .SubscriptionArn;
  }
  std::string error_of_subscribe(const std::string& to, const std::string& protocol,
                                 const std::string& endpoint, cloud::AttributeMap attributes = {}) {
    return bed.error_of(bed.sns().Subscribe({to, protocol, endpoint, std::move(attributes)}));
  }
  cloud::PublishRequest message(const std::string& to, const std::string& text) {
    cloud::PublishRequest request;
    request.TopicArn = to;
    request.Message = text;
    return request;
  }
  cloud::PublishResult publish(const cloud::PublishRequest& request) {
    return bed.run(bed.sns().Publish(request));
  }
  std::string error_of_publish(const cloud::PublishRequest& request) {
    return bed.error_of(bed.sns().Publish(request));
  }

  TestBed bed;
  QueueDriver queue{bed, "Q"};
  const std::string topic = create("T");
};

TEST_F(TopicsTest, AQueueReceivesTheEnvelope) {
  allow(queue, topic);
  const auto subscription = subscribe(topic, queue);
  bed.reopen();
  auto request = message(topic, "say \"hello\"\n");
  request.Subject = "Greeting";
  request.MessageAttributes = {{"colour", {"String", "red", ""}}, {"raw", {"Binary", "", "\xff"}}};
  const auto published = publish(request);
  const auto received = queue.receive().at(0);
  EXPECT_THAT(received.MessageAttributes, IsEmpty());
  const auto json = boost::json::parse(received.Body).as_object();
  const auto text = [&](const char* name) { return std::string(json.at(name).as_string()); };
  EXPECT_EQ(text("Type"), "Notification");
  EXPECT_EQ(text("MessageId"), published.MessageId);
  EXPECT_EQ(text("TopicArn"), "arn:aws:sns:us-east-1:000000000000:T");
  EXPECT_EQ(text("Subject"), "Greeting");
  EXPECT_EQ(text("Message"), "say \"hello\"\n");
  EXPECT_EQ(text("Timestamp"), "2026-11-27T00:00:00.000Z");
  EXPECT_THAT(text("UnsubscribeURL"),
              HasSubstr("Action=Unsubscribe&SubscriptionArn=" + subscription));
  EXPECT_EQ(boost::json::serialize(json.at("MessageAttributes").at("colour")),
            R"({"Type":"String","Value":"red"})");
  EXPECT_EQ(json.at("MessageAttributes").at("raw").at("Value").as_string(), "/w==");
}

TEST_F(TopicsTest, WhatAQueueCanNotTakeGoesToTheDeadLetters) {
  QueueDriver dead(bed, "Dead");
  allow(queue, topic);
  allow(dead, topic);
  subscribe(topic, queue,
            {{"RawMessageDelivery", "true"},
             {"RedrivePolicy", R"({"deadLetterTargetArn":")" + dead.arn() + R"("})"}});
  EXPECT_EQ(queue.set("MaximumMessageSize", "1024"), "");
  publish(message(topic, std::string(1'024, 'x')));
  publish(message(topic, std::string(1'025, 'x')));
  auto request = message(topic, "x");
  for (char name = 'a'; name < 'k'; ++name) request.MessageAttributes[{name}] = {"String", "v", ""};
  publish(request);
  EXPECT_EQ(queue.counts(), "2 0 0");
  request.MessageAttributes["k"] = {"String", "v", ""};
  publish(request);
  EXPECT_EQ(queue.counts(), "2 0 0");
  const auto letters = dead.receive(10);
  ASSERT_THAT(letters, SizeIs(2));
  for (const auto& letter : letters) {
    EXPECT_EQ(letter.MessageAttributes.at("ErrorCode").StringValue, "InvalidParameterValue");
  }
  EXPECT_THAT(letters[0].MessageAttributes.at("ErrorMessage").StringValue,
              HasSubstr("must be shorter than 1024 bytes"));
  EXPECT_THAT(letters[1].MessageAttributes.at("ErrorMessage").StringValue,
              HasSubstr("Number of message attributes [11]"));
}

TEST_F(TopicsTest, DeadLettersTooBigForTheirQueueAreDroppedAndLogged) {
  QueueDriver dead(bed, "Dead", {{"MaximumMessageSize", "1024"}});
  allow(queue, topic);
  allow(dead, topic);
  subscribe(topic, queue,
            {{"RedrivePolicy", R"({"deadLetterTargetArn":")" + dead.arn() + R"("})"}});
  EXPECT_EQ(queue.set("MaximumMessageSize", "1024"), "");
  publish(message(topic, std::string(1'025, 'x')));
  EXPECT_EQ(dead.counts(), "0 0 0");
  EXPECT_THAT(bed.log(), Contains(HasSubstr("not redriven")));
}

TEST_F(TopicsTest, WhatIsNotSetIsNotInTheEnvelope) {
  allow(queue, topic);
  subscribe(topic, queue);
  publish(message(topic, "x"));
  const auto json = boost::json::parse(queue.receive().at(0).Body).as_object();
  EXPECT_FALSE(json.contains("Subject"));
  EXPECT_FALSE(json.contains("MessageAttributes"));
}

TEST_F(TopicsTest, RawDeliveryHandsTheMessageThrough) {
  allow(queue, topic);
  subscribe(topic, queue, {{"RawMessageDelivery", "true"}});
  auto request = message(topic, "x");
  request.MessageAttributes["colour"] = {"String", "red", ""};
  publish(request);
  const auto received = queue.receive().at(0);
  EXPECT_EQ(received.Body, "x");
  EXPECT_EQ(received.MessageAttributes, request.MessageAttributes);
}

TEST_F(TopicsTest, AnOrderPerProtocolIsTakenFromAJsonMessage) {
  allow(queue, topic);
  subscribe(topic, queue, {{"RawMessageDelivery", "true"}});
  auto request = message(topic, R"({"default":"all","sqs":"queues"})");
  request.MessageStructure = "json";
  publish(request);
  request.Message = R"({"default":"all"})";
  publish(request);
  EXPECT_THAT(queue.bodies(), ElementsAre("queues", "all"));
  request.Message = R"({"sqs":"queues"})";
  EXPECT_EQ(error_of_publish(request), "InvalidParameter");
}

TEST_F(TopicsTest, FiltersLookAtAttributesOrAtTheBody) {
  QueueDriver by_body(bed, "ByBody");
  allow(queue, topic);
  allow(by_body, topic);
  const cloud::AttributeMap raw{{"RawMessageDelivery", "true"}};
  auto attributes = raw;
  attributes["FilterPolicy"] = R"({"kind":["book"]})";
  const auto subscription = subscribe(topic, queue, attributes);
  attributes["FilterPolicyScope"] = "MessageBody";
  subscribe(topic, by_body, attributes);
  bed.reopen();
  auto tagged = message(topic, R"({"kind":"toy"})");
  tagged.MessageAttributes["kind"] = {"String", "book", ""};
  publish(tagged);
  publish(message(topic, R"({"kind":"book"})"));
  publish(message(topic, "neither"));
  EXPECT_THAT(queue.bodies(), ElementsAre(R"({"kind":"toy"})"));
  EXPECT_THAT(by_body.bodies(), ElementsAre(R"({"kind":"book"})"));

  bed.run(bed.sns().SetSubscriptionAttributes({subscription, "FilterPolicy", ""}));
  publish(message(topic, "any"));
  EXPECT_THAT(queue.bodies(), ElementsAre("any"));
  EXPECT_EQ(bed.error_of(bed.sns().SetSubscriptionAttributes({subscription, "FilterPolicy", "[]"})),
            "InvalidParameter");
}

TEST_F(TopicsTest, WithoutTheQueuesLeaveNothingIsDeliveredAndItIsLogged) {
  subscribe(topic, queue);
  EXPECT_NE(publish(message(topic, "x")).MessageId, "");
  EXPECT_EQ(queue.counts(), "0 0 0");
  ASSERT_THAT(bed.log(), SizeIs(1));
  EXPECT_THAT(bed.log()[0], HasSubstr(topic));
  EXPECT_THAT(bed.log()[0], HasSubstr(queue.arn()));
  auto failed = [](Machine&, Turn& turn) {
    return turn.metrics.counter({"AWS/SNS", {}, "T"}, "NumberOfNotificationsFailed")->total();
  };
  EXPECT_EQ(bed.run(bed.engine().call<std::uint64_t>(std::move(failed))), 1U);
  // A failure that repeats is logged now and then.
  for (int i = 2; i <= 100; ++i) publish(message(topic, "x"));
  EXPECT_THAT(bed.log(), SizeIs(7));
}

TEST_F(TopicsTest, AnExplicitDenyBeatsTheAllow) {
  allow(queue, topic,
        R"(,{"Effect":"Deny","Principal":"*","Action":"sqs:SendMessage","Resource":"*"})");
  subscribe(topic, queue);
  publish(message(topic, "x"));
  EXPECT_EQ(queue.counts(), "0 0 0");
  EXPECT_THAT(bed.log(), SizeIs(1));
}

TEST_F(TopicsTest, APolicyForOneTopicDoesNotLetAnotherIn) {
  const auto other = create("Other");
  allow(queue, topic);
  subscribe(other, queue);
  publish(message(other, "x"));
  EXPECT_EQ(queue.counts(), "0 0 0");
}

TEST_F(TopicsTest, EverySubscriberGetsItsCopyAndAMissingQueueHarmsNobody) {
  QueueDriver second(bed, "Second");
  QueueDriver gone(bed, "Gone");
  for (auto* q : {&queue, &second, &gone}) {
    allow(*q, topic);
    subscribe(topic, *q);
  }
  bed.run(bed.sqs().DeleteQueue({gone.url()}));
  const auto poll = second.poll();
  publish(message(topic, "x"));
  EXPECT_EQ(queue.counts(), "1 0 0");
  EXPECT_TRUE(poll->done());
  EXPECT_THAT(bed.log(), Contains(HasSubstr("the queue does not exist")));
}

TEST_F(TopicsTest, SubscribingTwiceIsSubscribingOnce) {
  allow(queue, topic);
  const cloud::AttributeMap raw{{"RawMessageDelivery", "true"}};
  const auto arn = subscribe(topic, queue, raw);
  EXPECT_EQ(subscribe(topic, queue, raw), arn);
  EXPECT_EQ(subscribe(topic, queue), arn);
  EXPECT_EQ(error_of_subscribe(topic, "sqs", queue.arn(), {{"RawMessageDelivery", "false"}}),
            "InvalidParameter");
  publish(message(topic, "x"));
  EXPECT_EQ(queue.counts(), "1 0 0");
  const auto listed = bed.run(bed.sns().ListSubscriptionsByTopic({topic, ""})).Subscriptions;
  ASSERT_THAT(listed, SizeIs(1));
  EXPECT_EQ(listed[0].Endpoint, queue.arn());
}

TEST_F(TopicsTest, AQueueCanBeUnsubscribed) {
  allow(queue, topic);
  const auto arn = subscribe(topic, queue);
  bed.run(bed.sns().Unsubscribe({arn}));
  bed.reopen();
  publish(message(topic, "x"));
  EXPECT_EQ(queue.counts(), "0 0 0");
  EXPECT_EQ(bed.error_of(bed.sns().GetSubscriptionAttributes({arn})), "NotFound");
}

TEST_F(TopicsTest, ADeletedTopicTakesItsSubscriptionsAlong) {
  allow(queue, topic);
  const auto arn = subscribe(topic, queue);
  bed.run(bed.sns().DeleteTopic({topic}));
  bed.run(bed.sns().DeleteTopic({topic}));  // AWS answers success
  EXPECT_EQ(error_of_publish(message(topic, "x")), "NotFound");
  EXPECT_EQ(bed.error_of(bed.sns().GetTopicAttributes({topic})), "NotFound");
  bed.reopen();
  EXPECT_EQ(create("T"), topic);
  publish(message(topic, "x"));
  EXPECT_EQ(queue.counts(), "0 0 0");
  EXPECT_EQ(bed.error_of(bed.sns().GetSubscriptionAttributes({arn})), "NotFound");
}

TEST_F(TopicsTest, AFifoTopicFeedsAFifoQueueInOrderOnce) {
  const auto fifo =
      create("T.fifo", {{"FifoTopic", "true"}, {"ContentBasedDeduplication", "true"}});
  QueueDriver there(bed, "Q.fifo");  // which does not deduplicate by content
  allow(there, fifo);
  subscribe(fifo, there, {{"RawMessageDelivery", "true"}});
  for (const char* text : {"1", "2", "2", "3"}) {
    auto request = message(fifo, text);
    request.MessageGroupId = "g";
    publish(request);
  }
  auto explicit_id = message(fifo, "3");
  explicit_id.MessageGroupId = "g";
  explicit_id.MessageDeduplicationId = "another";
  publish(explicit_id);
  const auto messages = there.receive(10);
  ASSERT_THAT(messages, SizeIs(4));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(messages[i].Body, std::to_string(i + 1));
  EXPECT_EQ(messages[3].Attributes.at("MessageDeduplicationId"), "another");
  EXPECT_EQ(messages[0].Attributes.at("MessageGroupId"), "g");
  EXPECT_EQ(error_of_publish(message(fifo, "x")), "InvalidParameter") << "it has no group";
  EXPECT_EQ(error_of_subscribe(topic, "sqs", there.arn()), "InvalidParameter")
      << "a standard topic can't feed a FIFO queue";
}

TEST_F(TopicsTest, ABatchOfPublishesFailsByTheEntry) {
  allow(queue, topic);
  subscribe(topic, queue, {{"RawMessageDelivery", "true"}});
  const auto batch = [&](const std::vector<std::pair<std::string, std::string>>& entries) {
    cloud::PublishBatchRequest request{topic, {}};
    for (const auto& [id, text] : entries) {
      cloud::PublishBatchRequestEntry entry;
      entry.Id = id;
      entry.Message = text;
      request.PublishBatchRequestEntries.push_back(entry);
    }
    return request;
  };
  const auto error = [&](const cloud::PublishBatchRequest& request) {
    return bed.error_of(bed.sns().PublishBatch(request));
  };
  const auto result = bed.run(bed.sns().PublishBatch(batch({{"a", "1"}, {"b", ""}, {"c", "2"}})));
  ASSERT_THAT(result.Successful, SizeIs(2));
  EXPECT_EQ(result.Successful[1].Id, "c");
  EXPECT_NE(result.Successful[0].MessageId, result.Successful[1].MessageId);
  ASSERT_THAT(result.Failed, SizeIs(1));
  EXPECT_EQ(result.Failed[0].Id, "b");
  EXPECT_EQ(result.Failed[0].Code, "InvalidParameter");
  EXPECT_THAT(queue.bodies(), ElementsAre("1", "2"));

  EXPECT_EQ(error(batch({})), "EmptyBatchRequest");
  EXPECT_EQ(error(batch({{"a", "1"}, {"a", "2"}})), "BatchEntryIdsNotDistinct");
  EXPECT_EQ(error(batch({{"a b", "1"}})), "InvalidBatchEntryId");
  std::vector<std::pair<std::string, std::string>> eleven;
  for (int i = 0; i < 11; ++i) eleven.emplace_back(std::to_string(i), "x");
  EXPECT_EQ(error(batch(eleven)), "TooManyEntriesInBatchRequest");
  const std::string big(200'000, 'x');
  EXPECT_EQ(error(batch({{"a", big}, {"b", big}})), "BatchRequestTooLong");
  auto nowhere = batch({{"a", "1"}});
  nowhere.TopicArn += "none";
  EXPECT_EQ(error(nowhere), "NotFound");
}

TEST_F(TopicsTest, BadRequestsAreRefused) {
  EXPECT_EQ(error_of_publish(message("", "x")), "InvalidParameter");
  EXPECT_EQ(error_of_publish(message(topic + "none", "x")), "NotFound");
  EXPECT_EQ(error_of_publish(message(topic, "")), "InvalidParameter");
  EXPECT_EQ(error_of_publish(message(topic, std::string(262'145, 'x'))), "InvalidParameter");
  auto request = message(topic, "x");
  request.Subject = std::string(101, 's');
  EXPECT_EQ(error_of_publish(request), "InvalidParameter");
  request = message(topic, "x");
  request.MessageAttributes["a"] = {"Text", "v", ""};
  EXPECT_EQ(error_of_publish(request), "ParameterValueInvalid");
  EXPECT_EQ(error_of_subscribe(topic, "email", "a@b.c"), "InvalidParameter");
  EXPECT_EQ(error_of_subscribe(topic, "sqs", "nonsense"), "InvalidParameter");
  EXPECT_EQ(error_of_subscribe(topic + "none", "sqs", queue.arn()), "NotFound");
  EXPECT_EQ(error_of_subscribe(topic, "sqs", queue.arn(), {{"Colour", "red"}}), "InvalidParameter");
  EXPECT_EQ(bed.error_of(bed.sns().CreateTopic({"with space", {}})), "InvalidParameter");
  EXPECT_EQ(bed.error_of(bed.sns().SetTopicAttributes({topic, "Policy", "{"})), "InvalidParameter");
  EXPECT_EQ(bed.error_of(bed.sns().SetTopicAttributes({topic, "Colour", "red"})),
            "InvalidParameter");
}

TEST_F(TopicsTest, AnAccountHasSoManyFifoTopicsInARegion) {
  const auto error = [&](const std::string& name, const cloud::Caller& caller = {}) {
    return bed.error_of(
        make_sns(bed.engine(), caller)->CreateTopic({name + ".fifo", {{"FifoTopic", "true"}}, {}}));
  };
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(error(std::to_string(i)), "");
  EXPECT_EQ(error("more"), "TopicLimitExceeded");
  EXPECT_EQ(error("7"), "") << "it is there";
  EXPECT_NE(create("standard"), "");
  cloud::Caller elsewhere;
  elsewhere.scope.region = "eu-west-1";
  EXPECT_EQ(error("more", elsewhere), "");
  bed.reopen();
  EXPECT_EQ(error("more"), "TopicLimitExceeded");
  bed.run(bed.sns().DeleteTopic({cloud::Scope{}.arn("sns", "7.fifo")}));
  EXPECT_EQ(error("more"), "");
  EXPECT_EQ(error("7"), "TopicLimitExceeded");
}

TEST_F(TopicsTest, AFifoTopicHasAHundredSubscriptions) {
  const auto fifo = create("T.fifo", {{"FifoTopic", "true"}});
  const auto other = create("T2.fifo", {{"FifoTopic", "true"}});
  const auto endpoint = [](int i) {
    return cloud::Scope{}.arn("sqs", "Q" + std::to_string(i) + ".fifo");
  };
  std::string last;
  for (int i = 0; i < 100; ++i) {
    last = bed.run(bed.sns().Subscribe({fifo, "sqs", endpoint(i), {}})).SubscriptionArn;
  }
  EXPECT_EQ(error_of_subscribe(fifo, "sqs", endpoint(100)), "SubscriptionLimitExceeded");
  EXPECT_EQ(error_of_subscribe(fifo, "sqs", endpoint(99)), "") << "it is there";
  EXPECT_EQ(error_of_subscribe(other, "sqs", endpoint(100)), "");
  bed.run(bed.sns().Unsubscribe({last}));
  EXPECT_EQ(error_of_subscribe(fifo, "sqs", endpoint(100)), "");
}

TEST_F(TopicsTest, TopicsAreListedAHundredAtATime) {
  for (int i = 0; i < 150; ++i) create("L" + std::to_string(1'000 + i));
  const auto first = bed.run(bed.sns().ListTopics({""}));
  EXPECT_THAT(first.TopicArns, SizeIs(100));
  const auto second = bed.run(bed.sns().ListTopics({first.NextToken}));
  EXPECT_THAT(second.TopicArns, SizeIs(51));
  EXPECT_EQ(second.NextToken, "");
  EXPECT_LT(first.TopicArns.back(), second.TopicArns.front());
}

}  // namespace
}  // namespace doorbuster::engine
