#include "orders/money.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace doorbuster::orders {
namespace {

constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();

Money money(std::int64_t n) {
  return Money::from_ten_thousandths(n);
}

TEST(MoneyParse, TakesDecimalNumbers) {
  EXPECT_EQ(Money::parse("12.5"), money(125'000));
  EXPECT_EQ(Money::parse("-0.001"), money(-10));
  EXPECT_EQ(Money::parse("3.00"), money(30'000));
  EXPECT_EQ(Money::parse("+7"), money(70'000));
  EXPECT_EQ(Money::parse("0"), money(0));
  EXPECT_EQ(Money::parse("-0"), money(0));
  EXPECT_EQ(Money::parse("0.0001"), money(1));
  EXPECT_EQ(Money::parse("007.10"), money(71'000));
}

TEST(MoneyParse, TakesZerosBeyondTheFourthDecimalOnly) {
  EXPECT_EQ(Money::parse("1.23450000"), money(12'345));
  EXPECT_EQ(Money::parse("1.23456"), std::nullopt);
  EXPECT_EQ(Money::parse("1.00000000001"), std::nullopt);
}

TEST(MoneyParse, TakesTheWholeRangeAndNoMore) {
  EXPECT_EQ(Money::parse("922337203685477.5807"), money(kHighest));
  EXPECT_EQ(Money::parse("922337203685477.5808"), std::nullopt);
  EXPECT_EQ(Money::parse("-922337203685477.5808"), money(kLowest));
  EXPECT_EQ(Money::parse("-922337203685477.5809"), std::nullopt);
  EXPECT_EQ(Money::parse("922337203685478"), std::nullopt);
  EXPECT_EQ(Money::parse("99999999999999999999999999"), std::nullopt);
}

TEST(MoneyParse, RefusesEverythingElse) {
  for (const char* text :
       {"",   "-",  "+",    ".",     "1.",   ".5",  "--1", "+-1", "1e3",  "1,000",
        " 1", "1 ", "0x10", "1.2.3", "1.-5", "nan", "inf", "12a", "1.2a", "1.00000a"}) {
    EXPECT_EQ(Money::parse(text), std::nullopt) << text;
  }
  EXPECT_EQ(Money::parse(std::string("1\0", 2)), std::nullopt);
}

TEST(MoneyStr, IsTheShortestWithAtLeastTwoDecimals) {
  EXPECT_EQ(money(0).str(), "0.00");
  EXPECT_EQ(money(125'000).str(), "12.50");
  EXPECT_EQ(money(73'523'541'740).str(), "7352354.174");
  EXPECT_EQ(money(-1).str(), "-0.0001");
  EXPECT_EQ(money(10'203).str(), "1.0203");
  EXPECT_EQ(money(10'030).str(), "1.003");
  EXPECT_EQ(money(-5'596'731'100).str(), "-559673.11");
  EXPECT_EQ(money(kHighest).str(), "922337203685477.5807");
  EXPECT_EQ(money(kLowest).str(), "-922337203685477.5808");
}

TEST(MoneyStr, IsReadBackAsTheSameAmount) {
  for (const std::int64_t n : {std::int64_t{0}, std::int64_t{9}, std::int64_t{-10},
                               std::int64_t{100}, std::int64_t{12'345'678}, kHighest, kLowest}) {
    EXPECT_EQ(Money::parse(money(n).str()), money(n)) << n;
  }
}

TEST(MoneyArithmetic, IsExact) {
  EXPECT_EQ(money(1) + money(2), money(3));
  EXPECT_EQ(money(1) - money(2), money(-1));
  EXPECT_EQ(-money(5), money(-5));
  EXPECT_EQ(money(25'500) * 6, money(153'000));
  EXPECT_EQ(money(25'500) * -6, money(-153'000));
  EXPECT_LT(money(-1), money(0));
}

TEST(MoneyArithmetic, ThrowsInsteadOfOverflowing) {
  EXPECT_THROW(money(kHighest) + money(1), MoneyOverflow);
  EXPECT_THROW(money(kLowest) - money(1), MoneyOverflow);
  EXPECT_THROW(money(kHighest) * 2, MoneyOverflow);
  EXPECT_THROW(money(kLowest) * -1, MoneyOverflow);
  EXPECT_THROW(-money(kLowest), MoneyOverflow);
}

TEST(MoneyArithmetic, LeavesTheAmountAsItWasWhenItThrows) {
  Money m = money(kHighest);
  EXPECT_THROW(m += money(1), MoneyOverflow);
  EXPECT_EQ(m, money(kHighest));
}

}  // namespace
}  // namespace doorbuster::orders
