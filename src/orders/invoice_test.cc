#include "orders/invoice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace doorbuster::orders {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Line line(std::int64_t quantity, const char* price) {
  return Line{"85123A", "WHITE HANGING HEART", quantity, Money::parse(price).value()};
}

Invoice sale() {
  Invoice invoice;
  invoice.number = "536365";
  invoice.customer = "17850";
  invoice.country = "United Kingdom";
  invoice.lines = {line(6, "2.55"), line(2, "0.125")};
  return invoice;
}

Invoice cancellation() {
  Invoice invoice = sale();
  invoice.number = "C536365";
  invoice.kind = Kind::cancellation;
  for (Line& l : invoice.lines) l.quantity = -l.quantity;
  return invoice;
}

TEST(Invoice, CountsItsAmountAndUnits) {
  EXPECT_EQ(sale().amount().str(), "15.55");
  EXPECT_EQ(sale().units(), 8);
  EXPECT_EQ(cancellation().amount().str(), "-15.55");
  EXPECT_EQ(cancellation().units(), -8);
  EXPECT_EQ(Invoice().amount(), Money());
  EXPECT_EQ(Invoice().units(), 0);
}

TEST(Invoice, ThrowsWhenATotalOverflows) {
  Invoice invoice;
  invoice.lines = {line(1, "922337203685477.5807"), line(1, "0.0001")};
  EXPECT_THROW(invoice.amount(), MoneyOverflow);
  invoice.lines = {line(std::numeric_limits<std::int64_t>::max(), "0"), line(1, "0")};
  EXPECT_THROW(invoice.units(), MoneyOverflow);
}

TEST(Validate, TakesSalesAndCancellations) {
  EXPECT_THAT(validate(sale()), IsEmpty());
  EXPECT_THAT(validate(cancellation()), IsEmpty());
}

TEST(Validate, TakesGuestsFreeItemsAndMissingTexts) {
  Invoice invoice = sale();
  invoice.customer.reset();
  invoice.country.clear();
  invoice.lines[0].description.clear();
  invoice.lines[0].unit_price = Money();
  EXPECT_THAT(validate(invoice), IsEmpty());
}

TEST(Validate, HoldsTheNumberToItsForm) {
  Invoice invoice = sale();
  invoice.number = "";
  EXPECT_THAT(validate(invoice), ElementsAre("the invoice number is empty"));
  invoice.number = std::string(64, 'x');
  EXPECT_THAT(validate(invoice), IsEmpty());
  invoice.number = std::string(65, 'x');
  EXPECT_THAT(validate(invoice),
              ElementsAre("the invoice number has 65 characters, at most 64 are allowed"));
  invoice.number = "aZ09._-";
  EXPECT_THAT(validate(invoice), IsEmpty());
  for (const char* number : {"a b", "a/b", "caf\xC3\xA9", "a\n", "[", "`", "@", "{", ":"}) {
    invoice.number = number;
    EXPECT_THAT(validate(invoice),
                ElementsAre("the invoice number may contain only letters A-Z and a-z, digits, "
                            "\".\", \"_\" and \"-\""));
  }
}

TEST(Validate, HoldsQuantitiesToTheKind) {
  Invoice invoice = sale();
  invoice.lines = {line(1, "1"), line(0, "1"), line(-5, "1")};
  EXPECT_THAT(validate(invoice), ElementsAre("line 2: quantity 0 on a sale, must be above 0",
                                             "line 3: quantity -5 on a sale, must be above 0"));
  invoice.kind = Kind::cancellation;
  EXPECT_THAT(validate(invoice),
              ElementsAre("line 1: quantity 1 on a cancellation, must be below 0",
                          "line 2: quantity 0 on a cancellation, must be below 0"));
}

TEST(Validate, HoldsQuantitiesToTheirLimit) {
  Invoice invoice = sale();
  invoice.lines = {line(kQuantityMax, "1"), line(kQuantityMax + 1, "1")};
  EXPECT_THAT(validate(invoice),
              ElementsAre("line 2: quantity 1000000001 is beyond 1000000000, the most that a line "
                          "may have"));
  invoice.kind = Kind::cancellation;
  invoice.lines = {line(-kQuantityMax, "1"), line(-kQuantityMax - 1, "1")};
  EXPECT_THAT(validate(invoice),
              ElementsAre("line 2: quantity -1000000001 is beyond 1000000000, the most that a line "
                          "may have"));
}

TEST(Validate, RefusesNegativePrices) {
  Invoice invoice = sale();
  invoice.lines[1].unit_price = Money::parse("-0.01").value();
  EXPECT_THAT(validate(invoice), ElementsAre("line 2: unit price -0.01, must not be below 0"));
  invoice = cancellation();
  invoice.lines[0].unit_price = Money::parse("-3").value();
  EXPECT_THAT(validate(invoice), ElementsAre("line 1: unit price -3.00, must not be below 0"));
}

TEST(Validate, RefusesAdjustmentsWhateverTheyHold) {
  Invoice invoice = sale();
  invoice.kind = Kind::adjustment;
  invoice.lines = {line(1, "-11062.06")};
  EXPECT_THAT(validate(invoice), ElementsAre("is an accounting adjustment, not an order"));
}

TEST(Validate, HoldsTextsToTheirLimits) {
  Invoice invoice = sale();
  invoice.customer = std::string(kTextLengthMax, 'c');
  invoice.country = std::string(kTextLengthMax, 'c');
  invoice.lines[0].stock_code = std::string(kTextLengthMax, 's');
  invoice.lines[0].description = std::string(kTextLengthMax, 'd');
  EXPECT_THAT(validate(invoice), IsEmpty());

  *invoice.customer += 'c';
  invoice.country += 'c';
  invoice.lines[0].stock_code += 's';
  invoice.lines[0].description += 'd';
  EXPECT_THAT(validate(invoice),
              ElementsAre("the customer has 1001 bytes, at most 1000 are allowed",
                          "the country has 1001 bytes, at most 1000 are allowed",
                          "line 1: the stock code has 1001 bytes, at most 1000 are allowed",
                          "line 1: the description has 1001 bytes, at most 1000 are allowed"));
}

TEST(Validate, RefusesTextsThatNotEveryDatabaseCanStore) {
  Invoice invoice = sale();
  invoice.customer = "";
  invoice.country = std::string("a\0b", 3);
  invoice.lines[0].stock_code = "";
  invoice.lines[1].description = "\xFF";
  EXPECT_THAT(validate(invoice),
              ElementsAre("the customer is empty: a guest's order has none at all",
                          "the country contains a NUL character", "line 1: the stock code is empty",
                          "line 2: the description is not valid UTF-8"));
}

TEST(Validate, RefusesDatesThatHaveNoTextForm) {
  Invoice invoice = sale();
  invoice.date = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31);
  EXPECT_THAT(validate(invoice), IsEmpty());
  *invoice.date += std::chrono::days(1);
  EXPECT_THAT(validate(invoice), ElementsAre("the date is outside the years 0001 to 9999"));
}

TEST(Validate, NeedsBetweenOneAndTheMostLines) {
  Invoice invoice = sale();
  invoice.lines.clear();
  EXPECT_THAT(validate(invoice), ElementsAre("has no lines, at least one is needed"));
  invoice.lines.assign(kLinesMax, line(1, "1"));
  EXPECT_THAT(validate(invoice), IsEmpty());
  invoice.lines.push_back(line(1, "1"));
  EXPECT_THAT(validate(invoice), ElementsAre("has more than 100000 lines"));
}

TEST(Validate, RefusesATotalThatOverflows) {
  Invoice invoice = sale();
  invoice.lines = {line(2, "922337203685477")};
  EXPECT_THAT(validate(invoice),
              ElementsAre("the total cannot be counted: the amount is too large: beyond "
                          "922,337,203,685,477.5807"));
}

TEST(Validate, SpellsOutTenFaultyLinesAndCountsTheRest) {
  Invoice invoice = sale();
  invoice.lines.assign(10, line(-1, "1"));
  EXPECT_EQ(validate(invoice).size(), 10u);
  EXPECT_EQ(validate(invoice).back(), "line 10: quantity -1 on a sale, must be above 0");

  invoice.lines.push_back(line(-1, "1"));
  EXPECT_EQ(validate(invoice).size(), 11u);
  EXPECT_EQ(validate(invoice).back(), "and 1 more line");

  // Two reasons against a line count it once.
  invoice.lines.assign(22, line(-1, "-1"));
  const auto reasons = validate(invoice);
  ASSERT_EQ(reasons.size(), 21u);
  EXPECT_EQ(reasons[19], "line 10: unit price -1.00, must not be below 0");
  EXPECT_EQ(reasons[20], "and 12 more lines");
}

TEST(Validate, GivesAllReasonsAtOnce) {
  Invoice invoice = sale();
  invoice.number = "";
  invoice.kind = Kind::adjustment;
  invoice.lines.clear();
  EXPECT_THAT(validate(invoice), ElementsAre("the invoice number is empty",
                                             "is an accounting adjustment, not an order",
                                             "has no lines, at least one is needed"));
}

}  // namespace
}  // namespace doorbuster::orders
