#include "orders/json_values.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace doorbuster::orders {
namespace {

namespace json = boost::json;

TEST(MoneyValue, IsANumberThatReadsBackAsItWas) {
  for (const char* text : {"0", "100", "-3", "0.1", "9999.9999", "19.99", "-0.0001",
                           "99999999999.9999", "922337203685477"}) {
    const Money amount = Money::parse(text).value();
    const std::string written = json::serialize(money_value(amount));
    EXPECT_TRUE(money_value(amount).is_number()) << text;
    EXPECT_EQ(read_money(json::parse(written)), amount) << text;
  }
}

TEST(MoneyValue, IsAStringWhereANumberWouldRound) {
  const Money amount = Money::parse("922337203685477.5807").value();
  EXPECT_EQ(money_value(amount), "922337203685477.5807");
  EXPECT_EQ(read_money(money_value(amount)), amount);
}

TEST(MoneyValue, IsWrittenAsAPersonWould) {
  EXPECT_TRUE(money_value(Money::parse("100").value()).is_int64());
  EXPECT_EQ(money_value(Money::parse("100").value()), 100);
  EXPECT_EQ(money_value(Money::parse("19.99").value()), 19.99);
}

}  // namespace
}  // namespace doorbuster::orders
