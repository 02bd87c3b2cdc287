#include "functions/payment_ledger.h"

#include <gmock/gmock.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "functions/shipping_database.h"
#include "functions/sql.h"
#include "functions/testing.h"

namespace doorbuster::functions {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Payment payment(const std::string& key, const std::string& amount, bool taken = true) {
  return {key, key, money(amount), taken, taken ? "" : "no", "TXN-" + key, at(7)};
}

class PaymentLedgerTest : public testing::Test {
 protected:
  std::unique_ptr<PaymentLedger> open() {
    return std::make_unique<PaymentLedger>(
        DatabaseOptions{.path = path_, .busy_timeout = std::chrono::milliseconds(20)});
  }
  soci::session other() { return {soci::sqlite3, "dbname=\"" + path_.string() + "\""}; }

  TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_ / "payments.db";
};

TEST_F(PaymentLedgerTest, KeepsWhatItRecordedWhenReopened) {
  const Payment taken = payment("o-1", "19.99");
  const Payment declined = payment("o-2", "5", false);
  EXPECT_THAT(open()->record({taken, declined}), ElementsAre(taken, declined));
  const auto ledger = open();
  EXPECT_EQ(ledger->find("o-1"), taken);
  EXPECT_EQ(ledger->find("o-2"), declined);
  EXPECT_EQ(ledger->find("o-3"), std::nullopt);
  EXPECT_EQ(ledger->totals(), (PaymentTotals{1, 1, money("19.99")}));
}

TEST_F(PaymentLedgerTest, AnswersWithTheFirstWhateverComesAgain) {
  const auto ledger = open();
  const Payment first = payment("o-1", "19.99");
  Payment again = first;
  again.transaction_id = "another";
  again.amount = money("20");
  EXPECT_THAT(ledger->record({first, again}), ElementsAre(first, first));
  EXPECT_THAT(ledger->record({again}), ElementsAre(first));
  EXPECT_EQ(ledger->totals(), (PaymentTotals{1, 0, money("19.99")}));
}

TEST_F(PaymentLedgerTest, WritesAllOfAGroupOrNothing) {
  const auto ledger = open();
  other() << "CREATE TRIGGER fault BEFORE INSERT ON payments WHEN NEW.order_id = 'o-2' "
             "BEGIN SELECT RAISE(ABORT, 'fault'); END";
  EXPECT_THROW(ledger->record({payment("o-1", "1"), payment("o-2", "2")}), DatabaseError);
  EXPECT_EQ(ledger->totals(), PaymentTotals());
  EXPECT_THAT(ledger->record({payment("o-1", "1")}), ElementsAre(payment("o-1", "1")));
}

TEST_F(PaymentLedgerTest, VisitsAllInOrderAcrossPages) {
  const auto ledger = open();
  std::vector<Payment> payments;
  for (int i = 0; i < 2'500; ++i) payments.push_back(payment(std::to_string(10'000 + i), "1"));
  ledger->record(payments);
  std::vector<Payment> visited;
  ledger->for_each([&](const Payment& each) { visited.push_back(each); });
  EXPECT_EQ(visited, payments);
}

TEST_F(PaymentLedgerTest, RefusesAnothersDatabase) {
  ShippingDatabase shipping({.database = {.path = path_}});
  try {
    open();
    FAIL();
  } catch (const DatabaseError& e) {
    EXPECT_THAT(e.what(), HasSubstr("it is the Doorbuster shipping database"));
  }
}

TEST_F(PaymentLedgerTest, FailsWhileAnotherProcessWritesAndWorksAfterwards) {
  const auto ledger = open();
  soci::session writer = other();
  writer << "BEGIN IMMEDIATE";
  EXPECT_THROW(ledger->record({payment("o-1", "1")}), DatabaseBusy);
  writer << "ROLLBACK";
  EXPECT_EQ(ledger->record({payment("o-1", "1")}).size(), 1U);
}

}  // namespace
}  // namespace doorbuster::functions
