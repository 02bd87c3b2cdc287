#include "shop/order_status.h"

#include <gtest/gtest.h>

#include "shop/testing.h"

namespace doorbuster::shop {
namespace {

const std::string kNumber = "K7QM-2XRA-9F3T-PZ0B";
const std::string kOrder =
    R"({"orderId":"K7QM-2XRA-9F3T-PZ0B","customerName":"Ada","product":"LANTERN","amount":19.99})";

class OrderTrackerTest : public ::testing::Test {
 protected:
  std::optional<OrderStatus> find() { return wait(tracker_.find(kNumber)); }

  // "accepted@999 paid@1002"
  std::string story() {
    const OrderStatus status = find().value();
    std::string text;
    for (const auto& event : status.events) {
      const auto seconds = event.at.time_since_epoch().count() / 1000;
      text += (text.empty() ? "" : " ") + std::string(to_text(event.state)) + '@' +
              std::to_string(seconds);
      if (!event.reason.empty()) text += " (" + event.reason + ')';
    }
    return text;
  }

  FakeStepFunctions step_functions_;
  FakeBooks books_;
  const OrderTracker tracker_{step_functions_, {}, books_.books()};
};

TEST_F(OrderTrackerTest, KnowsNothingOfAnOrderThatWasNotStarted) {
  EXPECT_FALSE(find());
  EXPECT_FALSE(wait(tracker_.input(kNumber)));
}

TEST_F(OrderTrackerTest, FollowsAnOrderThroughTheWorkflow) {
  auto& execution = step_functions_.start(kNumber, kOrder);
  EXPECT_EQ(story(), "accepted@999");
  EXPECT_EQ(find()->order->customer_name, "Ada");
  execution.add("TaskStateEntered", "ValidateOrder", at(1'001));
  execution.add("TaskStateExited", "ValidateOrder", at(1'001));
  execution.add("TaskStateEntered", "ProcessPayment", at(1'002));
  EXPECT_EQ(story(), "accepted@999 validated@1002");
  execution.add("TaskStateExited", "ProcessPayment", at(1'004));
  EXPECT_EQ(story(), "accepted@999 validated@1002");
  execution.add("TaskStateEntered", "PutInvoice", at(1'004));
  EXPECT_EQ(story(), "accepted@999 validated@1002 paid@1004");
  execution.add("TaskStateExited", "PutInvoice", at(1'005));
  EXPECT_EQ(story(), "accepted@999 validated@1002 paid@1004 invoiced@1005");
  EXPECT_FALSE(find()->is_final());
}

TEST_F(OrderTrackerTest, FollowsAnOrderIntoTheBooksInTheOrderOfTime) {
  auto& execution = step_functions_.start(kNumber, kOrder);
  execution.description.status = "SUCCEEDED";
  execution.add("TaskStateExited", "PutInvoice", at(1'005));
  books_.shipped[kNumber] = at(1'009);
  EXPECT_EQ(story(), "accepted@999 invoiced@1005 shipped@1009");
  EXPECT_FALSE(find()->is_final());
  books_.recorded[kNumber] = at(1'007);
  EXPECT_EQ(story(), "accepted@999 invoiced@1005 recorded@1007 shipped@1009");
  EXPECT_TRUE(find()->is_final());
}

TEST_F(OrderTrackerTest, ShipsNothingBeforeItsInvoice) {
  auto& execution = step_functions_.start(kNumber, kOrder);
  execution.add("TaskStateExited", "PutInvoice", at(1'005));
  books_.shipped[kNumber] = at(1'004);
  EXPECT_EQ(story(), "accepted@999 invoiced@1004 shipped@1004");
}

TEST_F(OrderTrackerTest, SaysWhyAnOrderEndedEarly) {
  auto& execution = step_functions_.start(kNumber, kOrder);
  execution.fail("PaymentDeclined", "insufficient funds", at(1'003));
  EXPECT_EQ(story(), "accepted@999 declined@1003 (insufficient funds)");
  EXPECT_TRUE(find()->is_final());
  execution.fail("OrderInvalid", "the amount", at(1'003));
  EXPECT_EQ(story(), "accepted@999 invalid@1003 (the amount)");
  execution.fail("States.Runtime", "", at(1'003));
  EXPECT_EQ(story(), "accepted@999 failed@1003 (States.Runtime)");
  execution.description.status = "ABORTED";
  execution.description.error.clear();
  EXPECT_EQ(story(), "accepted@999 failed@1003");
}

TEST_F(OrderTrackerTest, TakesTheStartForTheTimeOfAnOrderThatWasInNoQueue) {
  step_functions_.start(kNumber, kOrder).description.input = R"({"order":)" + kOrder + '}';
  EXPECT_EQ(story(), "accepted@1000");
}

TEST_F(OrderTrackerTest, KnowsAnOrderInAnInputByItsText) {
  EXPECT_TRUE(is_started_for(R"({"order":{"a":1}})", R"({"a":1})"));
  EXPECT_TRUE(is_started_for(R"({"order":{"a":1},"queue":{}})", R"({"a":1})"));
  EXPECT_FALSE(is_started_for(R"({"order":{"a":1}})", R"({"a":2})"));
  EXPECT_FALSE(is_started_for(R"({"a":1})", R"({"a":1})"));
}

TEST_F(OrderTrackerTest, ReadsAnOrderHoweverItWasGiven) {
  EXPECT_EQ(order_in(R"({"order":)" + kOrder + '}')->product, "LANTERN");
  EXPECT_EQ(order_in(kOrder)->product, "LANTERN");
  EXPECT_EQ(order_in(R"({"orderId":"o","amount":5000000})")->amount.str(), "5000000.00");
  EXPECT_FALSE(order_in("[]"));
  EXPECT_FALSE(order_in("{"));
}

TEST(CodeOfTest, IsAWordForWhatIsKnown) {
  const auto code = [](OrderState state, std::string reason) {
    return code_of({state, at(1'000), std::move(reason)});
  };
  EXPECT_EQ(code(OrderState::declined, "the card has expired"), "card_expired");
  EXPECT_EQ(code(OrderState::declined, "the moon is full"), "");
  EXPECT_EQ(code(OrderState::invalid, "\"amount\" is 0.00, must be above 0"), "invalid_amount");
  EXPECT_EQ(code(OrderState::invalid, "it is no order"), "");
  EXPECT_EQ(code(OrderState::failed, "\"amount\" is odd"), "");
}

}  // namespace
}  // namespace doorbuster::shop
