#include "shop/order_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shop/order_number.h"
#include "shop/testing.h"

namespace doorbuster::shop {
namespace {

using ::testing::HasSubstr;

const std::string kBody = R"({"customerName":"Ada","product":"LANTERN","amount":19.99})";
const std::string kOtherBody = R"({"customerName":"Ada","product":"LANTERN","amount":20})";
const std::string kKey = "8e03978e-40d5-43e8-bc93-6894a57f9324";

class OrderDeskTest : public ::testing::Test {
 protected:
  std::string take(const std::string& body, std::optional<std::string> key = std::nullopt) {
    return wait(desk_->take(body, std::move(key)));
  }
  Problem refusal(const std::string& body, std::optional<std::string> key = std::nullopt) {
    try {
      take(body, std::move(key));
    } catch (const Problem& e) {
      return e;
    }
    ADD_FAILURE() << "taken: " << body;
    return {};
  }
  // As after a restart.
  void forget() {
    desk_.emplace(options_, sqs_, tracker_, clock_, [this](std::size_t size) {
      return std::string(size, static_cast<char>(++numbers_));
    });
  }

  FakeSqs sqs_;
  FakeStepFunctions step_functions_;
  FakeBooks books_;
  FakeClock clock_;
  OrderTracker tracker_{step_functions_, {}, books_.books()};
  OrderDeskOptions options_{.under_way_max = 10, .waiting_max = 100};
  int numbers_ = 0;
  std::optional<OrderDesk> desk_;

  void SetUp() override { forget(); }
};

TEST_F(OrderDeskTest, PutsAnOrderIntoTheQueueUnderANumberOfItsOwn) {
  const std::string number = take(kBody);
  EXPECT_TRUE(is_order_number(number));
  ASSERT_EQ(sqs_.sent.size(), 1U);
  EXPECT_EQ(sqs_.sent[0], R"({"orderId":")" + number +
                              R"(","customerName":"Ada","product":"LANTERN","amount":19.99})");
  EXPECT_NE(take(kBody), number);
}

TEST_F(OrderDeskTest, GivesNobodyElsesNumber) {
  const std::string number =
      take(R"({"orderId":"mine","submittedAt":"2026-11-27T00:00:00Z",)" + kBody.substr(1));
  EXPECT_TRUE(is_order_number(number));
  EXPECT_EQ(sqs_.sent[0].find("mine"), std::string::npos);
  EXPECT_EQ(sqs_.sent[0].find("submittedAt"), std::string::npos);
}

TEST_F(OrderDeskTest, TakesAnOrderThatComesAgainOnce) {
  const std::string number = take(kBody, kKey);
  EXPECT_EQ(take(kBody, kKey), number);
  EXPECT_EQ(take(R"({ "amount": 19.990, "product":"LANTERN","customerName":"Ada"})", kKey), number);
  EXPECT_EQ(sqs_.sent.size(), 1U);
}

TEST_F(OrderDeskTest, RefusesAnotherOrderWithTheSameKey) {
  take(kBody, kKey);
  EXPECT_EQ(refusal(kOtherBody, kKey).status, 422);
  EXPECT_EQ(sqs_.sent.size(), 1U);
}

TEST_F(OrderDeskTest, KnowsAnOrderThatCameBeforeARestartByItsExecution) {
  const std::string number = take(kBody, kKey);
  step_functions_.start(number, sqs_.sent[0]);
  forget();
  EXPECT_EQ(take(kBody, kKey), number);
  EXPECT_EQ(refusal(kOtherBody, kKey).status, 422);
  EXPECT_EQ(sqs_.sent.size(), 1U);
}

TEST_F(OrderDeskTest, KnowsWhatWasInTheQueueBeforeARestart) {
  const std::string number = take(kBody, kKey);
  forget();
  desk_->recall(sqs_.sent[0], at(900));
  desk_->recall("no order", at(900));
  desk_->recall(R"({"orderId":"order-1","amount":1})", at(900));
  EXPECT_EQ(take(kBody, kKey), number);
  EXPECT_EQ(refusal(kOtherBody, kKey).status, 422);
  EXPECT_EQ(sqs_.sent.size(), 1U);
  EXPECT_EQ(desk_->recent(number)->events.at(0).at, at(900));
}

// While its message waits in the queue nobody knows it: the workflow does, by its name and text.
TEST_F(OrderDeskTest, SendsTheVerySameAgainWhenNobodyKnowsOfIt) {
  const std::string number = take(kBody, kKey);
  forget();
  EXPECT_EQ(take(kBody, kKey), number);
  ASSERT_EQ(sqs_.sent.size(), 2U);
  EXPECT_EQ(sqs_.sent[0], sqs_.sent[1]);
}

TEST_F(OrderDeskTest, SendsAgainWhatDidNotGetThrough) {
  sqs_.failure = cloud::Error("ServiceUnavailable", "the disk is full", 503);
  const auto refused = refusal(kBody, kKey);
  EXPECT_EQ(refused.status, 503);
  EXPECT_GT(refused.retry_after.count(), 0);
  EXPECT_FALSE(desk_->recent(order_number_for(kKey)));
  sqs_.failure.reset();
  EXPECT_EQ(take(kBody, kKey), order_number_for(kKey));
  EXPECT_EQ(sqs_.sent.size(), 1U);
}

TEST_F(OrderDeskTest, KeepsAKeyFreeThatTheQueueRefusedForGood) {
  sqs_.failure = cloud::Error("InvalidMessageContents", "The message contains invalid characters.");
  EXPECT_THROW(take(kBody, kKey), cloud::Error);
  sqs_.failure.reset();
  EXPECT_EQ(take(kOtherBody, kKey), order_number_for(kKey));
  EXPECT_EQ(sqs_.sent.size(), 1U);
}

TEST_F(OrderDeskTest, RefusesWhatTheQueueWouldRefuse) {
  const auto refused =
      refusal("{\"customerName\":\"Ada\uFFFF\",\"product\":\"LANTERN\",\"amount\":1}");
  EXPECT_EQ(refused.status, 400);
  EXPECT_TRUE(refused.fields.contains("customerName"));
}

TEST_F(OrderDeskTest, KnowsAsManyOrdersByTheirKeysAsMayWait) {
  options_.recent_max = 1;
  forget();
  const std::string number = take(kBody, kKey);
  take(kOtherBody);
  EXPECT_FALSE(desk_->recent(number));
  EXPECT_EQ(take(kBody, kKey), number);
  EXPECT_EQ(refusal(kOtherBody, kKey).status, 422);
  EXPECT_EQ(sqs_.sent.size(), 2U);
}

TEST_F(OrderDeskTest, WantsKeysThatNobodyGuesses) {
  EXPECT_EQ(refusal(kBody, "1").status, 400);
  EXPECT_EQ(refusal(kBody, std::string(256, 'k')).status, 400);
  EXPECT_EQ(refusal(kBody, "with a space in it, sixteen").status, 400);
}

TEST_F(OrderDeskTest, SaysWhatIsWrongWithWhichField) {
  const auto refused =
      refusal(R"({"customerName":" ","product":"x","amount":"abc","email":"nobody"})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_TRUE(refused.fields.contains("amount"));
  EXPECT_EQ(refused.limits.at("amountBelow").to_number<int>(), 10'000);
  const auto judged = refusal(R"({"customerName":" ","product":"x","amount":0,"email":"nobody"})");
  EXPECT_EQ(judged.fields.size(), 3U);
  EXPECT_THAT(judged.error, HasSubstr("\"amount\" is 0.00, must be above 0"));
}

TEST_F(OrderDeskTest, RefusesAmountsThatAreNone) {
  for (const char* amount : {"0", "-1", "1e309", "\"abc\"", "null", "[]", "10000", "0.00001"}) {
    const auto refused =
        refusal(R"({"customerName":"Ada","product":"x","amount":)" + std::string(amount) + '}');
    EXPECT_EQ(refused.status, 400) << amount;
  }
  EXPECT_TRUE(sqs_.sent.empty());
}

TEST_F(OrderDeskTest, RefusesWhatIsNoOrder) {
  for (const char* body : {"", "{", "[]", "null", "\"order\"", "{}", "\xff"}) {
    EXPECT_EQ(refusal(body).status, 400) << body;
  }
}

TEST_F(OrderDeskTest, TakesNoFractionsOfCents) {
  const auto problem = refusal(R"({"customerName":"Ada","product":"x","amount":12.345})");
  EXPECT_EQ(problem.status, 400);
  EXPECT_TRUE(problem.fields.contains("amount"));
  take(R"({"customerName":"Ada","product":"x","amount":12.3400})");
}

TEST_F(OrderDeskTest, KeepsWhatACustomerTypedAsItIs) {
  take(R"({"customerName":"<script>alert(1)</script>","product":"\"\\ \u2028","amount":1})");
  const auto order = order_in(sqs_.sent[0]);
  ASSERT_TRUE(order);
  EXPECT_EQ(order->customer_name, "<script>alert(1)</script>");
  EXPECT_EQ(order->product, "\"\\ \u2028");
}

TEST_F(OrderDeskTest, TakesNoMoreThanTheCheckoutCanDealWith) {
  sqs_.waiting = 100;
  EXPECT_EQ(refusal(kBody).status, 503);
  sqs_.waiting = 99;
  EXPECT_EQ(refusal(kBody).status, 503);  // as of a moment ago
  clock_.time += std::chrono::seconds(1);
  EXPECT_TRUE(is_order_number(take(kBody)));
}

TEST_F(OrderDeskTest, CountsWhatItHasTakenSinceItAskedTheQueue) {
  sqs_.waiting = 98;
  take(kBody);
  EXPECT_EQ(wait(desk_->waiting()), 99U);
  take(kBody);
  EXPECT_EQ(refusal(kBody).status, 503);
}

TEST_F(OrderDeskTest, TakesNoMoreAtOnceThanItMay) {
  options_.under_way_max = 0;
  forget();
  EXPECT_EQ(refusal(kBody).status, 503);
}

TEST_F(OrderDeskTest, TakesOrdersAsSoonAsThereIsAQueue) {
  sqs_.exists = false;
  EXPECT_FALSE(wait(desk_->is_set_up()));
  const auto refused = refusal(kBody);
  EXPECT_EQ(refused.status, 503);
  EXPECT_GT(refused.retry_after.count(), 0);
  EXPECT_THAT(refused.error, HasSubstr("doorbuster setup"));
  sqs_.exists = true;
  EXPECT_TRUE(wait(desk_->is_set_up()));
  EXPECT_TRUE(is_order_number(take(kBody)));
}

TEST_F(OrderDeskTest, LetsFaultsOfOursBeSeenAsOurs) {
  sqs_.failure = cloud::Error("AccessDenied", "no", 403);
  EXPECT_THROW(take(kBody), cloud::Error);
}

TEST_F(OrderDeskTest, KnowsARecentOrderBeforeTheCheckoutDoes) {
  const std::string number = take(kBody);
  const auto status = desk_->recent(number);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->order->amount.str(), "19.99");
  ASSERT_EQ(status->events.size(), 1U);
  EXPECT_EQ(status->events[0].at, clock_.time);
  EXPECT_FALSE(desk_->recent("0000-0000-0000-0000"));
}

}  // namespace
}  // namespace doorbuster::shop
