#include "functions/shipping_database.h"

#include <gmock/gmock.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "functions/sql.h"
#include "functions/testing.h"

namespace doorbuster::functions {
namespace {

using testing::ElementsAre;

class ShippingDatabaseTest : public testing::Test {
 protected:
  ShippingOptions options(std::int64_t opening_stock) const {
    return {.database = {.path = directory_ / "shipping.db"}, .opening_stock = opening_stock};
  }
  static void ship(ShippingDatabase& database, std::vector<ReceivedInvoice> batch) {
    for (const Outcome& outcome : database.record(batch, at(7))) {
      EXPECT_EQ(outcome.kind, Outcome::Kind::recorded);
    }
  }
  static orders::Line line(const std::string& code, std::int64_t quantity) {
    return {code, "", quantity, money("1")};
  }

  TemporaryDirectory directory_;
};

TEST_F(ShippingDatabaseTest, IsEmptyAtFirst) {
  ShippingDatabase database(options(5));
  EXPECT_EQ(database.totals().shipped, 0);
  EXPECT_FALSE(database.stock("A"));
  EXPECT_FALSE(database.minimum_stock());
  EXPECT_TRUE(database.lines("1").empty());
}

TEST_F(ShippingDatabaseTest, TakesStockAndPutsItBack) {
  ShippingDatabase database({.database = {.path = directory_ / "shipping.db"}});
  ship(database, {received("1", {line("A", 10), line("B", 1)})});
  EXPECT_EQ(database.stock("A"), 999'990);
  EXPECT_EQ(database.stock("B"), 999'999);
  EXPECT_EQ(database.minimum_stock(), 999'990);
  ship(database, {received("C2", {line("A", -4), line("C", -1)})});
  EXPECT_EQ(database.stock("A"), 999'994);
  EXPECT_EQ(database.stock("C"), 1'000'001);
  EXPECT_EQ(database.totals().shipped, 1);
  EXPECT_EQ(database.totals().cancelled, 1);
}

TEST_F(ShippingDatabaseTest, BackOrdersWhatIsNotThere) {
  ShippingDatabase database(options(10));
  ship(database, {received("1", {line("A", 7), line("A", 7), line("B", 10)}),
                  received("2", {line("A", 5), line("B", 1)})});
  EXPECT_EQ(database.stock("A"), 0);
  EXPECT_EQ(database.minimum_stock(), 0);
  EXPECT_EQ(database.totals().shipped, 2);
  EXPECT_EQ(database.totals().back_ordered_units, 4 + 5 + 1);
  EXPECT_THAT(database.lines("1"),
              ElementsAre(ShippedLine{"A", 7, 0}, ShippedLine{"A", 7, 4}, ShippedLine{"B", 10, 0}));
  EXPECT_THAT(database.lines("2"), ElementsAre(ShippedLine{"A", 5, 5}, ShippedLine{"B", 1, 1}));
  ship(database, {received("C3", {line("A", -2)}), received("4", {line("A", 3)})});
  EXPECT_EQ(database.stock("A"), 0);
  EXPECT_EQ(database.totals().back_ordered_units, 13);
}

TEST_F(ShippingDatabaseTest, MakesNoStockOfWhatWasNeverThere) {
  ShippingDatabase(options(3)).record(std::vector{received("1", {line("A", 10)})}, at(7));
  ShippingDatabase database(options(3));
  ship(database, {received("C2", {line("A", -4)})});
  EXPECT_EQ(database.stock("A"), 0) << "seven were back-ordered, four of them no longer";
  ship(database, {received("C3", {line("A", -6)})});
  EXPECT_EQ(database.stock("A"), 3);
}

TEST_F(ShippingDatabaseTest, OpensAFileThatKnowsNothingOfBackOrders) {
  { const ShippingDatabase database(options(3)); }
  const auto path = directory_ / "shipping.db";
  soci::session(soci::sqlite3, "dbname=\"" + path.string() + "\"") << "DROP TABLE back_orders";
  ShippingDatabase database(options(3));
  ship(database, {received("1", {line("A", 10)}), received("C2", {line("A", -10)})});
  EXPECT_EQ(database.stock("A"), 3);
}

TEST_F(ShippingDatabaseTest, TakesNoStockForWhatComesAgain) {
  ShippingDatabase database(options(10));
  const std::vector batch = {received("1", {line("A", 7)})};
  ship(database, batch);
  database.record(batch, at(8));
  std::vector other = batch;
  other[0].object.etag = "e2";
  database.record(other, at(8));
  EXPECT_EQ(database.stock("A"), 3);
  EXPECT_EQ(database.totals().shipped, 1);
  EXPECT_EQ(database.totals().back_ordered_units, 0);
}

TEST_F(ShippingDatabaseTest, KnowsACodeWithoutStock) {
  { ShippingDatabase(options(0)).record(std::vector{received("1", {line("A", 7)})}, at(7)); }
  ShippingDatabase database(options(100));
  EXPECT_EQ(database.stock("A"), 0);
  ship(database, {received("2", {line("A", 1), line("B", 1)})});
  EXPECT_EQ(database.stock("A"), 0);
  EXPECT_EQ(database.stock("B"), 99);
  EXPECT_EQ(database.totals().back_ordered_units, 8);
}

TEST_F(ShippingDatabaseTest, NeverOverflowsTheShelf) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  ShippingDatabase database(options(most));
  ship(database, {received("C1", {line("A", -7)})});
  EXPECT_EQ(database.stock("A"), most);
  EXPECT_THROW(ShippingDatabase(options(-1)), std::invalid_argument);
}

}  // namespace
}  // namespace doorbuster::functions
