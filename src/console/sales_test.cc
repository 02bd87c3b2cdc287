#include "console/sales.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "functions/testing.h"
#include "shop/answers.h"

namespace doorbuster::console {
namespace {

using functions::money;
using functions::received;
using ::testing::HasSubstr;

const std::string kNames =
    ",sales_invoices,sales_units,sales_amount,refund_invoices,refund_units,refund_amount\r\n";

class SalesTest : public ::testing::Test {
 protected:
  void sell(const std::string& code, const std::string& description, int units = 2,
            const char* price = "1.5") {
    const auto invoice =
        received(std::to_string(++invoices_), {{code, description, units, money(price)}});
    books_.record(std::span(&invoice, 1), {});
  }

  functions::TemporaryDirectory directory_;
  functions::SalesDatabase books_{{.path = directory_ / "sales.db"}};
  int invoices_ = 0;
};

TEST_F(SalesTest, ShowsEveryBook) {
  sell("A", "apple");
  const auto all = sales(books_);
  EXPECT_EQ(boost::json::serialize(all.at("totals").at("sales")),
            R"({"invoices":1,"units":2,"amount":"3.00"})");
  for (const char* book : {"by_hour", "by_day", "by_country", "products"}) {
    EXPECT_EQ(all.at(book).as_array().size(), 1U) << book;
  }
  EXPECT_EQ(all.at("products").at(0).at("description").as_string(), "apple");
}

TEST_F(SalesTest, ShowsTheBestProductsByRevenueAndByUnits) {
  sell("cheap", "many", 500, "0.01");
  for (int i = 0; i < 30; ++i) sell("dear" + std::to_string(i), "few", 1, "100");
  const auto all = sales(books_);
  const auto& shown = all.at("products").as_array();
  EXPECT_EQ(shown.size(), 13U);
  EXPECT_EQ(shown.back().at("bucket").as_string(), "cheap");
}

TEST_F(SalesTest, WritesEveryBookAsCsv) {
  sell("A", "apple");
  const std::string numbers = ",1,2,3.00,0,0,0.00\r\n";
  EXPECT_EQ(sales_csv(books_, "hour"), "hour" + kNames + "\"2010-12-01T08:00\"" + numbers);
  EXPECT_EQ(sales_csv(books_, "day"), "day" + kNames + "\"2010-12-01\"" + numbers);
  EXPECT_EQ(sales_csv(books_, "country"), "country" + kNames + "\"United Kingdom\"" + numbers);
  EXPECT_EQ(sales_csv(books_, "product"),
            "product,description" + kNames + "\"A\",\"apple\"" + numbers);
  EXPECT_THROW(sales_csv(books_, "year"), shop::Problem);
}

TEST_F(SalesTest, LeavesNothingForASpreadsheetToRun) {
  sell("=1+1", "+1");
  sell("B", "say \"cheese\", please");
  sell("-C", "@SUM(A1)");
  const auto csv = sales_csv(books_, "product");
  EXPECT_THAT(csv, HasSubstr("\r\n\"'=1+1\",\"'+1\","));
  EXPECT_THAT(csv, HasSubstr("\r\n\"'-C\",\"'@SUM(A1)\","));
  EXPECT_THAT(csv, HasSubstr("\r\n\"B\",\"say \"\"cheese\"\", please\","));
}

}  // namespace
}  // namespace doorbuster::console
