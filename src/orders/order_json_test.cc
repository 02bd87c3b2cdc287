#include "orders/order_json.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

namespace doorbuster::orders {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr const char* kText =
    R"({"orderId":"o-1","customerName":"Ada \"A\" L\u00f6","product":"LANTERN","amount":19.98,)"
    R"("quantity":2,"unitPrice":9.99,"email":"ada@example.com",)"
    R"("submittedAt":"2026-11-27T00:00:03.123Z"})";

ParsedOrder parse(const std::string& text, const OrderRules& rules = {}) {
  ParsedOrder parsed = parse_order(boost::json::parse(text), rules);
  EXPECT_EQ(parsed.order.has_value(), parsed.reasons.empty()) << text;
  return parsed;
}

TEST(OrderJson, ReadsEveryField) {
  const Order order = parse(kText).order.value();
  EXPECT_EQ(order.id, "o-1");
  EXPECT_EQ(order.customer_name, "Ada \"A\" L\u00f6");
  EXPECT_EQ(order.product, "LANTERN");
  EXPECT_EQ(order.amount, Money::parse("19.98"));
  EXPECT_EQ(order.units, (Units{2, Money::parse("9.99").value()}));
  EXPECT_EQ(order.email, "ada@example.com");
  EXPECT_EQ(order.submitted_at, std::chrono::sys_days(2026y / 11 / 27) + 3s + 123ms);
}

TEST(OrderJson, IsGivenBackAsItWas) {
  const Order order = parse(kText).order.value();
  EXPECT_EQ(parse(to_json(order)).order, order);
  EXPECT_THAT(to_json(order), HasSubstr("\"amount\":19.98,\"quantity\":2,\"unitPrice\":9.99,"));
}

TEST(OrderJson, NeedsNoMoreThanAnIdAndAnAmount) {
  const Order order =
      parse(R"({"orderId":"test-123","amount":100,"email":null,"more":1})").order.value();
  EXPECT_EQ(order.amount, Money::parse("100"));
  EXPECT_EQ(to_json(order), R"({"orderId":"test-123","amount":100.00})");
}

TEST(OrderJson, WantsNameAndProductAtTheDoor) {
  EXPECT_THAT(parse(R"({"orderId":"1","amount":"5.5"})", {.name_and_product = true}).reasons,
              ElementsAre("\"customerName\" is missing", "\"product\" is missing"));
}

TEST(OrderJson, SaysWhatCannotBeRead) {
  EXPECT_THAT(parse("[]").reasons, ElementsAre("an order must be a JSON object, not an array"));
  EXPECT_THAT(parse("{}").reasons, ElementsAre("\"orderId\" is missing", "\"amount\" is missing"));
  EXPECT_THAT(
      parse(R"({"orderId":7,"amount":"much","product":{},"quantity":1.5})").reasons,
      ElementsAre("\"orderId\" must be a string, not a number",
                  "\"product\" must be a string, not an object",
                  HasSubstr("\"amount\" must be an amount with at most 4 decimals"),
                  "\"unitPrice\" is missing", HasSubstr("\"quantity\" must be a whole number")));
  EXPECT_THAT(parse(R"({"orderId":"1","amount":1,"submittedAt":"yesterday"})").reasons,
              ElementsAre(HasSubstr("must be a time such as")));
  EXPECT_THAT(parse(R"({"orderId":"1","amount":1,"unitPrice":1})").reasons,
              ElementsAre("\"quantity\" is missing"));
}

TEST(OrderJson, SaysWhatBreaksARule) {
  EXPECT_THAT(parse(R"({"orderId":"1","amount":-1e-5})").reasons,
              ElementsAre(HasSubstr("at most 4 decimals")));
  EXPECT_THAT(parse(R"({"orderId":"1 2","amount":-1})").reasons,
              ElementsAre(HasSubstr("\"orderId\" may contain only"),
                          "\"amount\" is -1.00, must be above 0"));
}

}  // namespace
}  // namespace doorbuster::orders
