#include "orders/invoice_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace doorbuster::orders {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using namespace std::chrono_literals;

constexpr const char* kText =
    R"({"invoice":"536365","kind":"sale","customer":"17850","country":"United Kingdom",)"
    R"("date":"2010-12-01T08:26:00","lines":[{"stock_code":"85123A",)"
    R"("description":"WHITE HANGING HEART T-LIGHT HOLDER","quantity":6,"unit_price":"2.55"}]})";

Invoice invoice() {
  Invoice i;
  i.number = "536365";
  i.customer = "17850";
  i.country = "United Kingdom";
  i.date = std::chrono::sys_days(2010y / 12 / 1) + 8h + 26min;
  i.lines = {{"85123A", "WHITE HANGING HEART T-LIGHT HOLDER", 6, Money::parse("2.55").value()}};
  return i;
}

std::string with_line(const std::string& line) {
  return R"({"invoice":"1","lines":[)" + line + "]}";
}

std::string with_price(const std::string& price) {
  return with_line(R"({"stock_code":"A","quantity":1,"unit_price":)" + price + "}");
}

std::string order_of(const std::string& fields) {
  return R"({"order_id":"7",)" + fields + "}";
}

std::vector<std::string> reasons(const std::string& text) {
  Parsed parsed = parse_invoice(text);
  EXPECT_EQ(parsed.invoice.has_value(), parsed.reasons.empty()) << text;
  return parsed.reasons;
}

std::string price_of(const std::string& text) {
  const Parsed parsed = parse_invoice(text);
  return parsed.invoice ? parsed.invoice->lines.at(0).unit_price.str() : parsed.reasons.at(0);
}

TEST(ToJson, WritesEveryFieldInAFixedOrder) {
  EXPECT_EQ(to_json(invoice()), kText);
}

TEST(ToJson, LeavesOutWhatIsAbsent) {
  Invoice i = invoice();
  i.customer.reset();
  i.date.reset();
  i.country.clear();
  i.kind = Kind::adjustment;
  i.lines.clear();
  EXPECT_EQ(to_json(i), R"({"invoice":"536365","kind":"adjustment","country":"","lines":[]})");
}

TEST(ToJson, EscapesWhatJsonNeedsEscaped) {
  Invoice i = invoice();
  i.country = "\"\\\n\x1F/caf\xC3\xA9\x7F";
  EXPECT_THAT(to_json(i), HasSubstr("\"country\":\"\\\"\\\\\\n\\u001f/caf\xC3\xA9\x7F\""));
}

TEST(ParseInvoice, ReadsWhatToJsonWrites) {
  EXPECT_EQ(parse_invoice(kText).invoice, invoice());

  Invoice odd = invoice();
  odd.number = "C-1";
  odd.kind = Kind::cancellation;
  odd.customer.reset();
  odd.country = "\"\\\n\x1F/\xF0\x9F\x98\x80";
  odd.date.reset();
  odd.lines = {{"A", "", -3, Money::parse("0.0001").value()},
               {"B\t", "caf\xC3\xA9", -kQuantityMax, Money()}};
  EXPECT_EQ(parse_invoice(to_json(odd)).invoice, odd);
}

TEST(ParseInvoice, ReadsAnInvoiceTooLongForItsBuffers) {
  Invoice i = invoice();
  i.lines.resize(5'000, i.lines[0]);
  i.lines.back().quantity = 7;
  EXPECT_EQ(parse_invoice(to_json(i)).invoice, i);
}

TEST(ParseInvoice, NeedsNoMoreThanNumberAndLines) {
  const Parsed parsed = parse_invoice(with_price("\"2.55\""));
  ASSERT_TRUE(parsed.invoice);
  Invoice expected;
  expected.number = "1";
  expected.lines = {{"A", "", 1, Money::parse("2.55").value()}};
  EXPECT_EQ(*parsed.invoice, expected);
}

TEST(ParseInvoice, IgnoresUnknownFieldsAndNullForAbsent) {
  EXPECT_THAT(reasons(R"({"x":{"y":[1,null]},"invoice":"1","customer":null,"date":null,"lines":)"
                      R"([{"z":1,"stock_code":"A","quantity":1,"unit_price":1}]})"),
              IsEmpty());
}

TEST(ParseInvoice, TakesPricesThatAreExact) {
  EXPECT_EQ(price_of(with_price("\"2.55\"")), "2.55");
  EXPECT_EQ(price_of(with_price("3")), "3.00");
  EXPECT_EQ(price_of(with_price("0")), "0.00");
  EXPECT_EQ(price_of(with_price("2.55")), "2.55");
  EXPECT_EQ(price_of(with_price("0.0007")), "0.0007");
  EXPECT_EQ(price_of(with_price("1e2")), "100.00");
  EXPECT_EQ(price_of(with_price("100000.0")), "100000.00");
  EXPECT_EQ(price_of(with_price("19999.9999")), "19999.9999");
}

TEST(ParseInvoice, RefusesPricesThatAreNot) {
  const std::string rule =
      "line 1: \"unit_price\" must be an amount with at most 4 decimals, such as \"2.55\", not ";
  EXPECT_EQ(price_of(with_price("\"2.55555\"")), rule + "\"2.55555\"");
  EXPECT_EQ(price_of(with_price("\"1e2\"")), rule + "\"1e2\"");
  EXPECT_EQ(price_of(with_price("\"\"")), rule + "\"\"");
  EXPECT_EQ(price_of(with_price("true")), rule + "true or false");
  EXPECT_EQ(price_of(with_price("null")), rule + "null");
  EXPECT_EQ(price_of(with_price("[]")), rule + "an array");
  EXPECT_THAT(price_of(with_price("0.00001")), StartsWith(rule));
  EXPECT_THAT(price_of(with_price("1e22")), StartsWith(rule));
  EXPECT_THAT(price_of(with_price("1e308")), StartsWith(rule));
  EXPECT_THAT(price_of(with_price("-1e999")), StartsWith(rule));
  EXPECT_EQ(price_of(with_price("18446744073709551615")), rule + "18446744073709551615");
  EXPECT_EQ(price_of(with_price("922337203685478")), rule + "922337203685478");
}

TEST(ParseInvoice, RefusesWhatIsNotJson) {
  EXPECT_THAT(reasons(""), ElementsAre("is not JSON: incomplete JSON at byte 0"));
  EXPECT_THAT(reasons("  "), ElementsAre("is not JSON: incomplete JSON at byte 2"));
  EXPECT_THAT(reasons("hello"), ElementsAre("is not JSON: syntax error at byte 0"));
  EXPECT_THAT(
      reasons(std::string(kText) + "x"),
      ElementsAre("is not JSON: extra data at byte " + std::to_string(std::string(kText).size())));
  EXPECT_THAT(reasons("{\"invoice\":\"\xFF\"}"), ElementsAre(StartsWith("is not JSON: ")));
  EXPECT_THAT(reasons(R"({"invoice":"\ud800"})"), ElementsAre(StartsWith("is not JSON: ")));
  EXPECT_THAT(reasons(std::string(1, '\0')), ElementsAre(StartsWith("is not JSON: ")));
}

TEST(ParseInvoice, RefusesEveryBeginningOfAnInvoice) {
  const std::string text = kText;
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_EQ(reasons(text.substr(0, size)).size(), 1u) << size;
  }
  EXPECT_THAT(reasons(text + " \n"), IsEmpty());
}

TEST(ParseInvoice, RefusesWhatNestsTooDeeply) {
  const std::string deep(100'000, '[');
  EXPECT_THAT(reasons(deep), ElementsAre("is not JSON: too deep at byte 32"));
}

TEST(ParseInvoice, RefusesTextsThatAreTooLong) {
  EXPECT_THAT(reasons(std::string(kJsonBytesMax + 1, ' ')),
              ElementsAre("the text has 67108865 bytes, at most 67108864 are allowed"));
}

TEST(ParseInvoice, RefusesWhatIsNotAnObject) {
  EXPECT_THAT(reasons("[]"), ElementsAre("an invoice must be a JSON object, not an array"));
  EXPECT_THAT(reasons("null"), ElementsAre("an invoice must be a JSON object, not null"));
}

TEST(ParseInvoice, NamesEveryFieldThatIsMissing) {
  EXPECT_THAT(reasons("{}"), ElementsAre("\"invoice\" is missing", "\"lines\" is missing"));
  EXPECT_THAT(reasons(with_line("{}")),
              ElementsAre("line 1: \"stock_code\" is missing", "line 1: \"quantity\" is missing",
                          "line 1: \"unit_price\" is missing"));
}

TEST(ParseInvoice, NamesEveryFieldOfTheWrongType) {
  EXPECT_THAT(reasons(R"({"invoice":1,"customer":5,"country":[],"date":false,"lines":{}})"),
              ElementsAre("\"invoice\" must be a string, not a number",
                          "\"customer\" must be a string, or absent for a guest, not a number",
                          "\"country\" must be a string, not an array",
                          "\"date\" must be a date and time such as \"2010-12-01T08:26:00\", not "
                          "true or false",
                          "\"lines\" must be an array, not an object"));
  EXPECT_THAT(
      reasons(with_line(R"(7,{"stock_code":1,"description":null,"quantity":"6","unit_price":1})")),
      ElementsAre("line 1: must be an object, not a number",
                  "line 2: \"stock_code\" must be a string, not a number",
                  "line 2: \"description\" must be a string, not null",
                  "line 2: \"quantity\" must be a whole number, not a string"));
}

TEST(ParseInvoice, RefusesQuantitiesThatAreNotWholeNumbers) {
  for (const char* quantity : {"1.5", "1e3", "9223372036854775808", "1e999"}) {
    EXPECT_THAT(reasons(with_line(R"({"stock_code":"A","unit_price":1,"quantity":)" +
                                  std::string(quantity) + "}")),
                ElementsAre(StartsWith("line 1: \"quantity\" must be a whole number, not ")));
  }
}

TEST(ParseInvoice, RefusesDatesThatDoNotExist) {
  EXPECT_THAT(reasons(R"({"invoice":"1","date":"2023-02-29T00:00:00","lines":[]})"),
              ElementsAre("\"date\" must be a date and time such as \"2010-12-01T08:26:00\", not "
                          "\"2023-02-29T00:00:00\"",
                          "has no lines, at least one is needed"));
}

TEST(ParseInvoice, RefusesUnknownKinds) {
  EXPECT_THAT(reasons(R"({"invoice":"1","kind":"gift","lines":[]})"),
              ElementsAre(R"("kind" must be "sale", "cancellation" or "adjustment", not "gift")"));
  EXPECT_THAT(
      reasons(R"({"invoice":"1","kind":3,"lines":[]})"),
      ElementsAre(R"("kind" must be "sale", "cancellation" or "adjustment", not a number)"));
}

TEST(ParseInvoice, ValidatesToo) {
  EXPECT_THAT(
      reasons(R"({"invoice":"a b","kind":"cancellation","lines":[)"
              R"({"stock_code":"A","quantity":"x","unit_price":1},)"
              R"({"stock_code":"A","quantity":2,"unit_price":-1}]})"),
      ElementsAre("line 1: \"quantity\" must be a whole number, not a string",
                  "the invoice number may contain only letters A-Z and a-z, digits, \".\", \"_\" "
                  "and \"-\"",
                  "line 2: quantity 2 on a cancellation, must be below 0",
                  "line 2: unit price -1.00, must not be below 0"));
  EXPECT_THAT(reasons(R"({"invoice":"A1","kind":"adjustment","lines":[]})"),
              ElementsAre("is an accounting adjustment, not an order",
                          "has no lines, at least one is needed"));
}

TEST(ParseSimpleOrder, IsASaleOfOneLine) {
  Invoice expected;
  expected.number = "7";
  expected.customer = "Customer-7";
  expected.lines = {{"ORDER", "Order", 1, Money::parse("800").value()}};
  EXPECT_EQ(parse_invoice(order_of(R"("customer":"Customer-7","amount":800,"status":"confirmed")"))
                .invoice,
            expected);
  expected.customer.reset();
  EXPECT_EQ(parse_invoice(order_of(R"("amount":800)")).invoice, expected);
}

TEST(ParseSimpleOrder, TakesAmountsThatAreExactAndAboveZero) {
  EXPECT_EQ(price_of(order_of(R"("amount":"12.5")")), "12.50");
  EXPECT_EQ(price_of(order_of(R"("amount":99.99)")), "99.99");
  EXPECT_EQ(price_of(order_of(R"("amount":0)")), "\"amount\" is 0.00, must be above 0");
  EXPECT_EQ(price_of(order_of(R"("amount":-3)")), "\"amount\" is -3.00, must be above 0");
  EXPECT_EQ(price_of(order_of(R"("amount":"much")")),
            "\"amount\" must be an amount with at most 4 decimals, such as \"2.55\", not \"much\"");
  EXPECT_EQ(price_of(order_of(R"("customer":"c")")), "\"amount\" is missing");
}

TEST(ParseSimpleOrder, MustBeConfirmed) {
  EXPECT_THAT(reasons(order_of(R"("amount":1,"status":"pending")")),
              ElementsAre("\"status\" is \"pending\", only \"confirmed\" orders are taken"));
  EXPECT_THAT(reasons(order_of(R"("amount":1,"status":null)")),
              ElementsAre("\"status\" must be a string, not null"));
}

TEST(ParseSimpleOrder, GivesAllReasonsAtOnce) {
  EXPECT_THAT(reasons(R"({"order_id":7,"customer":"","amount":0,"status":"x"})"),
              ElementsAre("\"order_id\" must be a string, not a number",
                          "\"status\" is \"x\", only \"confirmed\" orders are taken",
                          "\"amount\" is 0.00, must be above 0",
                          "the customer is empty: a guest's order has none at all"));
}

}  // namespace
}  // namespace doorbuster::orders
