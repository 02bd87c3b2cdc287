// What becomes of messages that fail again and again, and how they come back.
#include "engine/queue_driver.h"

namespace doorbuster::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class DeadLettersTest : public testing::Test {
 protected:
  DeadLettersTest() { EXPECT_EQ(source.redrive_to(dead, 2), ""); }

  // Receives until it has failed too often.
  void fail(QueueDriver& queue) {
    for (int i = 0; i < 2; ++i) {
      EXPECT_THAT(queue.bodies(), testing::Not(IsEmpty()));
      bed.advance(seconds(5));
    }
    EXPECT_THAT(queue.bodies(), IsEmpty());
  }
  std::string start(const std::string& destination = "", std::optional<int> rate = std::nullopt) {
    return bed.run(bed.sqs().StartMessageMoveTask({dead.arn(), destination, rate})).TaskHandle;
  }
  std::string error_of_start(const std::string& from, const std::string& to = "",
                             std::optional<int> rate = std::nullopt) {
    return bed.error_of(bed.sqs().StartMessageMoveTask({from, to, rate}));
  }
  cloud::ListMessageMoveTasksResultEntry last_task() {
    return bed.run(bed.sqs().ListMessageMoveTasks({dead.arn(), std::nullopt})).Results.at(0);
  }
  // `count` messages that have failed on the source.
  void make_dead_letters(int count) {
    for (int i = 0; i < count; ++i) source.send(std::to_string(i));
    for (int round = 0; round < 2; ++round) {
      while (!source.receive(10).empty()) {
      }
      bed.advance(seconds(5));
    }
    while (source.counts() != "0 0 0") EXPECT_THAT(source.receive(10), IsEmpty());
    EXPECT_EQ(dead.counts(), std::to_string(count) + " 0 0");
  }

  // `count` messages that the source would move next.
  void receive_twice(int count, std::size_t bytes) {
    for (int i = 0; i < count; ++i) source.send(std::string(bytes, 'x'));
    for (int round = 0; round < 2; ++round) {
      for (int left = count; left > 0; left -= 10) EXPECT_THAT(source.receive(10), SizeIs(10));
      bed.advance(seconds(5));
    }
    EXPECT_EQ(source.counts(), std::to_string(count) + " 0 0");
  }

  TestBed bed;
  QueueDriver source{bed, "Source", {{"VisibilityTimeout", "5"}}};
  QueueDriver dead{bed, "Dead", {{"VisibilityTimeout", "5"}}};
};

TEST_F(DeadLettersTest, AMessageMovesWhenItHasBeenReceivedTooOften) {
  const auto sent = source.send("x");
  const auto sent_at = std::to_string(to_ms(bed.clock().now()));
  fail(source);
  EXPECT_EQ(source.counts(), "0 0 0");
  EXPECT_EQ(dead.counts(), "1 0 0");
  bed.reopen();
  const auto message = dead.receive().at(0);
  EXPECT_EQ(message.Body, "x");
  EXPECT_EQ(message.MessageId, sent.MessageId);
  EXPECT_EQ(message.Attributes.at("SentTimestamp"), sent_at);
  EXPECT_EQ(message.Attributes.at("DeadLetterQueueSourceArn"), source.arn());
}

TEST_F(DeadLettersTest, ReceivesAreCountedOverRestarts) {
  source.send("x");
  for (int i = 0; i < 2; ++i) {
    source.receive();
    bed.reopen();
    bed.advance(seconds(5));
  }
  EXPECT_THAT(source.bodies(), IsEmpty());
  EXPECT_EQ(dead.counts(), "1 0 0");
}

TEST_F(DeadLettersTest, OthersAreDeliveredByTheReceiveThatMovesOne) {
  source.send("bad");
  for (int i = 0; i < 2; ++i) {
    source.receive();
    bed.advance(seconds(5));
  }
  source.send("good");
  EXPECT_THAT(source.bodies(), ElementsAre("good"));
  EXPECT_EQ(dead.counts(), "1 0 0");
}

// A receive has others wait for it.
TEST_F(DeadLettersTest, OneReceiveMovesSomeAndTheNextGoOn) {
  receive_twice(2'500, 10);
  EXPECT_THAT(source.bodies(), IsEmpty());
  EXPECT_EQ(dead.counts(), "1000 0 0");
  EXPECT_THAT(source.bodies(), IsEmpty());
  EXPECT_EQ(dead.counts(), "2000 0 0");
  source.send("good");
  EXPECT_THAT(source.bodies(), ElementsAre("good"));
  EXPECT_EQ(dead.counts(), "2500 0 0");
}

TEST_F(DeadLettersTest, OneReceiveMovesSoManyBytes) {
  receive_twice(100, 200'000);
  EXPECT_THAT(source.bodies(), IsEmpty());
  EXPECT_EQ(dead.counts(), "21 0 0") << "4 MiB of them";
}

TEST_F(DeadLettersTest, ALongPollGoesOnUntilThereIsSomethingToHave) {
  receive_twice(2'500, 10);
  const auto poll = source.poll();
  EXPECT_FALSE(poll->done());
  EXPECT_EQ(dead.counts(), "2500 0 0");
  source.send("good");
  ASSERT_TRUE(poll->value);
  EXPECT_EQ(poll->value->Messages.at(0).Body, "good");
}

TEST_F(DeadLettersTest, AMoveTakesSoManyBytesAtATime) {
  receive_twice(100, 200'000);
  while (source.counts() != "0 0 0") EXPECT_THAT(source.bodies(), IsEmpty());
  const auto handle = start();
  EXPECT_EQ(last_task().ApproximateNumberOfMessagesMoved, 21);
  bed.advance(seconds(1));
  EXPECT_EQ(last_task().ApproximateNumberOfMessagesMoved, 100);
  EXPECT_EQ(last_task().Status, "COMPLETED");
}

TEST_F(DeadLettersTest, ALongPollOnTheDeadLettersWakes) {
  source.send("x");
  const auto poll = dead.poll();
  fail(source);
  ASSERT_TRUE(poll->value);
  EXPECT_EQ(poll->value->Messages.at(0).Body, "x");
}

TEST_F(DeadLettersTest, ALongPollOnTheSourceMovesItToTheWaiterOnTheDeadLetters) {
  source.send("x");
  const auto dead_poll = dead.poll();
  for (int i = 0; i < 2; ++i) {
    source.receive();
    if (i == 0) bed.advance(seconds(5));
  }
  const auto source_poll = source.poll();
  bed.advance(seconds(5));
  EXPECT_FALSE(source_poll->done());
  ASSERT_TRUE(dead_poll->value);
  EXPECT_THAT(dead_poll->value->Messages, SizeIs(1));
}

TEST_F(DeadLettersTest, AChainOfTwoKeepsTheLastSource) {
  QueueDriver last(bed, "Last");
  EXPECT_EQ(dead.redrive_to(last, 2), "");
  const auto sent = source.send("x");
  fail(source);
  fail(dead);
  const auto message = last.receive().at(0);
  EXPECT_EQ(message.MessageId, sent.MessageId);
  EXPECT_EQ(message.Attributes.at("DeadLetterQueueSourceArn"), dead.arn());
  EXPECT_EQ(message.Attributes.at("ApproximateReceiveCount"), "1");
  EXPECT_EQ(source.counts() + dead.counts(), "0 0 00 0 0");
}

TEST_F(DeadLettersTest, ATargetMustExistAndBeOfTheSameKind) {
  QueueDriver fifo(bed, "Q.fifo");
  EXPECT_EQ(source.redrive_to(fifo, 2), "InvalidParameterValue");
  const std::string nowhere =
      R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:None","maxReceiveCount":2})";
  EXPECT_EQ(source.set("RedrivePolicy", nowhere), "InvalidParameterValue");
  EXPECT_EQ(bed.error_of(bed.sqs().CreateQueue({"New", {{"RedrivePolicy", nowhere}}})),
            "InvalidParameterValue");
  EXPECT_EQ(source.redrive_to(dead, 0), "InvalidParameterValue");
  EXPECT_EQ(source.redrive_to(dead, 1'001), "InvalidParameterValue");
}

TEST_F(DeadLettersTest, WithoutItsTargetAMessageStays) {
  source.send("x");
  bed.run(bed.sqs().DeleteQueue({dead.url()}));
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(source.bodies(), ElementsAre("x"));
    bed.advance(seconds(5));
  }
  EXPECT_EQ(source.set("RedrivePolicy", ""), "");
  EXPECT_THAT(source.bodies(), ElementsAre("x"));
}

TEST_F(DeadLettersTest, AFifoQueueMovesInOrderAndBeginsAnew) {
  QueueDriver fifo(bed, "Q.fifo", {{"VisibilityTimeout", "5"}});
  QueueDriver fifo_dead(bed, "D.fifo");
  EXPECT_EQ(fifo.redrive_to(fifo_dead, 1), "");
  const auto there = fifo_dead.send_to("a", "first there");
  for (const char* body : {"a1", "a2"}) fifo.send_to("a", body);
  EXPECT_THAT(fifo.bodies(1), ElementsAre("a1"));
  bed.advance(seconds(5));
  EXPECT_THAT(fifo.bodies(1), ElementsAre("a2")) << "a1 has moved out of its way";
  const auto messages = fifo_dead.receive(10);
  ASSERT_THAT(messages, SizeIs(2));
  EXPECT_EQ(messages[1].Body, "a1");
  // A FIFO dead-letter queue counts the retention from the move.
  EXPECT_EQ(messages[1].Attributes.at("SentTimestamp"), std::to_string(to_ms(bed.clock().now())));
  EXPECT_GT(messages[1].Attributes.at("SequenceNumber"), there.SequenceNumber);
}

// --- Move tasks -------------------------------------------------------------------------------

TEST_F(DeadLettersTest, ATaskMovesMessagesBackToTheirSource) {
  make_dead_letters(1'200);
  const auto handle = start();
  bed.reopen();
  bed.advance(seconds(5));
  EXPECT_EQ(source.counts(), "1200 0 0");
  EXPECT_EQ(dead.counts(), "0 0 0");
  const auto task = last_task();
  EXPECT_EQ(task.Status, "COMPLETED");
  EXPECT_EQ(task.TaskHandle, handle);
  EXPECT_EQ(task.SourceArn, dead.arn());
  EXPECT_EQ(task.ApproximateNumberOfMessagesMoved, 1'200);
  EXPECT_EQ(task.ApproximateNumberOfMessagesToMove, 1'200);
  const auto message = source.receive().at(0);
  EXPECT_EQ(message.Attributes.at("ApproximateReceiveCount"), "1");
  EXPECT_FALSE(message.Attributes.contains("DeadLetterQueueSourceArn"));
}

TEST_F(DeadLettersTest, ATaskMovesToAGivenDestinationAndWakesItsWaiters) {
  make_dead_letters(3);
  QueueDriver other(bed, "Other");
  const auto poll = other.poll();
  start(other.arn());
  bed.advance(seconds(1));
  ASSERT_TRUE(poll->value);
  EXPECT_THAT(poll->value->Messages, SizeIs(3));
  EXPECT_EQ(source.counts(), "0 0 0");
}

TEST_F(DeadLettersTest, ATaskKeepsToItsRate) {
  for (const int rate : {1, 7, 15, 100}) {
    make_dead_letters(200);
    start("", rate);
    bed.advance(seconds(1));
    const auto moved = last_task().ApproximateNumberOfMessagesMoved;
    EXPECT_GE(moved, rate) << rate;
    EXPECT_LE(moved, rate + std::max(1, rate / 10)) << rate;
    bed.run(bed.sqs().CancelMessageMoveTask({last_task().TaskHandle}));
    bed.advance(seconds(60));
    bed.run(bed.sqs().PurgeQueue({dead.url()}));
    bed.run(bed.sqs().PurgeQueue({source.url()}));
  }
}

TEST_F(DeadLettersTest, ATaskIsCancelledAndAnotherFollows) {
  make_dead_letters(20);
  const auto handle = start("", 10);
  bed.advance(milliseconds(350));
  EXPECT_EQ(error_of_start(dead.arn()), "UnsupportedOperation") << "one at a time";
  EXPECT_EQ(last_task().Status, "RUNNING");
  const auto cancelled = bed.run(bed.sqs().CancelMessageMoveTask({handle}));
  EXPECT_EQ(cancelled.ApproximateNumberOfMessagesMoved, 4);
  EXPECT_EQ(last_task().Status, "CANCELLED");
  EXPECT_EQ(bed.error_of(bed.sqs().CancelMessageMoveTask({handle})), "UnsupportedOperation");
  EXPECT_EQ(bed.error_of(bed.sqs().CancelMessageMoveTask({"none"})), "ResourceNotFoundException");
  bed.advance(minutes(1));
  EXPECT_EQ(source.counts(), "4 0 0");
  bed.reopen();
  EXPECT_EQ(last_task().Status, "CANCELLED");
  start();
  bed.advance(seconds(1));
  EXPECT_EQ(source.counts(), "20 0 0");
  const auto tasks = bed.run(bed.sqs().ListMessageMoveTasks({dead.arn(), 10})).Results;
  ASSERT_THAT(tasks, SizeIs(2));
  EXPECT_EQ(tasks[0].Status, "COMPLETED") << "the last one first";
}

TEST_F(DeadLettersTest, TenEndedTasksAreKept) {
  for (int i = 0; i < 12; ++i) {
    start();
    bed.advance(seconds(1));
  }
  EXPECT_THAT(bed.run(bed.sqs().ListMessageMoveTasks({dead.arn(), 10})).Results, SizeIs(10));
}

TEST_F(DeadLettersTest, AMessageThatNeverFailedHasNoSourceToGoTo) {
  dead.send("sent here");
  start();
  bed.advance(seconds(1));
  EXPECT_EQ(last_task().Status, "FAILED");
  EXPECT_EQ(last_task().FailureReason, "CouldNotDetermineMessageSource");
  EXPECT_EQ(dead.counts(), "1 0 0");
}

TEST_F(DeadLettersTest, ATaskFailsWhenItsDestinationGoes) {
  make_dead_letters(50);
  auto other = QueueDriver(bed, "Other");
  start(other.arn(), 10);
  bed.advance(seconds(1));
  bed.run(bed.sqs().DeleteQueue({other.url()}));
  bed.advance(seconds(1));
  EXPECT_EQ(last_task().Status, "FAILED");
  EXPECT_EQ(last_task().FailureReason, "AWS.SimpleQueueService.NonExistentQueue");
}

TEST_F(DeadLettersTest, AFifoTaskWaitsForGroupsThatAreInFlight) {
  QueueDriver fifo(bed, "Q.fifo", {{"VisibilityTimeout", "5"}});
  QueueDriver fifo_dead(bed, "D.fifo", {{"VisibilityTimeout", "5"}});
  EXPECT_EQ(fifo.redrive_to(fifo_dead, 1), "");
  for (const char* body : {"a1", "a2"}) fifo_dead.send_to("a", body);
  fifo_dead.receive();
  bed.run(bed.sqs().StartMessageMoveTask({fifo_dead.arn(), fifo.arn(), std::nullopt}));
  bed.advance(seconds(1));
  EXPECT_EQ(fifo.counts(), "0 0 0");
  bed.advance(seconds(5));
  EXPECT_THAT(fifo.bodies(1), ElementsAre("a1"));
}

TEST_F(DeadLettersTest, StartingATaskIsRefused) {
  const std::string none = "arn:aws:sqs:us-east-1:000000000000:None";
  EXPECT_EQ(error_of_start(none), "ResourceNotFoundException");
  EXPECT_EQ(error_of_start(dead.arn(), none), "ResourceNotFoundException");
  EXPECT_EQ(error_of_start(source.arn()), "InvalidParameterValue") << "nobody's dead letters";
  EXPECT_EQ(error_of_start(dead.arn(), "", 0), "InvalidParameterValue");
  EXPECT_EQ(error_of_start(dead.arn(), "", 501), "InvalidParameterValue");
  EXPECT_EQ(bed.error_of(bed.sqs().ListMessageMoveTasks({none, std::nullopt})),
            "ResourceNotFoundException");
  EXPECT_EQ(bed.error_of(bed.sqs().ListMessageMoveTasks({dead.arn(), 11})),
            "InvalidParameterValue");
}

}  // namespace
}  // namespace doorbuster::engine
