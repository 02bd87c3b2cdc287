#include "engine/engine.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <vector>

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
    const auto page =
        bed.run(browse(bed.engine(), cloud::Scope().arn("sqs", "Orders"), from, kToTheEnd, 1'000));
    EXPECT_EQ(page.end, 2'500U);
    if (page.messages.empty()) break;
    for (const auto& message : page.messages) bodies.push_back(message.body);
    from = page.next;
  }
  ASSERT_THAT(bodies, SizeIs(2'499));
  EXPECT_EQ(bodies.front(), "1") << "in flight";
  EXPECT_EQ(bodies.back(), "2499");
  const auto some = bed.run(browse(bed.engine(), cloud::Scope().arn("sqs", "Orders"), 0, 3, 1'000));
  EXPECT_THAT(some.messages, SizeIs(2)) << "those before the fourth place";
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

class WithdrawnPollTest : public testing::Test {
 protected:
  WithdrawnPollTest() {
    bed.run(bed.sqs().CreateQueue({"Orders", {}}));
    receive.QueueUrl = send.QueueUrl = kQueueUrl;
    receive.WaitTimeSeconds = 20;
    send.MessageBody = "hello";
  }

  // Begins a long poll that `cancel` can withdraw, and lets nothing happen yet.
  void poll() {
    const auto done = [this](std::exception_ptr e, cloud::ReceiveMessageResult result) {
      answered = true;
      bodies = result.Messages.size();
      try {
        if (e) std::rethrow_exception(e);
      } catch (const cloud::Error& error) {
        code = error.code();
      }
    };
    boost::asio::co_spawn(bed.context(), bed.sqs().ReceiveMessage(receive),
                          boost::asio::bind_cancellation_slot(cancel.slot(), done));
  }
  // On the executor of the poll, as cancellation asks.
  void withdraw() {
    boost::asio::post(bed.context(),
                      [this] { cancel.emit(boost::asio::cancellation_type::terminal); });
  }

  boost::asio::cancellation_signal cancel;
  TestBed bed;
  cloud::ReceiveMessageRequest receive;
  cloud::SendMessageRequest send;
  bool answered = false;
  std::size_t bodies = 0;
  std::string code;
};

TEST_F(WithdrawnPollTest, GetsNoMessage) {
  poll();
  bed.settle();
  EXPECT_FALSE(answered);
  withdraw();
  bed.settle();
  EXPECT_TRUE(answered);
  EXPECT_EQ(bodies, 0U);
  bed.run(bed.sqs().SendMessage(send));
  receive.WaitTimeSeconds = 0;
  EXPECT_THAT(bed.run(bed.sqs().ReceiveMessage(receive)).Messages, SizeIs(1))
      << "it is still there";
  bed.advance(std::chrono::seconds(25));
}

TEST_F(WithdrawnPollTest, MayBeWithdrawnBeforeItCameToItsTurn) {
  poll();
  withdraw();  // before the engine has seen it
  bed.settle();
  EXPECT_TRUE(answered);
  EXPECT_EQ(bodies, 0U);
}

TEST_F(WithdrawnPollTest, KeepsAnAnswerThatIsUnderWay) {
  poll();
  bed.settle();
  bed.begin_later(bed.sqs().SendMessage(send));
  bed.context().restart();
  bed.context().poll();
  withdraw();  // it happens between the turn that answers and the answer's arrival
  EXPECT_TRUE(bed.engine().turn());
  bed.settle();
  EXPECT_TRUE(answered);
  EXPECT_EQ(code, "");
  EXPECT_EQ(bodies, 1U);
  withdraw();
  bed.settle();
}

TEST_F(WithdrawnPollTest, IsNoneAfterItsQueueHasGone) {
  poll();
  bed.settle();
  bed.run(bed.sqs().DeleteQueue({kQueueUrl}));
  EXPECT_TRUE(answered);
  withdraw();
  bed.settle();
  EXPECT_EQ(code, "");
}

TEST_F(WithdrawnPollTest, LeavesOthersWaiting) {
  const auto before = bed.begin(bed.sqs().ReceiveMessage(receive));
  poll();
  bed.settle();
  const auto after = bed.begin(bed.sqs().ReceiveMessage(receive));
  withdraw();
  bed.settle();
  EXPECT_TRUE(answered);
  EXPECT_EQ(bodies, 0U);
  for (int i = 0; i < 2; ++i) bed.run(bed.sqs().SendMessage(send));
  EXPECT_TRUE(before->value);
  EXPECT_TRUE(after->value);
}

// The writer on its own thread, clients on another: each message is received once, whoever
// withdraws.
TEST(WithdrawnPollsTest, LoseNoMessageHoweverTheyMeetTheirAnswers) {
  constexpr int kPolls = 200;
  const auto disk = TestBed::memory();
  EngineOptions options;
  options.directory = "/engine";
  options.env = disk.get();
  Engine engine(options);
  engine.start();
  const auto sqs = make_sqs(engine, {});
  boost::asio::io_context context(1);
  boost::asio::co_spawn(context, sqs->CreateQueue({"Orders", {}}), [](auto...) {});
  context.run();
  context.restart();

  auto work = boost::asio::make_work_guard(context);
  std::vector<boost::asio::cancellation_signal> cancels(kPolls);
  int received = 0;
  int withdrawn = 0;
  for (int i = 0; i < kPolls; ++i) {
    cloud::ReceiveMessageRequest receive;
    receive.QueueUrl = kQueueUrl;
    receive.WaitTimeSeconds = 20;
    const auto done = [&](const std::exception_ptr& e, cloud::ReceiveMessageResult result) {
      received += static_cast<int>(result.Messages.size());
      withdrawn += e || result.Messages.empty() ? 1 : 0;
    };
    boost::asio::co_spawn(
        context, sqs->ReceiveMessage(receive),
        boost::asio::bind_cancellation_slot(cancels[static_cast<std::size_t>(i)].slot(), done));
    if (i % 2 == 0) {
      cloud::SendMessageRequest send;
      send.QueueUrl = kQueueUrl;
      send.MessageBody = "hello";
      boost::asio::co_spawn(context, sqs->SendMessage(send), [](auto...) {});
    }
    boost::asio::post(context, [&context, &cancels, i] {
      boost::asio::post(context, [&cancels, i] {
        cancels[static_cast<std::size_t>(i)].emit(boost::asio::cancellation_type::terminal);
      });
    });
    if (i % 10 == 0) context.poll();
  }
  work.reset();
  context.run();
  EXPECT_EQ(received + withdrawn, kPolls);

  context.restart();
  std::size_t left = 0;
  for (int i = 0; i < kPolls; ++i) {
    cloud::ReceiveMessageRequest receive;
    receive.QueueUrl = kQueueUrl;
    boost::asio::co_spawn(context, sqs->ReceiveMessage(receive),
                          [&](std::exception_ptr, cloud::ReceiveMessageResult result) {
                            left += result.Messages.size();
                          });
  }
  context.run();
  EXPECT_EQ(received + static_cast<int>(left), kPolls / 2);
  engine.stop();
}

}  // namespace
}  // namespace doorbuster::engine
