#include "functions/sales_database.h"

#include <gmock/gmock.h>

#include <limits>

#include "functions/testing.h"

namespace doorbuster::functions {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SalesDatabaseTest : public testing::Test {
 protected:
  std::vector<Outcome> record(std::vector<ReceivedInvoice> batch) {
    return database_.record(batch, at(7));
  }

  // A sale of two products in the morning, one of Ireland's in the afternoon, a refund of the day
  // after.
  void record_three() {
    using namespace std::chrono;
    auto first = received("1", {{"A", "apple", 2, money("1.5")},
                                {"B", "bread", 1, money("0.001")},
                                {"A", "apple", 1, money("1.5")}});
    auto second = received("2", {{"A", "apple, red", 10, money("1")}});
    second.invoice.country = "EIRE";
    second.invoice.date = sys_days(2010y / December / 1) + 23h + 59min + 59s;
    auto refund = received("C3", {{"A", "", -1, money("1.5")}});
    refund.invoice.date = sys_days(2010y / December / 2);
    record({first});
    record({second, refund});
  }

  TemporaryDirectory directory_;
  SalesDatabase database_{{.path = directory_ / "sales.db"}};
};

TEST_F(SalesDatabaseTest, IsEmptyAtFirst) {
  EXPECT_EQ(database_.totals(), (Trend{"all", {}, {}}));
  EXPECT_THAT(database_.by_hour(), IsEmpty());
  EXPECT_THAT(database_.top_products(10), IsEmpty());
}

TEST_F(SalesDatabaseTest, SumsUpSalesAndRefundsApart) {
  record_three();
  EXPECT_EQ(database_.totals(), (Trend{"all", {2, 14, money("14.501")}, {1, -1, money("-1.5")}}));
}

TEST_F(SalesDatabaseTest, KeepsTheTrends) {
  record_three();
  const SalesSum morning = {1, 4, money("4.501")};
  const SalesSum afternoon = {1, 10, money("10")};
  const SalesSum refund = {1, -1, money("-1.5")};
  EXPECT_THAT(database_.by_hour(), ElementsAre(Trend{"2010-12-01T08:00", morning, {}},
                                               Trend{"2010-12-01T23:00", afternoon, {}},
                                               Trend{"2010-12-02T00:00", {}, refund}));
  EXPECT_THAT(database_.by_day(), ElementsAre(Trend{"2010-12-01", {2, 14, money("14.501")}, {}},
                                              Trend{"2010-12-02", {}, refund}));
  EXPECT_THAT(database_.by_country(),
              ElementsAre(Trend{"EIRE", afternoon, {}}, Trend{"United Kingdom", morning, refund}));
}

TEST_F(SalesDatabaseTest, RanksProductsAndCountsAnInvoiceOnceForEach) {
  record_three();
  const std::vector<ProductTrend> products = database_.top_products(10);
  ASSERT_EQ(products.size(), 2U);
  EXPECT_EQ(static_cast<const Trend&>(products[0]),
            (Trend{"A", {2, 13, money("14.5")}, {1, -1, money("-1.5")}}));
  EXPECT_EQ(products[0].description, "apple, red");
  EXPECT_EQ(static_cast<const Trend&>(products[1]), (Trend{"B", {1, 1, money("0.001")}, {}}));
  EXPECT_EQ(database_.top_products(1).size(), 1U);
}

TEST_F(SalesDatabaseTest, RanksAProductLastThatWasOnlyRefunded) {
  record_three();
  auto refund = received("C9", {{"0", "zero", -2, money("3")}});
  refund.invoice.kind = orders::Kind::cancellation;
  record({refund});
  const std::vector<ProductTrend> products = database_.top_products(10);
  ASSERT_EQ(products.size(), 3U);
  EXPECT_EQ(static_cast<const Trend&>(products[2]), (Trend{"0", {}, {1, -2, money("-6")}}));
  EXPECT_EQ(products[2].description, "zero");
}

TEST_F(SalesDatabaseTest, DescribesAProductByItsLatestInvoiceWhateverComesLast) {
  auto late = received("1", {{"A", "new", 1, money("1")}, {"B", "", 1, money("1")}});
  auto early = received("2", {{"A", "old", 1, money("1")}, {"B", "b", 1, money("1")}});
  early.invoice.date = *late.invoice.date - std::chrono::hours(1);
  record({late});
  record({early});
  EXPECT_EQ(database_.top_products(2)[0].description, "new");
  EXPECT_EQ(database_.top_products(2)[1].description, "b");
}

TEST_F(SalesDatabaseTest, CountsNothingTwice) {
  record_three();
  record_three();
  EXPECT_EQ(database_.totals().sales, (SalesSum{2, 14, money("14.501")}));
  EXPECT_EQ(database_.by_hour().size(), 3U);
}

TEST_F(SalesDatabaseTest, CountsAnInvoiceWithoutDateAtTheTimeOfItsEvent) {
  auto undated = received("1", {{"A", "", 1, money("1")}});
  undated.invoice.date.reset();
  record({undated});
  EXPECT_EQ(database_.by_hour().at(0).bucket, "2011-03-13T07:00");
}

TEST_F(SalesDatabaseTest, RejectsWhatItsTotalsCannotHold) {
  const auto most = received("1", {{"A", "", 1, money("922337203685477.5807")}});
  const auto more = received("2", {{"B", "", 1, money("0.0001")}});
  const auto refund = received("C3", {{"B", "", -1, money("0.0001")}});
  const std::vector<Outcome> outcomes = record({most, more, refund});
  EXPECT_EQ(outcomes[1].kind, Outcome::Kind::rejected);
  EXPECT_THAT(outcomes[1].reason, testing::HasSubstr("too large"));
  EXPECT_EQ(outcomes[2].kind, Outcome::Kind::recorded);
  EXPECT_EQ(record({more})[0].kind, Outcome::Kind::rejected);
  EXPECT_EQ(database_.totals(),
            (Trend{"all", {1, 1, money("922337203685477.5807")}, {1, -1, money("-0.0001")}}));
}

TEST_F(SalesDatabaseTest, ARejectedInvoiceLeavesNoUnitsBehind) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const auto most = received("1", {{"A", "", kMost - 5, money("0")}});
  const auto more = received("2", {{"A", "", 10, money("0")}});
  const std::vector<Outcome> outcomes = record({most, more, more});
  EXPECT_EQ(outcomes[1].kind, Outcome::Kind::rejected);
  EXPECT_EQ(outcomes[2].kind, Outcome::Kind::rejected);
  EXPECT_EQ(database_.totals().sales.units, kMost - 5);
}

}  // namespace
}  // namespace doorbuster::functions
