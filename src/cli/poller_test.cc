#include "cli/poller.h"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <deque>
#include <mutex>

#include "cloud/error.h"

namespace doorbuster::cli {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

// A queue whose messages come once, except for those that nobody deletes: they come again.
class FakeSqs : public cloud::Sqs {
 public:
  explicit FakeSqs(int messages) {
    for (int i = 0; i < messages; ++i) waiting_.push_back(std::to_string(i));
  }

  cloud::Async<cloud::GetQueueAttributesResult> GetQueueAttributes(
      cloud::GetQueueAttributesRequest request) override {
    const std::lock_guard lock(mutex_);
    cloud::GetQueueAttributesResult result;
    for (const auto& name : request.AttributeNames) {
      result.Attributes[name] = std::to_string(waiting_.size() + received_);
      if (name == "VisibilityTimeout") result.Attributes[name] = "2";
    }
    co_return result;
  }

  cloud::Async<cloud::ReceiveMessageResult> ReceiveMessage(
      cloud::ReceiveMessageRequest request) override {
    // A service lets the others go on.
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::post(executor, asio::use_awaitable);
    const std::lock_guard lock(mutex_);
    EXPECT_LE(request.MaxNumberOfMessages, 10);
    cloud::ReceiveMessageResult result;
    while (!waiting_.empty() &&
           static_cast<int>(result.Messages.size()) < request.MaxNumberOfMessages) {
      cloud::Message message;
      message.MessageId = waiting_.front();
      message.ReceiptHandle = "handle " + waiting_.front();
      message.Body = "body " + waiting_.front();
      message.Attributes["ApproximateReceiveCount"] = "1";
      waiting_.pop_front();
      ++received_;
      result.Messages.push_back(std::move(message));
    }
    co_return result;
  }

  cloud::Async<cloud::DeleteMessageBatchResult> DeleteMessageBatch(
      cloud::DeleteMessageBatchRequest request) override {
    const std::lock_guard lock(mutex_);
    EXPECT_LE(request.Entries.size(), 10U);
    cloud::DeleteMessageBatchResult result;
    for (auto& entry : request.Entries) {
      deleted.push_back(entry.ReceiptHandle);
      --received_;
      result.Successful.push_back({entry.Id});
    }
    co_return result;
  }

  cloud::Async<cloud::ChangeMessageVisibilityBatchResult> ChangeMessageVisibilityBatch(
      cloud::ChangeMessageVisibilityBatchRequest request) override {
    const std::lock_guard lock(mutex_);
    if (++changes == failing_change) throw cloud::Error("ServiceUnavailable", "later", 503);
    for (const auto& entry : request.Entries) {
      EXPECT_EQ(entry.VisibilityTimeout, 2);
      kept.push_back(entry.ReceiptHandle);
    }
    co_return cloud::ChangeMessageVisibilityBatchResult();
  }

  // What was received and not deleted waits again.
  void redeliver(const std::string& id) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(id);
    --received_;
  }

  std::vector<std::string> deleted;
  std::vector<std::string> kept;
  int changes = 0;
  int failing_change = 0;  // none

 private:
  std::mutex mutex_;
  std::deque<std::string> waiting_;
  std::size_t received_ = 0;
};

PollerOptions options(int batch) {
  PollerOptions options;
  options.queue_url = "http://sqs/q";
  options.queue_arn = "arn:aws:sqs:us-east-1:000000000000:q";
  options.function = "F";
  options.batch = batch;
  options.once = true;
  return options;
}

void run(Poller& poller) {
  asio::io_context context;
  poller.start(context.get_executor());
  context.run();
  ASSERT_TRUE(poller.done());
}

json::value answer(const std::vector<std::string>& failed = {}) {
  json::array failures;
  for (const auto& id : failed) failures.push_back(json::object{{"itemIdentifier", id}});
  return {{"batchItemFailures", failures}};
}

TEST(Poller, GivesTheFunctionAllMessagesAndDeletesThem) {
  FakeSqs sqs(47);
  std::size_t largest = 0;
  std::size_t all = 0;
  cloud::Handler handler = [&](json::value event,
                               cloud::Context context) -> cloud::Async<json::value> {
    const auto& records = event.at("Records").as_array();
    EXPECT_EQ(context.FunctionName, "F");
    EXPECT_EQ(records[0].at("eventSourceARN"), "arn:aws:sqs:us-east-1:000000000000:q");
    EXPECT_EQ(records[0].at("awsRegion"), "us-east-1");
    EXPECT_EQ(records[0].at("attributes").at("ApproximateReceiveCount"), "1");
    largest = std::max(largest, records.size());
    all += records.size();
    co_return answer();
  };
  Poller poller(sqs, handler, options(25));
  run(poller);
  EXPECT_EQ(largest, 25);
  EXPECT_EQ(all, 47);
  EXPECT_EQ(sqs.deleted.size(), 47);
  EXPECT_EQ(poller.counts().received, 47);
  EXPECT_EQ(poller.counts().done, 47);
  EXPECT_EQ(poller.counts().failed, 0);
}

TEST(Poller, LeavesWhatFailedToComeAgain) {
  FakeSqs sqs(3);
  int failures = 2;
  cloud::Handler handler = [&](json::value event, cloud::Context) -> cloud::Async<json::value> {
    for (const auto& record : event.at("Records").as_array()) {
      if (record.at("messageId") != "1" || failures == 0) continue;
      --failures;
      sqs.redeliver("1");
      co_return answer({"1"});
    }
    co_return answer();
  };
  Poller poller(sqs, handler, options(10));
  run(poller);
  EXPECT_THAT(sqs.deleted, testing::ElementsAre("handle 0", "handle 2", "handle 1"));
  EXPECT_EQ(poller.counts().failed, 2);
  EXPECT_EQ(poller.counts().done, 3);
}

TEST(Poller, KeepsTheMessagesOfACallThatTakesItsTime) {
  FakeSqs sqs(2);
  cloud::Handler handler = [&](json::value, cloud::Context) -> cloud::Async<json::value> {
    asio::steady_timer turn(co_await asio::this_coro::executor);
    while (sqs.kept.size() < 4) {
      turn.expires_after(std::chrono::milliseconds(5));
      co_await turn.async_wait(asio::use_awaitable);
    }
    co_return answer();
  };
  auto soon = options(10);
  soon.keep_every = std::chrono::milliseconds(1);
  Poller poller(sqs, handler, soon);
  run(poller);
  sqs.kept.resize(4);
  EXPECT_THAT(sqs.kept, testing::ElementsAre("handle 0", "handle 1", "handle 0", "handle 1"));
  EXPECT_EQ(sqs.deleted.size(), 2);
}

TEST(Poller, KeepsTheOthersWhereTenCantBeKept) {
  FakeSqs sqs(20);
  sqs.failing_change = 1;
  cloud::Handler handler = [&](json::value, cloud::Context) -> cloud::Async<json::value> {
    asio::steady_timer turn(co_await asio::this_coro::executor);
    while (sqs.changes < 2) {
      turn.expires_after(std::chrono::milliseconds(5));
      co_await turn.async_wait(asio::use_awaitable);
    }
    co_return answer();
  };
  auto soon = options(20);
  soon.concurrency = 1;
  soon.keep_every = std::chrono::milliseconds(1);
  Poller poller(sqs, handler, soon);
  run(poller);
  ASSERT_FALSE(sqs.kept.empty());
  EXPECT_EQ(sqs.kept[0], "handle 10");
}

TEST(Poller, GathersNoLongerThanItsMessagesStayInvisible) {
  FakeSqs sqs(25);
  std::vector<std::size_t> sizes;
  cloud::Handler handler = [&](json::value event, cloud::Context) -> cloud::Async<json::value> {
    sizes.push_back(event.at("Records").as_array().size());
    co_return answer();
  };
  auto slow = options(100);
  slow.concurrency = 1;
  slow.gather_max = std::chrono::milliseconds(0);
  Poller poller(sqs, handler, slow);
  run(poller);
  EXPECT_THAT(sizes, testing::ElementsAre(10, 10, 5));
}

TEST(Poller, ACallThatThrowsEndsIt) {
  FakeSqs sqs(5);
  cloud::Handler handler = [](json::value, cloud::Context) -> cloud::Async<json::value> {
    throw std::runtime_error("the disk is full");
    co_return json::value();
  };
  Poller poller(sqs, handler, options(10));
  run(poller);
  ASSERT_TRUE(poller.error());
  EXPECT_THROW(std::rethrow_exception(poller.error()), std::runtime_error);
  EXPECT_TRUE(sqs.deleted.empty());
}

TEST(Poller, StopsAfterTheBatchThatIsUnderWay) {
  FakeSqs sqs(100);
  Poller* running = nullptr;
  cloud::Handler handler = [&](json::value, cloud::Context) -> cloud::Async<json::value> {
    running->stop();
    co_return answer();
  };
  auto one_loop = options(10);
  one_loop.once = false;
  one_loop.concurrency = 1;
  Poller poller(sqs, handler, one_loop);
  running = &poller;
  run(poller);
  EXPECT_EQ(sqs.deleted.size(), 10);
}

}  // namespace
}  // namespace doorbuster::cli
