#include "orders/order.h"

#include <gmock/gmock.h>

#include "orders/invoice_json.h"

namespace doorbuster::orders {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using namespace std::chrono_literals;

Money money(const char* text) {
  return Money::parse(text).value();
}

Order order() {
  Order order;
  order.id = "o-1";
  order.customer_name = "Ada Lovelace";
  order.product = "RED RETROSPOT LANTERN";
  order.amount = money("19.98");
  return order;
}

const OrderRules kAtTheDoor{.name_and_product = true};

std::vector<std::string> faults(const Order& order, const OrderRules& rules = kAtTheDoor) {
  return validate(order, rules);
}

TEST(ValidateOrder, TakesAGoodOne) {
  EXPECT_THAT(faults(order()), IsEmpty());
}

TEST(ValidateOrder, TakesAmountsUpToTheLimit) {
  Order o = order();
  for (const char* amount : {"0.0001", "100", "9999.9999"}) {
    o.amount = money(amount);
    EXPECT_THAT(faults(o), IsEmpty()) << amount;
  }
  for (const char* amount : {"0", "-5"}) {
    o.amount = money(amount);
    EXPECT_THAT(faults(o), ElementsAre(HasSubstr("must be above 0"))) << amount;
  }
  for (const char* amount : {"10000", "922337203685477.5807"}) {
    o.amount = money(amount);
    EXPECT_THAT(faults(o),
                ElementsAre("\"amount\" is " + o.amount.str() + ", must be below 10000.00"));
  }
  EXPECT_THAT(faults(o, {.amount_below = money("922337203685477.5807")}),
              ElementsAre(HasSubstr("must be below")));
  o.amount = money("20000");
  EXPECT_THAT(faults(o, {.amount_below = money("20000.01")}), IsEmpty());
}

TEST(ValidateOrder, RefusesCodePointsThatAreNoCharacters) {
  Order o = order();
  for (const char* none : {"\uFDD0", "\uFDEF", "\uFFFE", "a\uFFFFb", "\U0001FFFE", "\U0010FFFF"}) {
    o.product = none;
    EXPECT_THAT(faults(o), ElementsAre(HasSubstr("no character"))) << none;
    o.product = "x";
    o.email = std::string("ada") + none + "@example.com";
    EXPECT_THAT(faults(o), ElementsAre(HasSubstr("must be an address"))) << none;
    o.email.reset();
  }
  for (const char* some :
       {"\uFDCF", "\uFDF0", "\uFFFD", "\U0001FFFD", "\U0001F600", "\u00BF\u00BE"}) {
    o.product = some;
    EXPECT_THAT(faults(o), IsEmpty()) << some;
  }
}

TEST(ValidateOrder, WantsNameAndProductAtTheDoorOnly) {
  Order o = order();
  o.customer_name = "";
  o.product = "  ";
  EXPECT_THAT(faults(o), ElementsAre("\"customerName\" is missing or blank",
                                     "\"product\" is missing or blank"));
  EXPECT_THAT(faults(o, {}), IsEmpty());
}

TEST(ValidateOrder, CountsCharactersOfTexts) {
  Order o = order();
  std::string name;
  for (int i = 0; i < 200; ++i) name += "\u20ac";
  o.customer_name = name;
  EXPECT_THAT(faults(o), IsEmpty());
  o.customer_name += 'x';
  EXPECT_THAT(faults(o),
              ElementsAre("\"customerName\" has 201 characters, at most 200 are allowed"));
}

TEST(ValidateOrder, RefusesWhatIsNoText) {
  Order o = order();
  o.customer_name = "Ada\r\nBcc: all";
  o.product = "\xFF";
  EXPECT_THAT(faults(o, {}), ElementsAre("\"customerName\" contains a control character",
                                         "\"product\" is not valid UTF-8"));
}

TEST(ValidateOrder, WantsAnIdThatAnInvoiceCanHave) {
  Order o = order();
  for (const char* id : {"", "a b", "a/b", "\u00e9"}) {
    o.id = id;
    EXPECT_THAT(faults(o), ElementsAre(StartsWith("\"orderId\" "))) << id;
  }
  o.id = std::string(65, '1');
  EXPECT_THAT(faults(o), ElementsAre("\"orderId\" has 65 characters, at most 64 are allowed"));
}

TEST(ValidateOrder, WantsAnEmailThatBreaksNoMessage) {
  Order o = order();
  for (const char* email : {"ada@example.com", "a.b+c@localhost", "\u00fc@x"}) {
    o.email = email;
    EXPECT_THAT(faults(o), IsEmpty()) << email;
  }
  for (const char* email :
       {"", "ada", "@x", "ada@", "a@b@c", "a b@c", "a@b\n", "<a@b>", "a@b,c@d"}) {
    o.email = email;
    EXPECT_THAT(faults(o), ElementsAre(StartsWith("\"email\" must be an address"))) << email;
  }
  o.email->assign(250, 'a').append("@b.cd");
  EXPECT_THAT(faults(o), ElementsAre("\"email\" has 255 bytes, at most 254 are allowed"));
}

TEST(ValidateOrder, WantsUnitsThatMakeTheAmount) {
  Order o = order();
  o.units = {2, money("9.99")};
  EXPECT_THAT(faults(o), IsEmpty());
  o.units->quantity = 3;
  EXPECT_THAT(faults(o), ElementsAre("\"amount\" is 19.98, but 3 at 9.99 each are 29.97"));
  o.units->quantity = 0;
  EXPECT_THAT(faults(o), ElementsAre(StartsWith("\"quantity\" is 0")));
  o.units = {1'000'000'001, money("1")};
  EXPECT_THAT(faults(o), ElementsAre(StartsWith("\"quantity\" is 1000000001")));
  o.units = {1'000'000'000, money("922337203685477")};
  EXPECT_THAT(faults(o), ElementsAre(HasSubstr("\"unitPrice\" is too large")));
  o.units = {2, money("-9.99")};
  EXPECT_THAT(faults(o), ElementsAre(StartsWith("\"unitPrice\" is -9.99")));
}

TEST(ValidateOrder, GivesEveryReason) {
  Order bad;
  bad.email = "x";
  EXPECT_EQ(faults(bad).size(), 5U);
}

TEST(InvoiceOf, IsAValidSale) {
  const Instant paid = std::chrono::sys_days(2026y / 11 / 27) + 3s + 45ms;
  const Invoice invoice = invoice_of(order(), paid);
  EXPECT_THAT(validate(invoice), IsEmpty());
  EXPECT_EQ(invoice.number, "o-1");
  EXPECT_EQ(invoice.customer, "Ada Lovelace");
  EXPECT_EQ(invoice.date, std::chrono::sys_days(2026y / 11 / 27) + 3s);
  EXPECT_THAT(invoice.lines, ElementsAre(Line{"RED RETROSPOT LANTERN", "RED RETROSPOT LANTERN", 1,
                                              money("19.98")}));
  EXPECT_EQ(parse_invoice(to_json(invoice)).invoice, invoice);
}

TEST(InvoiceOf, SellsUnitsOnTheDayOfTheOrder) {
  Order o = order();
  o.units = {2, money("9.99")};
  o.submitted_at = std::chrono::sys_days(2026y / 11 / 26) + 1h + 1ms;
  const Invoice invoice = invoice_of(o, *o.submitted_at + 48h);
  EXPECT_EQ(invoice.date, std::chrono::sys_days(2026y / 11 / 26) + 1h);
  EXPECT_EQ(invoice.lines.at(0).quantity, 2);
  EXPECT_EQ(invoice.amount(), o.amount);
}

TEST(InvoiceOf, NeedsNoMoreThanAnIdAndAnAmount) {
  Order o;
  o.id = "test-123";
  o.amount = money("100");
  const Invoice invoice = invoice_of(o, {});
  EXPECT_THAT(validate(invoice), IsEmpty());
  EXPECT_EQ(invoice.customer, std::nullopt);
  EXPECT_THAT(invoice.lines, ElementsAre(Line{"ORDER", "Order", 1, money("100")}));
}

}  // namespace
}  // namespace doorbuster::orders
