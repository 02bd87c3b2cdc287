// FIFO queues: order within groups, and deduplication.
#include <set>

#include "engine/queue_driver.h"

namespace doorbuster::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(FifoQueueTest, AGroupWaitsWhileOneOfItsMessagesIsInFlightAndOthersProceed) {
  TestBed bed;
  QueueDriver queue(bed, "Q.fifo", {{"VisibilityTimeout", "5"}});
  for (const char* body : {"a1", "a2", "b1", "a3"}) queue.send_to({body[0]}, body);
  const auto a1 = queue.receive().at(0);
  EXPECT_EQ(a1.Body, "a1");
  EXPECT_THAT(queue.bodies(), ElementsAre("b1"));
  EXPECT_THAT(queue.bodies(), IsEmpty());
  EXPECT_EQ(queue.counts(), "2 2 0");
  queue.remove(a1);
  EXPECT_THAT(queue.bodies(), ElementsAre("a2", "a3"));
  bed.advance(seconds(5));
  EXPECT_THAT(queue.bodies(), ElementsAre("a2", "a3", "b1")) << "again, and still in order";
}

TEST(FifoQueueTest, OneReceiveTakesAsManyOfAGroupAsItCan) {
  TestBed bed;
  QueueDriver queue(bed, "Q.fifo");
  for (const char* body : {"a1", "b1", "a2", "b2", "a3"}) queue.send_to({body[0]}, body);
  EXPECT_THAT(queue.bodies(4), ElementsAre("a1", "a2", "a3", "b1"));
  EXPECT_THAT(queue.bodies(4), IsEmpty());
}

TEST(FifoQueueTest, WithVisibilityTimeout0AMessageIsGivenOnceARequestAndStaysFirst) {
  TestBed bed;
  QueueDriver queue(bed, "Q.fifo");
  for (const char* body : {"a1", "a2", "b1"}) queue.send_to({body[0]}, body);
  auto order = queue.order(10);
  order.VisibilityTimeout = 0;
  for (int i = 0; i < 3; ++i) EXPECT_THAT(queue.receive(order), SizeIs(3));
  EXPECT_EQ(queue.counts(), "3 0 0");
  EXPECT_THAT(queue.bodies(1), ElementsAre("a1"));
}

TEST(FifoQueueTest, AReceivedMessageBlocksItsGroupOverARestart) {
  TestBed bed;
  QueueDriver queue(bed, "Q.fifo", {{"VisibilityTimeout", "60"}});
  for (const char* body : {"a1", "a2", "b1"}) queue.send_to({body[0]}, body);
  const auto a1 = queue.receive().at(0);
  bed.reopen();
  EXPECT_EQ(queue.counts(), "2 1 0");
  EXPECT_THAT(queue.bodies(), ElementsAre("b1"));
  queue.remove(a1);
  EXPECT_THAT(queue.bodies(), ElementsAre("a2"));
  EXPECT_EQ(queue.counts(), "0 2 0");
  bed.reopen();
  bed.advance(seconds(60));
  EXPECT_THAT(queue.bodies(), ElementsAre("a2", "b1"));
}

TEST(FifoQueueTest, AHandleExpiresWithItsVisibilityTimeout) {
  TestBed bed;
  QueueDriver queue(bed, "Q.fifo", {{"VisibilityTimeout", "5"}});
  queue.send_to("a", "a1");
  const auto stale = queue.receive().at(0);
  bed.advance(seconds(5));
  EXPECT_EQ(queue.error_of_remove(stale), "InvalidParameterValue") << "it is visible again";
  const auto fresh = queue.receive().at(0);
  EXPECT_EQ(queue.error_of_remove(stale), "InvalidParameterValue") << "it was received again";
  EXPECT_EQ(queue.change_visibility(stale, 0), "MessageNotInflight");
  EXPECT_EQ(queue.counts(), "0 1 0");
  EXPECT_EQ(queue.error_of_remove(fresh), "");
  EXPECT_EQ(queue.counts(), "0 0 0");
}

TEST(FifoQueueTest, TheSameDeduplicationIdWithinFiveMinutesIsTheSameMessage) {
  TestBed bed;
  QueueDriver queue(bed, "Q.fifo");
  const auto first = queue.send(queue.message("body", "a", "id"));
  queue.remove(queue.receive().at(0));
  bed.advance(milliseconds(299'999));
  bed.reopen();
  const auto second = queue.send(queue.message("other body", "b", "id"));
  EXPECT_EQ(second.MessageId, first.MessageId);
  EXPECT_EQ(second.SequenceNumber, first.SequenceNumber);
  EXPECT_THAT(queue.bodies(), IsEmpty());
  bed.advance(milliseconds(1));
  const auto third = queue.send(queue.message("body", "a", "id"));
  EXPECT_NE(third.MessageId, first.MessageId);
  EXPECT_THAT(queue.bodies(), ElementsAre("body"));
  EXPECT_EQ(queue.send(queue.message("body", "a", "id")).MessageId, third.MessageId)
      << "the five minutes begin again";
}

TEST(FifoQueueTest, TheIntervalIsNotProlongedByDuplicates) {
  TestBed bed;
  QueueDriver queue(bed, "Q.fifo");
  const auto first = queue.send(queue.message("x", "a", "id"));
  bed.advance(minutes(4));
  EXPECT_EQ(queue.send(queue.message("x", "a", "id")).MessageId, first.MessageId);
  bed.advance(minutes(1));
  EXPECT_NE(queue.send(queue.message("x", "a", "id")).MessageId, first.MessageId);
}

// Records of what was taken, and of when.
std::size_t remembered(TestBed& bed) {
  std::size_t count = 0;
  bed.engine().store().scan(Family::state, "d", "f", [&](auto, auto) { return ++count, true; });
  return count;
}

TEST(FifoQueueTest, AQueueForgetsWhatItTookWhetherItIsUsedOrNot) {
  TestBed bed;
  QueueDriver queue(bed, "Q.fifo");
  constexpr int kMessages = 25'000;  // more than it forgets at once
  for (int i = 0; i < kMessages; ++i) {
    const std::string id = std::to_string(i);
    bed.begin_later(bed.sqs().SendMessage(queue.message("x", id, id)));
  }
  bed.settle();
  bed.run(bed.sqs().PurgeQueue({queue.url()}));
  EXPECT_EQ(remembered(bed), 2U * kMessages);
  bed.advance(milliseconds(299'999));
  EXPECT_EQ(remembered(bed), 2U * kMessages);
  bed.advance(seconds(1));
  EXPECT_EQ(remembered(bed), 0U);
  EXPECT_EQ(bed.engine().alarm(), std::nullopt) << "and has nothing more to do";
}

TEST(FifoQueueTest, AQueueForgetsAfterARestartWhatItTookBefore) {
  TestBed bed;
  QueueDriver queue(bed, "Q.fifo");
  for (const char* body : {"1", "2"}) {
    queue.send_to("a", body);
    queue.remove(queue.receive().at(0));
    bed.advance(minutes(2));
  }
  bed.reopen();
  bed.advance(minutes(1));
  EXPECT_EQ(remembered(bed), 2U);
  bed.advance(minutes(2));
  EXPECT_EQ(remembered(bed), 0U);
}

TEST(FifoQueueTest, DuplicatesWithinOneBatchAreTakenOnce) {
  TestBed bed;
  QueueDriver queue(bed, "Q.fifo");
  cloud::SendMessageBatchRequest batch{queue.url(), {}};
  for (const char* id : {"1", "2"}) {
    cloud::SendMessageBatchRequestEntry entry;
    static_cast<cloud::SendMessageRequest&>(entry) = queue.message("x", "a", "same");
    entry.Id = id;
    batch.Entries.push_back(entry);
  }
  const auto result = bed.run(bed.sqs().SendMessageBatch(batch));
  ASSERT_THAT(result.Successful, SizeIs(2));
  EXPECT_EQ(result.Successful[0].MessageId, result.Successful[1].MessageId);
  EXPECT_EQ(queue.counts(), "1 0 0");
}

TEST(FifoQueueTest, DeduplicationByContentLooksAtTheBodyOnly) {
  TestBed bed;
  QueueDriver queue(bed, "Q.fifo", {{"ContentBasedDeduplication", "true"}});
  auto message = queue.message("same", "a", "");
  const auto first = queue.send(message);
  message.MessageAttributes["colour"] = {"String", "red", ""};
  EXPECT_EQ(queue.send(message).MessageId, first.MessageId);
  message.MessageDeduplicationId = "explicit";
  EXPECT_NE(queue.send(message).MessageId, first.MessageId) << "the explicit id beats the content";
  EXPECT_NE(queue.send(queue.message("other", "a", "")).MessageId, first.MessageId);
  const auto received = queue.receive().at(0);
  EXPECT_EQ(received.Attributes.at("MessageDeduplicationId"),
            "0967115f2813a3541eaef77de9d9d5773f1c0c04314b0bbfe4ff3b3b1c55b5d5");  // its SHA-256
}

TEST(FifoQueueTest, DeduplicationCanBePerGroup) {
  TestBed bed;
  QueueDriver queue(bed, "Q.fifo", {{"DeduplicationScope", "messageGroup"}});
  const auto a = queue.send(queue.message("x", "a", "id"));
  EXPECT_NE(queue.send(queue.message("x", "b", "id")).MessageId, a.MessageId);
  EXPECT_EQ(queue.send(queue.message("x", "a", "id")).MessageId, a.MessageId);
  EXPECT_EQ(queue.counts(), "2 0 0");
}

TEST(FifoQueueTest, ThroughputIsLimitedByGroupOnlyWhereDeduplicationIs) {
  TestBed bed;
  QueueDriver queue(bed, "Q.fifo");
  EXPECT_EQ(queue.get("FifoThroughputLimit"), "perQueue");
  EXPECT_EQ(queue.set("FifoThroughputLimit", "perMessageGroupId"), "InvalidAttributeValue");
  const auto set = [&](cloud::AttributeMap attributes) {
    return bed.error_of(bed.sqs().SetQueueAttributes({queue.url(), std::move(attributes)}));
  };
  EXPECT_EQ(
      set({{"DeduplicationScope", "messageGroup"}, {"FifoThroughputLimit", "perMessageGroupId"}}),
      "");
  EXPECT_EQ(queue.set("DeduplicationScope", "queue"), "InvalidAttributeValue");
  EXPECT_EQ(queue.set("FifoThroughputLimit", "perGroup"), "InvalidAttributeValue");
  bed.reopen();
  EXPECT_EQ(queue.get("DeduplicationScope"), "messageGroup");
  EXPECT_EQ(queue.get("FifoThroughputLimit"), "perMessageGroupId");
  EXPECT_EQ(set({{"DeduplicationScope", "queue"}, {"FifoThroughputLimit", "perQueue"}}), "");
  QueueDriver standard(bed, "Q");
  EXPECT_EQ(standard.set("FifoThroughputLimit", "perQueue"), "InvalidAttributeName");
}

TEST(FifoQueueTest, SequenceNumbersGrowOverDelaysAndRestarts) {
  TestBed bed;
  QueueDriver queue(bed, "Q.fifo", {{"DelaySeconds", "2"}});
  std::string last;
  for (int i = 0; i < 20; ++i) {
    const auto sent = queue.send_to("a", std::to_string(i));
    EXPECT_EQ(sent.SequenceNumber.size(), 20U);
    EXPECT_GT(sent.SequenceNumber, last);
    last = sent.SequenceNumber;
    bed.advance(milliseconds(700));
    if (i % 5 == 0) bed.reopen();
    if (i == 10) {
      for (const auto& message : queue.receive(10)) queue.remove(message);
    }
  }
  const auto received = queue.receive().at(0);
  EXPECT_EQ(received.Attributes.at("MessageGroupId"), "a");
  EXPECT_LT(received.Attributes.at("SequenceNumber"), last);
}

TEST(FifoQueueTest, AFifoQueueAsksForGroupAndDeduplicationId) {
  TestBed bed;
  QueueDriver queue(bed, "Q.fifo");
  EXPECT_EQ(queue.error_of_send(queue.message("x", "", "id")), "MissingParameter");
  EXPECT_EQ(queue.error_of_send(queue.message("x", "a", "")), "InvalidParameterValue");
  EXPECT_EQ(queue.error_of_send(queue.message("x", "a", std::string(129, 'i'))),
            "InvalidParameterValue");
  EXPECT_EQ(queue.error_of_send(queue.message("x", "a b", "id")), "InvalidParameterValue");
  auto delayed = queue.message("x", "a", "id");
  delayed.DelaySeconds = 1;
  EXPECT_EQ(queue.error_of_send(delayed), "InvalidParameterValue");
  EXPECT_EQ(queue.counts(), "0 0 0");
}

TEST(FifoQueueTest, AQueueIsFifoIfItsNameAndItsAttributeSaySo) {
  TestBed bed;
  const auto error = [&](const std::string& name, cloud::AttributeMap attributes) {
    return bed.error_of(bed.sqs().CreateQueue({name, std::move(attributes)}));
  };
  EXPECT_EQ(error("Q.fifo", {}), "InvalidParameterValue");
  EXPECT_EQ(error("Q.fifo", {{"FifoQueue", "false"}}), "InvalidParameterValue");
  EXPECT_EQ(error("Q", {{"FifoQueue", "true"}}), "InvalidParameterValue");
  EXPECT_EQ(error(".fifo", {{"FifoQueue", "true"}}), "InvalidParameterValue");
  EXPECT_EQ(error("Q", {{"FifoQueue", "false"}}), "InvalidAttributeName")
      << "a standard queue has no such attribute";
  EXPECT_EQ(error("Q.fifo", {{"FifoQueue", "true"}}), "");
  EXPECT_EQ(error("Q", {}), "");
}

TEST(FifoQueueTest, AStandardQueueTakesNoDeduplicationId) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  EXPECT_EQ(queue.error_of_send(queue.message("x", "a", "id")), "InvalidParameterValue");
  EXPECT_EQ(queue.error_of_send(queue.message("x", "a", "")), "") << "groups make it a fair queue";
}

TEST(FifoQueueTest, AWaiterGetsTheNextOfAGroupWhenItIsFree) {
  TestBed bed;
  QueueDriver queue(bed, "Q.fifo", {{"VisibilityTimeout", "5"}});
  for (const char* body : {"a1", "a2"}) queue.send_to("a", body);
  const auto a1 = queue.receive().at(0);
  const auto poll = queue.poll();
  EXPECT_FALSE(poll->done());
  queue.remove(a1);
  ASSERT_TRUE(poll->value);
  EXPECT_EQ(poll->value->Messages.at(0).Body, "a2");
}

TEST(FifoQueueTest, ABacklogOfBlockedGroupsIsCountedOverRestarts) {
  TestBed bed;
  QueueDriver queue(bed, "Q.fifo", {{"VisibilityTimeout", "600"}});
  constexpr int kMessages = 300;
  for (int i = 0; i < kMessages; ++i) queue.send_to("g" + std::to_string(i % 7), std::to_string(i));
  std::set<std::string> seen;
  int deleted = 0;
  while (deleted < kMessages) {
    const auto messages = queue.receive(10);
    ASSERT_THAT(messages, testing::Not(IsEmpty()));
    for (std::size_t i = 0; i < messages.size(); ++i) {
      EXPECT_TRUE(seen.insert(messages[i].Body).second) << messages[i].Body;
      queue.remove(messages[i]);
      ++deleted;
      if (deleted % 50 == 3) bed.reopen();
    }
    EXPECT_EQ(queue.counts(), std::to_string(kMessages - deleted) + " 0 0");
  }
}

// More messages than a window holds were received, became visible again, and stand behind some that
// wait for their group.
TEST(FifoQueueTest, ManyMessagesThatAreVisibleAgainHideNoneThatWaitBeforeThem) {
  TestBed bed;
  QueueDriver queue(bed, "Q.fifo", {{"VisibilityTimeout", "43200"}});
  constexpr int kFirst = 5;
  constexpr int kOthers = 20'100;
  for (int i = 0; i < kFirst + kOthers; ++i) {
    const std::string body = std::to_string(i);
    bed.begin_later(
        bed.sqs().SendMessage(queue.message(body, i < kFirst ? "blocked" : body, body)));
  }
  bed.settle();
  const auto blocking = queue.receive().at(0);
  auto order = queue.order(10);
  order.VisibilityTimeout = 60;
  int deleted = 0;
  for (int received = 0; received < kOthers; received += 10) {
    const auto messages = queue.receive(order);
    ASSERT_THAT(messages, SizeIs(10));
    if (received % 1'000 != 0) continue;
    queue.remove(messages[5]);
    ++deleted;
  }
  const std::string counts =
      std::to_string(kFirst - 1 + kOthers - deleted) + " 1 0";  // once they are visible again
  bed.advance(seconds(60));
  EXPECT_EQ(queue.counts(), counts);

  bed.reopen();
  EXPECT_EQ(queue.counts(), counts);
  // Something must change, so that the next restart finds what this one made of it.
  queue.remove(queue.receive().at(0));
  bed.reopen();
  EXPECT_EQ(queue.counts(), std::to_string(kFirst - 2 + kOthers - deleted) + " 1 0");
  queue.remove(blocking);
  EXPECT_THAT(queue.bodies(kFirst - 1), ElementsAre("1", "2", "3", "4"));
}

}  // namespace
}  // namespace doorbuster::engine
