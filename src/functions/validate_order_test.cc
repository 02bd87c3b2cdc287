#include "functions/validate_order.h"

#include <gtest/gtest.h>

#include "functions/calling.h"
#include "functions/testing.h"

namespace doorbuster::functions {
namespace {

namespace json = boost::json;

json::value validate(const char* event, const orders::OrderRules& rules = {}) {
  return answer_of(ValidateOrder(rules), json::parse(event));
}

TEST(ValidateOrderFunction, TakesAnOrderWrappedOrBare) {
  const json::value expected =
      json::parse(R"({"statusCode":200,"orderId":"test-123","amount":100,"isValid":true,)"
                  R"("message":"The order is valid."})");
  EXPECT_EQ(validate(R"({"order":{"orderId":"test-123","amount":100}})"), expected);
  EXPECT_EQ(validate(R"({"orderId":"test-123","amount":100})"), expected);
}

TEST(ValidateOrderFunction, GivesAllReasonsAgainstOne) {
  EXPECT_EQ(validate(R"({"order":{"orderId":"o 1","amount":10000}})"),
            json::parse(R"({"statusCode":400,"orderId":"o 1","amount":10000,"isValid":false,)"
                        R"("message":"\"orderId\" may contain only letters A-Z and a-z, digits, )"
                        R"(\".\", \"_\" and \"-\"; )"
                        R"(\"amount\" is 10000.00, must be below 10000.00"})"));
}

TEST(ValidateOrderFunction, GoesByTheRulesItWasGiven) {
  EXPECT_EQ(
      validate(R"({"orderId":"1","amount":10000})", {.amount_below = money("20000")}).at("isValid"),
      true);
}

TEST(ValidateOrderFunction, SaysNullForWhatItCannotRead) {
  for (const char* event : {"null", "[]", "7", R"("x")", "{}", R"({"order":null})",
                            R"({"orderId":7,"amount":"much"})"}) {
    const json::value answer = validate(event);
    EXPECT_EQ(answer.at("statusCode"), 400) << event;
    EXPECT_EQ(answer.at("orderId"), nullptr) << event;
    EXPECT_EQ(answer.at("amount"), nullptr) << event;
    EXPECT_EQ(answer.at("isValid"), false) << event;
  }
}

}  // namespace
}  // namespace doorbuster::functions
