#include "shop/order_stream.h"

#include <gtest/gtest.h>

#include "shop/testing.h"

namespace doorbuster::shop {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class OrderStreamTest : public ::testing::Test {
 protected:
  OrderStream stream(std::string_view seen = "") {
    OrderStream::Look look = [this]() -> cloud::Async<std::optional<OrderStatus>> {
      ++looks_;
      if (broken_) throw cloud::Error("ServiceUnavailable", "", 503);
      if (looks_ > 2 && later_) status_.events.push_back(*later_);
      co_return status_;
    };
    return {options_, std::move(look), seen, std::make_shared<int>()};
  }
  void happen(OrderState state, std::string reason = "") {
    status_.events.push_back({state, at(1'000), std::move(reason)});
  }

  OrderStreamOptions options_{milliseconds(1), seconds(15), seconds(60)};
  OrderStatus status_{"K7QM-2XRA-9F3T-PZ0B", std::nullopt, {}};
  std::optional<OrderEvent> later_;
  bool broken_ = false;
  int looks_ = 0;
};

TEST_F(OrderStreamTest, TellsWhatHasHappened) {
  happen(OrderState::accepted);
  happen(OrderState::validated);
  auto events = stream();
  EXPECT_EQ(wait(events.read()),
            "id: accepted\n"
            "data: {\"state\":\"accepted\",\"at\":\"1970-01-01T00:16:40.000Z\"}\n\n"
            "id: accepted.validated\n"
            "data: {\"state\":\"validated\",\"at\":\"1970-01-01T00:16:40.000Z\"}\n\n");
}

TEST_F(OrderStreamTest, WaitsForWhatHappensNext) {
  happen(OrderState::accepted);
  auto events = stream("accepted");
  later_ = OrderEvent{OrderState::validated, at(1'001), {}};
  EXPECT_TRUE(wait(events.read()).starts_with("id: accepted.validated\ndata: "));
  EXPECT_EQ(looks_, 3);
}

TEST_F(OrderStreamTest, GoesOnWhereItsClientWas) {
  happen(OrderState::accepted);
  happen(OrderState::recorded);
  happen(OrderState::shipped);
  auto events = stream("accepted.recorded.nonsense");
  EXPECT_EQ(wait(events.read()),
            "id: accepted.shipped.recorded\n"
            "data: {\"state\":\"shipped\",\"at\":\"1970-01-01T00:16:40.000Z\"}\n\n"
            "event: end\ndata: {}\n\n");
}

TEST_F(OrderStreamTest, EndsWithTheOrder) {
  happen(OrderState::declined, "no \"money\"\n");
  auto events = stream();
  const std::string told = wait(events.read());
  EXPECT_NE(told.find(R"("reason":"no \"money\"\n"})"), std::string::npos) << told;
  EXPECT_TRUE(told.ends_with("\n\nevent: end\ndata: {}\n\n")) << told;
  EXPECT_EQ(wait(events.read()), "");
}

TEST_F(OrderStreamTest, EndsAtOnceForAClientThatHasSeenAll) {
  happen(OrderState::declined);
  auto events = stream("declined");
  EXPECT_EQ(wait(events.read()), "event: end\ndata: {}\n\n");
}

TEST_F(OrderStreamTest, KeepsTheConnectionAlive) {
  options_.heartbeat = seconds(0);
  auto events = stream();
  EXPECT_EQ(wait(events.read()), ":\n\n");
  broken_ = true;
  EXPECT_EQ(wait(events.read()), ":\n\n");
}

TEST_F(OrderStreamTest, EndsSomeTime) {
  options_.longest = seconds(0);
  auto events = stream();
  EXPECT_EQ(wait(events.read()), "");
}

}  // namespace
}  // namespace doorbuster::shop
