// FIFO topics, and what becomes of what a queue does not take.
#include "engine/sns_driver.h"

namespace doorbuster::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class TopicFifoTest : public SnsTest {
 protected:
  void feed(const std::string& from, QueueDriver& to, const std::string& dead_letters = "") {
    allow(to);
    cloud::AttributeMap attributes{{"RawMessageDelivery", "true"}};
    if (!dead_letters.empty()) {
      attributes["RedrivePolicy"] = R"({"deadLetterTargetArn":")" + dead_letters + R"("})";
    }
    subscribe(from, "sqs", to.arn(), attributes);
  }

  const std::string fifo = create_fifo("F.fifo");
};

TEST_F(TopicFifoTest, ADuplicateWithinFiveMinutesIsAnsweredWithTheFirst) {
  feed(fifo, queue);
  const auto first = publish(message(fifo, "1", "g", "id"));
  EXPECT_THAT(first.SequenceNumber, SizeIs(20));
  bed.advance(minutes(4));
  bed.reopen();
  const auto again = publish(message(fifo, "2", "g", "id"));
  EXPECT_EQ(again.MessageId, first.MessageId);
  EXPECT_EQ(again.SequenceNumber, first.SequenceNumber);
  bed.advance(minutes(1));
  const auto later = publish(message(fifo, "3", "g", "id"));
  EXPECT_GT(later.SequenceNumber, first.SequenceNumber);
  EXPECT_THAT(queue.bodies(), ElementsAre("1", "3"));
}

TEST_F(TopicFifoTest, TwoOfOneTurnAreOne) {
  feed(fifo, queue);
  auto a = bed.begin_later(bed.sns().Publish(message(fifo, "1", "g", "id")));
  auto b = bed.begin_later(bed.sns().Publish(message(fifo, "1", "g", "id")));
  bed.settle();
  EXPECT_EQ(a->value->MessageId, b->value->MessageId);
  EXPECT_EQ(queue.counts(), "1 0 0");
}

TEST_F(TopicFifoTest, NumbersGrowAcrossRestartsAndTopicsKnowNothingOfEachOther) {
  const auto other = create_fifo("G.fifo");
  const auto first = publish(message(fifo, "1", "g", "a"));
  EXPECT_EQ(publish(message(other, "1", "g", "a")).SequenceNumber, first.SequenceNumber);
  bed.reopen();
  EXPECT_GT(publish(message(fifo, "1", "g", "b")).SequenceNumber, first.SequenceNumber);
}

TEST_F(TopicFifoTest, WithinAGroupIfTheScopeIsTheGroup) {
  bed.run(bed.sns().SetTopicAttributes({fifo, "FifoThroughputScope", "MessageGroup"}));
  feed(fifo, queue);
  for (const char* group : {"g", "h", "g"}) publish(message(fifo, group, group, "id"));
  EXPECT_THAT(queue.bodies(), ElementsAre("g", "h"));
}

TEST_F(TopicFifoTest, ATopicMadeAnewHasForgotten) {
  const auto first = publish(message(fifo, "1", "g", "a"));
  bed.run(bed.sns().DeleteTopic({fifo}));
  create_fifo("F.fifo");
  EXPECT_NE(publish(message(fifo, "1", "g", "a")).MessageId, first.MessageId);
}

TEST_F(TopicFifoTest, TheEnvelopeHasTheNumber) {
  allow(queue);
  subscribe(fifo, "sqs", queue.arn());
  const auto published = publish(message(fifo, "1", "g", "a"));
  EXPECT_THAT(queue.receive().at(0).Body,
              HasSubstr(R"("SequenceNumber":")" + published.SequenceNumber + '"'));
}

TEST_F(TopicFifoTest, GroupAndIdAreAskedFor) {
  EXPECT_EQ(message_of(bed.sns().Publish(message(fifo, "1", "", "a"))),
            "InvalidParameter: Invalid parameter: The MessageGroupId parameter is required for "
            "FIFO topics");
  EXPECT_THAT(message_of(bed.sns().Publish(message(fifo, "1", "g"))),
              HasSubstr("MessageDeduplicationId provided explicitly"));
  bed.run(bed.sns().SetTopicAttributes({fifo, "ContentBasedDeduplication", "true"}));
  EXPECT_EQ(message_of(bed.sns().Publish(message(fifo, "1", "g"))), "");
}

TEST_F(TopicFifoTest, WhatAQueueDoesNotTakeGoesToTheDeadLetters) {
  QueueDriver dead(bed, "Dead");
  allow(dead);
  feed(topic, queue, dead.arn());
  bed.run(bed.sqs().DeleteQueue({queue.url()}));
  publish(message(topic, "x"));
  const auto received = dead.receive();
  ASSERT_THAT(received, SizeIs(1));
  EXPECT_EQ(received[0].Body, "x");
  EXPECT_EQ(received[0].MessageAttributes.at("ErrorMessage").StringValue,
            "the queue does not exist");
  EXPECT_TRUE(received[0].MessageAttributes.contains("ErrorCode"));
  EXPECT_TRUE(received[0].MessageAttributes.contains("RequestID"));
}

TEST_F(TopicFifoTest, DeadLettersWhoseQueueForbidsItAreDroppedAndLogged) {
  QueueDriver dead(bed, "Dead");
  feed(topic, queue, dead.arn());
  EXPECT_EQ(queue.set("Policy", ""), "");
  publish(message(topic, "x"));
  EXPECT_EQ(dead.counts(), "0 0 0");
  EXPECT_THAT(bed.log(), SizeIs(2));
  EXPECT_THAT(bed.log().back(), HasSubstr(dead.arn()));
}

TEST_F(TopicFifoTest, AFifoSubscriptionsDeadLettersKeepTheirGroup) {
  QueueDriver ordered(bed, "O.fifo");
  QueueDriver dead(bed, "D.fifo");
  allow(dead);
  feed(fifo, ordered, dead.arn());
  EXPECT_EQ(ordered.set("Policy", ""), "");
  publish(message(fifo, "x", "g", "id"));
  const auto received = dead.receive();
  ASSERT_THAT(received, SizeIs(1));
  EXPECT_EQ(received[0].Attributes.at("MessageGroupId"), "g");
  EXPECT_THAT(error_of_subscribe(
                  fifo, "sqs", cloud::Scope{}.arn("sqs", "P.fifo"),
                  {{"RedrivePolicy", R"({"deadLetterTargetArn":")" + queue.arn() + R"("})"}}),
              HasSubstr("must use a FIFO queue as DLQ"));
}

}  // namespace
}  // namespace doorbuster::engine
