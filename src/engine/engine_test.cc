#include "engine/engine.h"

#include "engine/test_bed.h"

namespace doorbuster::engine {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* kQueueUrl = "http://127.0.0.1:4566/000000000000/Orders";

TEST(EngineTest, AMessageIsSentReceivedAndDeleted) {
  TestBed bed;
  EXPECT_EQ(bed.run(bed.sqs().CreateQueue({"Orders", {}})).QueueUrl, kQueueUrl);
  cloud::SendMessageRequest send;
  send.QueueUrl = kQueueUrl;
  send.MessageBody = "hello";
  EXPECT_EQ(bed.run(bed.sqs().SendMessage(send)).MD5OfMessageBody,
            "5d41402abc4b2a76b9719d911017c592");

  cloud::ReceiveMessageRequest receive;
  receive.QueueUrl = kQueueUrl;
  const auto first = bed.run(bed.sqs().ReceiveMessage(receive));
  ASSERT_THAT(first.Messages, SizeIs(1));
  EXPECT_EQ(first.Messages[0].Body, "hello");
  EXPECT_THAT(bed.run(bed.sqs().ReceiveMessage(receive)).Messages, SizeIs(0));

  bed.run(bed.sqs().DeleteMessage({kQueueUrl, first.Messages[0].ReceiptHandle}));
  bed.advance(std::chrono::minutes(1));
  EXPECT_THAT(bed.run(bed.sqs().ReceiveMessage(receive)).Messages, SizeIs(0));
}

TEST(EngineTest, WhatWasAcknowledgedIsThereAfterARestart) {
  TestBed bed;
  bed.run(bed.sqs().CreateQueue({"Orders", {}}));
  cloud::SendMessageRequest send;
  send.QueueUrl = kQueueUrl;
  for (int i = 0; i < 3; ++i) {
    send.MessageBody = std::to_string(i);
    bed.run(bed.sqs().SendMessage(send));
  }
  cloud::ReceiveMessageRequest receive;
  receive.QueueUrl = kQueueUrl;
  const auto first = bed.run(bed.sqs().ReceiveMessage(receive));
  bed.reopen();

  receive.MaxNumberOfMessages = 10;
  EXPECT_THAT(bed.run(bed.sqs().ReceiveMessage(receive)).Messages, SizeIs(2));
  bed.run(bed.sqs().DeleteMessage({kQueueUrl, first.Messages[0].ReceiptHandle}));
  bed.advance(std::chrono::minutes(1));
  EXPECT_THAT(bed.run(bed.sqs().ReceiveMessage(receive)).Messages, SizeIs(2));
}

// However often the process is killed, its own work goes on where it stood.
TEST(EngineTest, AReceiveInThisProcessThatARestartCutsShortIsNone) {
  TestBed bed;
  bed.run(bed.sqs().CreateQueue({"Orders", {}}));
  cloud::SendMessageRequest send;
  send.QueueUrl = kQueueUrl;
  send.MessageBody = "hello";
  bed.run(bed.sqs().SendMessage(send));
  auto receive = [](Machine& m, Turn& turn, std::unique_ptr<Reply<std::vector<Delivery>>>& reply) {
    ReceiveOrder order;
    order.in_process = true;
    m.queues.receive(turn, m.queues.by_url({}, kQueueUrl), std::move(order), reply);
  };
  const auto receive_count = [&](bool give_back) {
    const auto delivery = bed.run(bed.engine().call<std::vector<Delivery>>(receive)).at(0);
    if (give_back) {
      bed.run(bed.sqs().ChangeMessageVisibility({kQueueUrl, delivery.handle.str(), 0}));
    }
    return delivery.receive_count;
  };
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(receive_count(false), 1U);
    bed.reopen();
  }
  EXPECT_EQ(receive_count(true), 1U);
  bed.reopen();
  EXPECT_EQ(receive_count(true), 2U);
}

// Messages that were received together are kept together: writing one writes the other again.
TEST(EngineTest, AReceiveThatWasCutShortIsTakenBackOnce) {
  TestBed bed;
  bed.run(bed.sqs().CreateQueue({"Orders", {}}));
  cloud::SendMessageRequest send;
  send.QueueUrl = kQueueUrl;
  for (const char* body : {"first", "second"}) {
    send.MessageBody = body;
    bed.run(bed.sqs().SendMessage(send));
  }
  auto receive = [](int max) {
    return [max](Machine& m, Turn& turn, std::unique_ptr<Reply<std::vector<Delivery>>>& reply) {
      ReceiveOrder order;
      order.max_messages = max;
      order.in_process = true;
      m.queues.receive(turn, m.queues.by_url({}, kQueueUrl), std::move(order), reply);
    };
  };
  bed.run(bed.engine().call<std::vector<Delivery>>(receive(2)));
  for (int i = 0; i < 3; ++i) {
    bed.reopen();
    const auto first = bed.run(bed.engine().call<std::vector<Delivery>>(receive(1))).at(0);
    EXPECT_EQ(first.message.body, "first");
    EXPECT_EQ(first.receive_count, 1U);
  }
  bed.reopen();
  const auto both = bed.run(bed.engine().call<std::vector<Delivery>>(receive(2)));
  ASSERT_THAT(both, SizeIs(2));
  EXPECT_EQ(both[1].receive_count, 1U);
}

TEST(EngineTest, ALookFindsWhatIsInTheQueueAndChangesNothing) {
  TestBed bed;
  bed.run(bed.sqs().CreateQueue({"Orders", {}}));
  cloud::SendMessageRequest send;
  send.QueueUrl = kQueueUrl;
  for (int i = 0; i < 2'500; ++i) {
    send.MessageBody = std::to_string(i);
    bed.begin_later(bed.sqs().SendMessage(send));
  }
  bed.settle();
  cloud::ReceiveMessageRequest receive;
  receive.QueueUrl = kQueueUrl;
  const auto deleted = bed.run(bed.sqs().ReceiveMessage(receive)).Messages.at(0);
  bed.run(bed.sqs().ReceiveMessage(receive));
  bed.run(bed.sqs().DeleteMessage({kQueueUrl, deleted.ReceiptHandle}));
  bed.reopen();

  std::vector<std::string> bodies;
  for (std::uint64_t from = 0;;) {
    const auto page = bed.run(browse(bed.engine(), cloud::Scope().arn("sqs", "Orders"), from));
    if (page.messages.empty()) break;
    for (const auto& message : page.messages) bodies.push_back(message.body);
    from = page.next;
  }
  ASSERT_THAT(bodies, SizeIs(2'499));
  EXPECT_EQ(bodies.front(), "1") << "in flight";
  EXPECT_EQ(bodies.back(), "2499");
  EXPECT_EQ(bed.run(bed.sqs().ReceiveMessage(receive)).Messages.at(0).Body, "2");
}

TEST(EngineTest, ALongPollWakesAtOnce) {
  TestBed bed;
  bed.run(bed.sqs().CreateQueue({"Orders", {}}));
  cloud::ReceiveMessageRequest receive;
  receive.QueueUrl = kQueueUrl;
  receive.WaitTimeSeconds = 20;
  const auto poll = bed.begin(bed.sqs().ReceiveMessage(receive));
  bed.advance(std::chrono::seconds(5));
  EXPECT_FALSE(poll->done());
  cloud::SendMessageRequest send;
  send.QueueUrl = kQueueUrl;
  send.MessageBody = "now";
  bed.run(bed.sqs().SendMessage(send));
  ASSERT_TRUE(poll->value);
  EXPECT_EQ(poll->value->Messages.at(0).Body, "now");

  const auto in_vain = bed.begin(bed.sqs().ReceiveMessage(receive));
  bed.advance(std::chrono::milliseconds(19'999));
  EXPECT_FALSE(in_vain->done());
  bed.advance(std::chrono::milliseconds(1));
  ASSERT_TRUE(in_vain->value);
  EXPECT_THAT(in_vain->value->Messages, SizeIs(0));
}

}  // namespace
}  // namespace doorbuster::engine
