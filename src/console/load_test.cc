#include "console/load.h"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <set>

#include "console/testing.h"
#include "shop/answers.h"
#include "shop/order_number.h"
#include "shop/order_status.h"
#include "shop/testing.h"

namespace doorbuster::console {
namespace {

using std::chrono::milliseconds;

class LoadTest : public ::testing::Test {
 protected:
  LoadTest() { queues_.queues["orders-queue"]; }

  void start(std::uint64_t orders, std::uint64_t rate) { shop::wait(load_.start({orders, rate})); }
  // Whatever is to be done now.
  void go() {
    context_.restart();
    context_.run();
  }
  int refusal(std::uint64_t orders, std::uint64_t rate) {
    try {
      start(orders, rate);
    } catch (const shop::Problem& e) {
      return e.status;
    }
    return 0;
  }
  const std::deque<FakeQueues::Kept>& sent() { return queues_.queues["orders-queue"]; }

  // Time passes only while somebody sleeps.
  cloud::Async<void> sleep(milliseconds time) {
    clock_.time += time;
    slept_ += time;
    if (slept_ >= stop_after_) load_.stop();
    co_return;
  }

  boost::asio::io_context context_;
  FakeQueues queues_;
  shop::FakeClock clock_;
  milliseconds slept_{0};
  milliseconds stop_after_ = milliseconds::max();
  std::uint64_t numbers_ = 0;
  Load load_{{queues_, clock_,
              [this](std::size_t size) {
                std::string bytes = std::to_string(++numbers_);
                bytes.resize(size);
                return bytes;
              },
              [this](milliseconds time) { return sleep(time); }, context_.get_executor()}};
};

TEST_F(LoadTest, SendsAsManyOrdersAsItWasTold) {
  EXPECT_EQ(load_.status().state, LoadStatus::State::idle);
  start(1'234, 1'000);
  EXPECT_EQ(load_.status().state, LoadStatus::State::running);
  go();
  EXPECT_EQ(load_.status().state, LoadStatus::State::done);
  EXPECT_EQ(load_.status().sent, 1'234U);
  EXPECT_EQ(sent().size(), 1'234U);
  EXPECT_GE(slept_, milliseconds(1'200));
  EXPECT_LE(slept_, milliseconds(1'300));
}

TEST_F(LoadTest, CatchesUpWithItsRate) {
  start(5'000, 10'000);
  clock_.time += std::chrono::seconds(1);  // in which nobody had time for it
  go();
  EXPECT_EQ(sent().size(), 5'000U);
  EXPECT_LE(slept_, milliseconds(520));
}

TEST_F(LoadTest, SendsOrdersThatNobodyHasSentBefore) {
  start(100, 10'000);
  go();
  start(100, 10'000);
  go();
  std::set<std::string> numbers;
  for (const auto& message : sent()) {
    const auto order = shop::order_in(message.body);
    ASSERT_TRUE(order) << message.body;
    EXPECT_TRUE(shop::is_order_number(order->id)) << order->id;
    EXPECT_FALSE(order->submitted_at);
    numbers.insert(order->id);
  }
  EXPECT_EQ(numbers.size(), 200U);
}

TEST_F(LoadTest, SendsAsManyInvalidOrdersAsItWasTold) {
  shop::wait(load_.start({200, 10'000, 3}));
  go();
  std::vector<std::size_t> invalid;
  for (std::size_t i = 0; i < sent().size(); ++i) {
    if (!shop::order_in(sent()[i].body)) invalid.push_back(i);
  }
  EXPECT_EQ(invalid, (std::vector<std::size_t>{33, 66, 99, 133, 166, 199}));
  EXPECT_EQ(load_.status().size.invalid_percent, 3U);
}

TEST_F(LoadTest, RunsOneAtATime) {
  start(10, 10);
  EXPECT_EQ(refusal(10, 10), 409);
  go();
  EXPECT_EQ(refusal(10, 10), 0);
}

TEST_F(LoadTest, StopsWhenItIsTold) {
  stop_after_ = milliseconds(100);
  start(1'000'000, 100);
  go();
  const auto status = load_.status();
  EXPECT_EQ(status.state, LoadStatus::State::done);
  EXPECT_EQ(status.sent, 9U);
}

TEST_F(LoadTest, SaysWhatWentWrong) {
  queues_.failure = "ServiceUnavailable";
  start(1'000, 1'000);
  go();
  EXPECT_EQ(load_.status().state, LoadStatus::State::failed);
  EXPECT_EQ(load_.status().error, "ServiceUnavailable: no");
  EXPECT_EQ(load_.status().sent, 0U);
  queues_.queues.clear();
  EXPECT_EQ(refusal(10, 10), 409);
}

LoadSize size_in(const char* body) {
  return load_size(boost::json::parse(body).as_object());
}

TEST(LoadSizeTest, IsReadFromJson) {
  const auto size = size_in(R"({"orders":1000000,"rate":10000})");
  EXPECT_EQ(size.orders, 1'000'000U);
  EXPECT_EQ(size.rate, 10'000U);
  EXPECT_EQ(size.invalid_percent, 0U);
  EXPECT_EQ(size_in(R"({"orders":1,"rate":1,"invalid_percent":100})").invalid_percent, 100U);
}

TEST(LoadSizeTest, IsNeitherNothingNorTooMuch) {
  for (const char* body :
       {"{}", R"({"orders":10})", R"({"orders":0,"rate":1})", R"({"orders":1,"rate":0})",
        R"({"orders":-1,"rate":1})", R"({"orders":1.5,"rate":1})", R"({"orders":"1","rate":1})",
        R"({"orders":1000001,"rate":1})", R"({"orders":1,"rate":10001})",
        R"({"orders":1,"rate":1,"invalid_percent":101})",
        R"({"orders":1,"rate":1,"invalid_percent":-1})",
        R"({"orders":1,"rate":1,"invalid_percent":null})"}) {
    EXPECT_THROW(size_in(body), shop::Problem) << body;
  }
}

}  // namespace
}  // namespace doorbuster::console
