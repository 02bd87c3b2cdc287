// Standard queues as a client of SQS sees them.
#include "engine/queue.h"

#include "engine/queue_driver.h"

namespace doorbuster::engine {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Key;
using testing::Not;
using testing::Pair;
using testing::SizeIs;

TEST(QueueTest, AReceivedMessageIsInvisibleUntilItsTimeoutEnds) {
  TestBed bed;
  QueueDriver queue(bed, "Q", {{"VisibilityTimeout", "5"}});
  queue.send("a");
  EXPECT_THAT(queue.bodies(), ElementsAre("a"));
  EXPECT_EQ(queue.counts(), "0 1 0");
  bed.advance(milliseconds(4'999));
  EXPECT_THAT(queue.bodies(), IsEmpty());
  bed.advance(milliseconds(1));
  EXPECT_EQ(queue.counts(), "1 0 0");
  EXPECT_THAT(queue.bodies(), ElementsAre("a"));
}

TEST(QueueTest, ARequestsOwnVisibilityTimeoutBeatsTheQueues) {
  TestBed bed;
  QueueDriver queue(bed, "Q", {{"VisibilityTimeout", "5"}});
  queue.send("a");
  auto order = queue.order();
  order.VisibilityTimeout = 60;
  EXPECT_THAT(queue.receive(order), SizeIs(1));
  bed.advance(seconds(59));
  EXPECT_EQ(queue.counts(), "0 1 0");
  bed.advance(seconds(1));
  EXPECT_EQ(queue.counts(), "1 0 0");
}

TEST(QueueTest, WithVisibilityTimeout0AMessageIsGivenOnceARequestAndStaysVisible) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  auto order = queue.order(10);
  order.VisibilityTimeout = 0;
  for (const char* body : {"a", "b"}) queue.send(body);
  for (int count = 1; count <= 3; ++count) {
    const auto messages = queue.receive(order);
    ASSERT_THAT(messages, SizeIs(2)) << count;
    EXPECT_EQ(messages[0].Attributes.at("ApproximateReceiveCount"), std::to_string(count));
    EXPECT_EQ(queue.counts(), "2 0 0");
  }
  bed.reopen();
  EXPECT_EQ(queue.counts(), "2 0 0");
  EXPECT_THAT(queue.bodies(), ElementsAre("a", "b"));
}

TEST(QueueTest, AMessageReceivedInTheTurnThatSentItAndReturnedReachesTheNextWaiter) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  auto order = queue.order(10);
  order.VisibilityTimeout = 0;
  order.WaitTimeSeconds = 20;
  const auto first = bed.begin(bed.sqs().ReceiveMessage(order));
  const auto second = bed.begin(bed.sqs().ReceiveMessage(order));
  queue.send("a");
  ASSERT_TRUE(first->value);
  EXPECT_THAT(first->value->Messages, SizeIs(1));
  ASSERT_TRUE(second->value);
  EXPECT_THAT(second->value->Messages, SizeIs(1));
}

TEST(QueueTest, DeletingByTheHandleOfAnEarlierReceiveSucceedsWithoutEffect) {
  TestBed bed;
  QueueDriver queue(bed, "Q", {{"VisibilityTimeout", "5"}});
  queue.send("a");
  const auto stale = queue.receive().at(0);
  bed.advance(seconds(5));
  const auto fresh = queue.receive().at(0);
  EXPECT_NE(stale.ReceiptHandle, fresh.ReceiptHandle);
  EXPECT_EQ(queue.error_of_remove(stale), "");
  EXPECT_EQ(queue.counts(), "0 1 0");
  queue.remove(fresh);
  EXPECT_EQ(queue.counts(), "0 0 0");
  EXPECT_EQ(queue.error_of_remove(fresh), "") << "a second time";
  bed.advance(minutes(1));
  EXPECT_THAT(queue.bodies(), IsEmpty());
}

TEST(QueueTest, TheLastHandleDeletesEvenAfterItsTimeout) {
  TestBed bed;
  QueueDriver queue(bed, "Q", {{"VisibilityTimeout", "5"}});
  queue.send("a");
  const auto message = queue.receive().at(0);
  bed.advance(seconds(6));
  queue.remove(message);
  EXPECT_EQ(queue.counts(), "0 0 0");
  EXPECT_THAT(queue.bodies(), IsEmpty());
}

TEST(QueueTest, WhatIsNoHandleIsRefused) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  cloud::Message message;
  for (const char* handle : {"", "nonsense", "zz00000000000000000000000000000000000000"}) {
    message.ReceiptHandle = handle;
    EXPECT_EQ(queue.error_of_remove(message), "ReceiptHandleIsInvalid") << handle;
    EXPECT_EQ(queue.change_visibility(message, 1), "ReceiptHandleIsInvalid") << handle;
  }
}

TEST(QueueTest, VisibilityIsExtendedAndEnded) {
  TestBed bed;
  QueueDriver queue(bed, "Q", {{"VisibilityTimeout", "5"}});
  queue.send("a");
  const auto message = queue.receive().at(0);
  EXPECT_EQ(queue.change_visibility(message, 100), "");
  bed.advance(seconds(99));
  EXPECT_EQ(queue.counts(), "0 1 0");
  bed.reopen();
  EXPECT_EQ(queue.counts(), "0 1 0");
  EXPECT_EQ(queue.change_visibility(message, 0), "");
  EXPECT_EQ(queue.counts(), "1 0 0");
  EXPECT_EQ(queue.change_visibility(message, 10), "MessageNotInflight");
}

TEST(QueueTest, VisibilityChangesOnlyByTheHandleOfTheLastReceive) {
  TestBed bed;
  QueueDriver queue(bed, "Q", {{"VisibilityTimeout", "5"}});
  queue.send("a");
  const auto stale = queue.receive().at(0);
  bed.advance(seconds(5));
  EXPECT_EQ(queue.change_visibility(stale, 10), "MessageNotInflight");
  const auto fresh = queue.receive().at(0);
  EXPECT_EQ(queue.change_visibility(stale, 0), "MessageNotInflight");
  EXPECT_EQ(queue.counts(), "0 1 0");
  queue.remove(fresh);
  EXPECT_EQ(queue.change_visibility(fresh, 0), "MessageNotInflight");
}

TEST(QueueTest, AMessageIsInvisibleForTwelveHoursAtTheMostCountedFromItsReceive) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  queue.send("a");
  const auto first = queue.receive().at(0);
  EXPECT_EQ(queue.change_visibility(first, 43'201), "InvalidParameterValue");
  bed.advance(seconds(10));
  EXPECT_EQ(queue.change_visibility(first, 43'191), "InvalidParameterValue");
  EXPECT_EQ(queue.change_visibility(first, 43'190), "");
  bed.advance(std::chrono::hours(12));
  // The next receive has twelve hours of its own, over a restart too.
  const auto second = queue.receive().at(0);
  EXPECT_EQ(queue.change_visibility(second, 43'200), "");
  bed.reopen();
  EXPECT_EQ(queue.change_visibility(second, 43'200), "");
}

TEST(QueueTest, AReceiveCounts) {
  TestBed bed;
  QueueDriver queue(bed, "Q", {{"VisibilityTimeout", "1"}});
  queue.send("a");
  const auto sent = std::to_string(to_ms(bed.clock().now()));
  bed.advance(seconds(7));
  const auto first_received = std::to_string(to_ms(bed.clock().now()));
  for (int count = 1; count <= 4; ++count) {
    const auto message = queue.receive().at(0);
    EXPECT_THAT(message.Attributes,
                AllOf(Contains(Pair("ApproximateReceiveCount", std::to_string(count))),
                      Contains(Pair("ApproximateFirstReceiveTimestamp", first_received)),
                      Contains(Pair("SentTimestamp", sent)), Contains(Key("SenderId"))));
    if (count == 2) bed.reopen();
    bed.advance(seconds(1));
  }
}

TEST(QueueTest, ADelayedMessageAppearsWhenItsDelayHasPassed) {
  TestBed bed;
  QueueDriver queue(bed, "Q", {{"DelaySeconds", "10"}});
  queue.send("queue's delay");
  auto own = queue.message("own delay");
  own.DelaySeconds = 3;
  queue.send(own);
  auto none = queue.message("none");
  none.DelaySeconds = 0;
  queue.send(none);
  EXPECT_EQ(queue.counts(), "1 0 2");
  EXPECT_THAT(queue.bodies(), ElementsAre("none"));
  bed.advance(milliseconds(2'999));
  EXPECT_THAT(queue.bodies(), IsEmpty());
  bed.advance(milliseconds(1));
  EXPECT_THAT(queue.bodies(), ElementsAre("own delay"));
  bed.advance(seconds(7));
  EXPECT_THAT(queue.bodies(), ElementsAre("queue's delay"));
  EXPECT_EQ(queue.counts(), "0 3 0");
}

TEST(QueueTest, ManyDelayedMessagesSurviveRestarts) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  constexpr int kMessages = 2'500;  // more than one turn moves
  for (int i = 0; i < kMessages; ++i) {
    auto message = queue.message(std::to_string(i));
    message.DelaySeconds = 5;
    queue.send(message);
  }
  auto late = queue.message("late");
  late.DelaySeconds = 900;
  queue.send(late);
  bed.reopen();
  EXPECT_EQ(queue.counts(), "0 0 2501");
  bed.clock().advance(seconds(5));  // while it is down
  bed.reopen();
  bed.settle();
  EXPECT_EQ(queue.counts(), "2500 0 1");
  bed.reopen();
  for (int i = 0; i < kMessages; ++i) {
    const auto message = queue.receive().at(0);
    ASSERT_EQ(message.Body, std::to_string(i));
    queue.remove(message);
  }
  bed.advance(seconds(895));
  EXPECT_THAT(queue.bodies(), ElementsAre("late"));
}

TEST(QueueTest, DelaysEndSoManyBytesATurn) {
  TestBed bed;
  QueueDriver queue(bed, "Q", {{"DelaySeconds", "5"}});
  for (int i = 0; i < 50; ++i) queue.send(std::string(200'000, 'x'));
  bed.clock().advance(seconds(5));
  const auto& queues = bed.engine().machine().queues;
  EXPECT_TRUE(bed.engine().turn());
  EXPECT_EQ(queues.list({}, "Q", "").at(0)->counts().visible, 21U) << "4 MiB of them";
  bed.settle();
  EXPECT_EQ(queue.counts(), "50 0 0");
}

TEST(QueueTest, ALongPollWakesForWhatIsDelayedReturnedOrTimedOut) {
  TestBed bed;
  QueueDriver queue(bed, "Q", {{"VisibilityTimeout", "5"}, {"ReceiveMessageWaitTimeSeconds", "9"}});
  auto delayed = queue.message("a");
  delayed.DelaySeconds = 2;
  queue.send(delayed);
  auto poll = queue.poll();
  bed.advance(seconds(2));
  ASSERT_TRUE(poll->value);
  EXPECT_THAT(poll->value->Messages, SizeIs(1));

  poll = queue.poll();
  bed.advance(milliseconds(4'999));
  EXPECT_FALSE(poll->done());
  bed.advance(milliseconds(1));
  ASSERT_TRUE(poll->value);
  const auto again = poll->value->Messages.at(0);
  EXPECT_EQ(again.Attributes.at("ApproximateReceiveCount"), "2");

  poll = bed.begin(bed.sqs().ReceiveMessage(queue.order()));  // waits as the queue says
  EXPECT_EQ(queue.change_visibility(again, 0), "");
  ASSERT_TRUE(poll->value);
  EXPECT_THAT(poll->value->Messages, SizeIs(1));

  poll = bed.begin(bed.sqs().ReceiveMessage(queue.order()));
  queue.remove(again);  // stale
  bed.advance(milliseconds(4'999));
  EXPECT_FALSE(poll->done());
}

TEST(QueueTest, WaitersAreServedInTheOrderTheyCame) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  const auto first = bed.begin(bed.sqs().ReceiveMessage([&] {
    auto order = queue.order();
    order.WaitTimeSeconds = 20;
    return order;
  }()));
  const auto second = queue.poll();
  queue.send("a");
  EXPECT_TRUE(first->done());
  EXPECT_FALSE(second->done());
  queue.send("b");
  ASSERT_TRUE(second->value);
  EXPECT_EQ(second->value->Messages.at(0).Body, "b");
}

TEST(QueueTest, MessagesEndWithTheRetentionPeriodWhereverTheyAre) {
  TestBed bed;
  QueueDriver queue(bed, "Q", {{"MessageRetentionPeriod", "60"}, {"VisibilityTimeout", "3600"}});
  queue.send("received");
  const auto received = queue.receive().at(0);
  queue.send("waiting");
  auto delayed = queue.message("delayed");
  delayed.DelaySeconds = 30;
  queue.send(delayed);
  bed.advance(seconds(59));
  EXPECT_EQ(queue.counts(), "2 1 0");
  bed.advance(seconds(1));
  EXPECT_THAT(queue.bodies(), IsEmpty());
  bed.advance(seconds(61));
  EXPECT_EQ(queue.counts(), "0 0 0");
  EXPECT_EQ(queue.change_visibility(received, 1), "MessageNotInflight");
  bed.reopen();
  EXPECT_EQ(queue.counts(), "0 0 0");
}

TEST(QueueTest, WhatTheRetentionPeriodEndsIsToldOnceAMinute) {
  TestBed bed;
  QueueDriver queue(bed, "Q", {{"MessageRetentionPeriod", "90"}, {"VisibilityTimeout", "3600"}});
  for (const char* body : {"received", "waiting", "waiting too"}) queue.send(body);
  EXPECT_THAT(queue.bodies(1), ElementsAre("received"));
  bed.advance(seconds(91));
  EXPECT_THAT(queue.bodies(), IsEmpty());
  EXPECT_THAT(bed.log(), IsEmpty());
  bed.advance(seconds(60));
  EXPECT_THAT(bed.log(), ElementsAre("Q has dropped 3 messages that were older than its "
                                     "MessageRetentionPeriod, 90 s"));
  bed.advance(minutes(10));
  EXPECT_THAT(bed.log(), SizeIs(1));
}

TEST(QueueTest, APurgeTakesEverythingAwayOnceAMinute) {
  TestBed bed;
  QueueDriver queue(bed, "Q", {{"VisibilityTimeout", "5"}});
  for (const char* body : {"in flight", "waiting"}) queue.send(body);
  const auto received = queue.receive().at(0);
  auto delayed = queue.message("delayed");
  delayed.DelaySeconds = 5;
  queue.send(delayed);
  EXPECT_EQ(queue.counts(), "1 1 1");
  bed.run(bed.sqs().PurgeQueue({queue.url()}));
  EXPECT_EQ(queue.counts(), "0 0 0");
  EXPECT_EQ(queue.error_of_remove(received), "");
  bed.advance(seconds(59));
  EXPECT_EQ(bed.error_of(bed.sqs().PurgeQueue({queue.url()})), "PurgeQueueInProgress");
  EXPECT_THAT(queue.bodies(), IsEmpty());
  queue.send("after");
  bed.reopen();
  EXPECT_EQ(queue.counts(), "1 0 0");
  EXPECT_THAT(queue.bodies(), ElementsAre("after"));
  bed.advance(seconds(1));
  bed.run(bed.sqs().PurgeQueue({queue.url()}));
  EXPECT_EQ(queue.counts(), "0 0 0");
}

TEST(QueueTest, AQueueThatIsMadeAgainIsEmpty) {
  TestBed bed;
  for (const std::string& name : {std::string("Q"), std::string("Q.fifo")}) {
    auto queue = std::make_unique<QueueDriver>(bed, name);
    const auto fill = [&] {
      for (const char* body : {"a", "b"}) {
        name == "Q" ? queue->send(body) : queue->send(queue->message(body, body, body));
      }
    };
    fill();
    const auto received = queue->receive().at(0);
    bed.run(bed.sqs().DeleteQueue({queue->url()}));
    EXPECT_EQ(bed.error_of(bed.sqs().ReceiveMessage(queue->order())), "QueueDoesNotExist");
    EXPECT_EQ(queue->error_of_send(queue->message("x", "x", "x")), "QueueDoesNotExist");
    bed.reopen();
    EXPECT_EQ(bed.error_of(bed.sqs().GetQueueUrl({name})), "QueueDoesNotExist");
    queue = std::make_unique<QueueDriver>(bed, name);
    EXPECT_EQ(queue->counts(), "0 0 0");
    fill();  // its deduplication ids are forgotten too
    EXPECT_EQ(queue->counts(), "2 0 0");
    queue->error_of_remove(received);
    EXPECT_EQ(queue->counts(), "2 0 0");
  }
}

TEST(QueueTest, DeletingAQueueAnswersItsLongPolls) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  const auto poll = queue.poll();
  bed.run(bed.sqs().DeleteQueue({queue.url()}));
  EXPECT_TRUE(poll->done());
}

TEST(QueueTest, AttributesHaveAwsDefaultsAndLimits) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  EXPECT_EQ(queue.get("VisibilityTimeout"), "30");
  EXPECT_EQ(queue.get("MessageRetentionPeriod"), "345600");
  EXPECT_EQ(queue.get("DelaySeconds"), "0");
  EXPECT_EQ(queue.get("ReceiveMessageWaitTimeSeconds"), "0");
  EXPECT_EQ(queue.get("MaximumMessageSize"), "1048576");
  EXPECT_EQ(queue.get("QueueArn"), "arn:aws:sqs:us-east-1:000000000000:Q");
  for (const auto& [name, value] : cloud::AttributeMap{{"VisibilityTimeout", "43201"},
                                                       {"DelaySeconds", "901"},
                                                       {"MessageRetentionPeriod", "59"},
                                                       {"ReceiveMessageWaitTimeSeconds", "21"},
                                                       {"MaximumMessageSize", "1023"},
                                                       {"Policy", "{"},
                                                       {"RedrivePolicy", "{"}}) {
    EXPECT_EQ(queue.set(name, value), "InvalidAttributeValue") << name;
  }
  EXPECT_EQ(queue.set("Colour", "red"), "InvalidAttributeName");
  EXPECT_EQ(queue.set("ContentBasedDeduplication", "true"), "InvalidAttributeName");
  EXPECT_EQ(queue.set("VisibilityTimeout", "7"), "");
  bed.reopen();
  EXPECT_EQ(queue.get("VisibilityTimeout"), "7");
}

TEST(QueueTest, OnlyAttributesThatThereAreCanBeAskedFor) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  const auto ask = [&](std::vector<std::string> names) {
    return bed.sqs().GetQueueAttributes({queue.url(), std::move(names)});
  };
  EXPECT_EQ(bed.error_of(ask({"Colour"})), "InvalidAttributeName");
  EXPECT_EQ(bed.error_of(ask({"All", "visibilitytimeout"})), "InvalidAttributeName");
  EXPECT_EQ(bed.error_of(ask({""})), "InvalidAttributeName");
  EXPECT_THAT(bed.run(ask({"RedrivePolicy", "FifoQueue", "QueueArn"})).Attributes,
              ElementsAre(Key("QueueArn")))
      << "of the others this queue has none";
  for (const auto& attribute : bed.run(ask({"All"})).Attributes) {
    EXPECT_EQ(bed.run(ask({attribute.first})).Attributes.size(), 1U) << attribute.first;
  }
}

TEST(QueueTest, MakingAQueueTwiceNeedsTheSameAttributes) {
  TestBed bed;
  QueueDriver queue(bed, "Q", {{"VisibilityTimeout", "5"}});
  const auto again = [&](cloud::AttributeMap attributes) {
    return bed.error_of(bed.sqs().CreateQueue({"Q", std::move(attributes)}));
  };
  EXPECT_EQ(again({{"VisibilityTimeout", "5"}}), "");
  EXPECT_EQ(again({}), "");
  EXPECT_EQ(again({{"VisibilityTimeout", "6"}}), "QueueNameExists");
  for (const char* name : {"", "with space", "dot.dot", ".fifo"}) {
    EXPECT_EQ(bed.error_of(bed.sqs().CreateQueue({name, {}})), "InvalidParameterValue") << name;
  }
  EXPECT_EQ(bed.error_of(bed.sqs().CreateQueue({std::string(81, 'a'), {}})),
            "InvalidParameterValue");
}

TEST(QueueTest, QueuesAreListedByPrefixAndPage) {
  TestBed bed;
  for (const char* name : {"b2", "a1", "b1", "b3"}) QueueDriver(bed, name);
  cloud::ListQueuesRequest request;
  request.QueueNamePrefix = "b";
  request.MaxResults = 2;
  const auto first = bed.run(bed.sqs().ListQueues(request));
  EXPECT_THAT(first.QueueUrls, ElementsAre("http://127.0.0.1:4566/000000000000/b1",
                                           "http://127.0.0.1:4566/000000000000/b2"));
  request.NextToken = first.NextToken;
  const auto second = bed.run(bed.sqs().ListQueues(request));
  EXPECT_THAT(second.QueueUrls, ElementsAre("http://127.0.0.1:4566/000000000000/b3"));
  EXPECT_EQ(second.NextToken, "");
}

TEST(QueueTest, ReceiveParametersHaveLimits) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  const auto error = [&](auto change) {
    auto order = queue.order();
    change(order);
    return bed.error_of(bed.sqs().ReceiveMessage(order));
  };
  EXPECT_EQ(error([](auto& o) { o.MaxNumberOfMessages = 0; }), "InvalidParameterValue");
  EXPECT_EQ(error([](auto& o) { o.MaxNumberOfMessages = 11; }), "InvalidParameterValue");
  EXPECT_EQ(error([](auto& o) { o.WaitTimeSeconds = 21; }), "InvalidParameterValue");
  EXPECT_EQ(error([](auto& o) { o.VisibilityTimeout = 43'201; }), "InvalidParameterValue");
  EXPECT_EQ(error([](auto& o) { o.QueueUrl = "http://127.0.0.1:4566/000000000000/none"; }),
            "QueueDoesNotExist");
}

TEST(QueueTest, EncryptionIsKeptAndAnsweredAsOnAws) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  EXPECT_EQ(queue.get("SqsManagedSseEnabled"), "true");
  EXPECT_EQ(queue.get("KmsDataKeyReusePeriodSeconds"), "");
  EXPECT_EQ(queue.set("KmsMasterKeyId", "alias/orders"), "");
  EXPECT_EQ(queue.get("SqsManagedSseEnabled"), "false");
  EXPECT_EQ(queue.get("KmsDataKeyReusePeriodSeconds"), "300");
  EXPECT_EQ(queue.set("SqsManagedSseEnabled", "true"), "InvalidAttributeName")
      << "one or the other";
  EXPECT_EQ(queue.set("KmsDataKeyReusePeriodSeconds", "59"), "InvalidAttributeValue");
  EXPECT_EQ(queue.set("SqsManagedSseEnabled", "yes"), "InvalidAttributeValue");
  EXPECT_EQ(queue.set("KmsDataKeyReusePeriodSeconds", "60"), "");
  bed.reopen();
  EXPECT_EQ(queue.get("KmsMasterKeyId"), "alias/orders");
  EXPECT_EQ(queue.get("KmsDataKeyReusePeriodSeconds"), "60");
  EXPECT_EQ(queue.get("SqsManagedSseEnabled"), "false");
}

TEST(QueueTest, AReceiptHandleOfAnotherQueueIsNone) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  QueueDriver other(bed, "Other");
  queue.send("x");
  const auto received = queue.receive().at(0);
  EXPECT_EQ(other.error_of_remove(received), "ReceiptHandleIsInvalid");
  EXPECT_EQ(other.change_visibility(received, 0), "ReceiptHandleIsInvalid");
  const cloud::DeleteMessageBatchRequest batch{other.url(), {{"1", received.ReceiptHandle}}};
  const auto failed = bed.run(bed.sqs().DeleteMessageBatch(batch)).Failed;
  ASSERT_THAT(failed, SizeIs(1));
  EXPECT_EQ(failed[0].Code, "ReceiptHandleIsInvalid");
  EXPECT_EQ(queue.error_of_remove(received), "");
}

}  // namespace
}  // namespace doorbuster::engine
