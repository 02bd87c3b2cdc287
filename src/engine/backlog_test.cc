// Queues that hold more than memory keeps of them.
#include <map>

#include "engine/queue_driver.h"

namespace doorbuster::engine {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

void fill(TestBed& bed, QueueDriver& queue, int count, std::size_t bytes) {
  for (int i = 0; i < count;) {
    cloud::SendMessageBatchRequest batch{queue.url(), {}};
    for (int j = 0; j < 10 && i < count; ++j, ++i) {
      cloud::SendMessageBatchRequestEntry entry;
      entry.Id = std::to_string(j);
      entry.MessageBody = std::to_string(i) + ' ' + std::string(bytes, 'x');
      if (queue.url().ends_with(".fifo")) {
        entry.MessageGroupId = std::to_string(i % 50);
        entry.MessageDeduplicationId = std::to_string(i);
      }
      batch.Entries.push_back(entry);
    }
    bed.begin_later(bed.sqs().SendMessageBatch(batch));
    if (i % 1'000 == 0) bed.settle();
  }
  bed.settle();
}

int number(const cloud::Message& message) {
  return std::stoi(message.Body);
}

TEST(BacklogTest, ABacklogBeyondTheWindowIsDrainedInOrderOverRestarts) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  constexpr int kMessages = 10'000;
  fill(bed, queue, kMessages, 1'000);
  EXPECT_EQ(queue.counts(), "10000 0 0");
  for (int next = 0; next < kMessages;) {
    if (next % 3'000 == 0) bed.reopen();
    for (const auto& message : queue.receive(10)) {
      ASSERT_EQ(number(message), next++);
      queue.remove(message);
    }
    if (next % 500 == 0) {
      ASSERT_EQ(queue.counts(), std::to_string(kMessages - next) + " 0 0");
    }
  }
  EXPECT_EQ(queue.counts(), "0 0 0");
  bed.advance(std::chrono::minutes(2));
  std::size_t left = 0;
  bed.engine().store().scan(Family::messages, "", "\xff", [&](auto, auto) { return ++left > 0; });
  EXPECT_EQ(left, 0U);
}

TEST(BacklogTest, SendingGoesOnWhileABacklogIsDrained) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  fill(bed, queue, 3'000, 10);
  int drained = 0;
  for (int i = 0; drained < 6'000; ++i) {
    if (i < 300) fill(bed, queue, 10, 10);
    const auto messages = queue.receive(10);
    ASSERT_THAT(messages, testing::Not(IsEmpty()));
    for (const auto& message : messages) {
      queue.remove(message);
      ++drained;
    }
  }
  EXPECT_EQ(queue.counts(), "0 0 0");
}

TEST(BacklogTest, AFifoBacklogKeepsTheOrderOfItsGroupsOverRestarts) {
  TestBed bed;
  QueueDriver queue(bed, "Q.fifo");
  constexpr int kMessages = 5'000;
  fill(bed, queue, kMessages, 100);
  std::map<int, int> last;  // of each group
  int drained = 0;
  while (drained < kMessages) {
    if (drained % 1'000 == 0) bed.reopen();
    const auto messages = queue.receive(10);
    ASSERT_THAT(messages, testing::Not(IsEmpty()));
    for (const auto& message : messages) {
      const int n = number(message);
      const auto it = last.find(n % 50);
      ASSERT_EQ(n, it == last.end() ? n % 50 : it->second + 50);
      last[n % 50] = n;
      queue.remove(message);
      ++drained;
    }
  }
  EXPECT_EQ(queue.counts(), "0 0 0");
}

TEST(BacklogTest, AReceiveIsRefusedBeyond120000InFlight) {
  TestBed bed;
  QueueDriver queue(bed, "Q", {{"VisibilityTimeout", "600"}});
  fill(bed, queue, static_cast<int>(Queue::kInFlightMax) + 5, 1);
  auto take_many = [&](Machine& machine, Turn& turn,
                       std::unique_ptr<Reply<std::vector<Delivery>>>& reply) {
    ReceiveOrder order;
    order.max_messages = static_cast<int>(Queue::kInFlightMax) - 1;
    machine.queues.receive(turn, *machine.queues.by_arn(queue.arn()), std::move(order), reply);
  };
  bed.run(bed.engine().call<std::vector<Delivery>>(std::move(take_many)));
  EXPECT_EQ(queue.counts(), "6 119999 0");
  const auto last = queue.receive(10);
  EXPECT_THAT(last, SizeIs(1)) << "as many as may be";
  EXPECT_EQ(bed.error_of(bed.sqs().ReceiveMessage(queue.order())), "OverLimit");
  const auto poll = queue.poll();
  EXPECT_FALSE(poll->done()) << "a long poll gets no error";
  queue.remove(last[0]);
  ASSERT_TRUE(poll->value);
  EXPECT_THAT(poll->value->Messages, SizeIs(1));
  bed.reopen();
  EXPECT_EQ(queue.counts(), "4 120000 0");
  bed.advance(seconds(600));
  EXPECT_EQ(queue.counts(), "120004 0 0");
}

}  // namespace
}  // namespace doorbuster::engine
