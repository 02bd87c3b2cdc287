#include "functions/database.h"

#include <gmock/gmock.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "functions/sales_database.h"
#include "functions/shipping_database.h"
#include "functions/sql.h"
#include "functions/testing.h"

namespace doorbuster::functions {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::unique_ptr<InvoiceDatabase> open_shipping(const DatabaseOptions& options) {
  return std::make_unique<ShippingDatabase>(ShippingOptions{.database = options});
}
std::unique_ptr<InvoiceDatabase> open_sales(const DatabaseOptions& options) {
  return std::make_unique<SalesDatabase>(options);
}

// What both databases promise.
class InvoiceDatabaseTest
    : public testing::TestWithParam<std::unique_ptr<InvoiceDatabase> (*)(const DatabaseOptions&)> {
 protected:
  std::unique_ptr<InvoiceDatabase> open() {
    return GetParam()({.path = path_, .busy_timeout = std::chrono::milliseconds(20)});
  }

  // A connection of someone else's to the same file.
  soci::session other() { return {soci::sqlite3, "dbname=\"" + path_.string() + "\""}; }

  std::string content() {
    std::ifstream file(path_, std::ios::binary);
    std::ostringstream out;
    out << file.rdbuf();
    return out.str();
  }

  std::string refusal() {
    try {
      open();
    } catch (const DatabaseError& error) {
      return error.what();
    }
    return "opened";
  }

  std::int64_t count(const std::string& table) {
    std::int64_t n = 0;
    soci::session sql = other();
    sql << "SELECT COUNT(*) FROM " << table, soci::into(n);
    return n;
  }

  TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_ / "the database.db";
  std::vector<ReceivedInvoice> batch_ = {
      received("1", {{"A", "apple", 2, money("1.5")}, {"B", "", 1, money("0")}}),
      received("C2", {{"A", "apple", -1, money("1.5")}})};
};

std::vector<Outcome::Kind> kinds(const std::vector<Outcome>& outcomes) {
  std::vector<Outcome::Kind> result;
  for (const Outcome& outcome : outcomes) result.push_back(outcome.kind);
  return result;
}

TEST_P(InvoiceDatabaseTest, KeepsWhatItRecordedWhenReopened) {
  batch_[0].invoice.customer = "17850";
  EXPECT_THAT(kinds(open()->record(batch_, at(7))),
              ElementsAre(Outcome::Kind::recorded, Outcome::Kind::recorded));
  const auto database = open();
  const RecordedInvoice sale = database->find("1").value();
  EXPECT_EQ(sale.kind, orders::Kind::sale);
  EXPECT_EQ(sale.object, batch_[0].object);
  EXPECT_EQ(sale.customer, "17850");
  EXPECT_EQ(sale.country, "United Kingdom");
  EXPECT_EQ(sale.ordered_at, batch_[0].invoice.date);
  EXPECT_EQ(sale.recorded_at, at(7));
  EXPECT_EQ(sale.lines, 2);
  EXPECT_EQ(sale.units, 3);
  EXPECT_EQ(sale.amount, money("3"));
  EXPECT_EQ(database->find("C2").value().kind, orders::Kind::cancellation);
  EXPECT_EQ(database->find("C2").value().amount, money("-1.5"));
  EXPECT_FALSE(database->find("3"));
}

TEST_P(InvoiceDatabaseTest, KnowsWhatComesAgain) {
  const auto database = open();
  database->record(batch_, at(7));
  EXPECT_THAT(kinds(database->record(batch_, at(8))),
              ElementsAre(Outcome::Kind::already, Outcome::Kind::already));
  EXPECT_EQ(database->find("1").value().recorded_at, at(7));
}

TEST_P(InvoiceDatabaseTest, KnowsWhatComesTwiceInOneBatch) {
  batch_.push_back(batch_[0]);
  batch_.back().object.key = "a copy.json";
  EXPECT_THAT(
      kinds(open()->record(batch_, at(7))),
      ElementsAre(Outcome::Kind::recorded, Outcome::Kind::recorded, Outcome::Kind::already));
}

TEST_P(InvoiceDatabaseTest, RejectsTheNumberOfAnotherInvoice) {
  const auto database = open();
  database->record(batch_, at(7));
  batch_[0].object.etag = "e2";
  batch_[0].object.key = "other.json";
  const std::vector<Outcome> outcomes = database->record(batch_, at(8));
  EXPECT_THAT(kinds(outcomes), ElementsAre(Outcome::Kind::rejected, Outcome::Kind::already));
  EXPECT_THAT(outcomes[0].reason, HasSubstr("s3://invoices/1.json"));
  EXPECT_EQ(database->find("1").value().object.etag, "e1");
}

TEST_P(InvoiceDatabaseTest, DatesAnInvoiceWithoutDateByItsEvent) {
  const auto database = open();
  batch_[0].invoice.date.reset();
  database->record(batch_, at(7));
  EXPECT_EQ(database->find("1").value().ordered_at, at(1'300'000'000));
}

TEST_P(InvoiceDatabaseTest, KeepsTheLatestReasonOfARejection) {
  const Rejection first = {.bucket = "b", .key = "k", .invoice = "", .reason = "x", .receives = 1};
  const Rejection second = {
      .bucket = "b", .key = "k", .invoice = "9", .reason = "y", .receives = 2};
  open()->reject(std::vector{first}, at(7));
  const auto database = open();
  EXPECT_EQ(database->find_rejection("b", "k").value().reason, "x");
  database->reject(std::vector{second}, at(8));
  const Rejection found = database->find_rejection("b", "k").value();
  EXPECT_EQ(found.reason, "y");
  EXPECT_EQ(found.invoice, "9");
  EXPECT_EQ(found.receives, 2);
  EXPECT_EQ(found.last_at, at(8));
  EXPECT_EQ(database->count_rejections(), 1);
  EXPECT_FALSE(database->find_rejection("b", "other"));
}

TEST_P(InvoiceDatabaseTest, KeepsRejectionsThatAreNoText) {
  using namespace std::string_literals;
  const auto database = open();
  const std::vector<Rejection> rejections = {
      {.bucket = "b", .key = "k\0\xFF"s, .invoice = "", .reason = "not a key: \0"s},
      {.bucket = "b", .key = "k\0"s, .invoice = "", .reason = "another"}};
  database->reject(rejections, at(7));
  EXPECT_EQ(database->find_rejection("b", rejections[0].key).value().reason, "not a key: %00");
  EXPECT_EQ(database->find_rejection("b", rejections[1].key).value().reason, "another");
  std::vector<std::string> keys;
  database->for_each_rejection([&](const Rejection& each) { keys.push_back(each.key); });
  EXPECT_THAT(keys, ElementsAre("k%00", "k%00%FF"));
}

TEST_P(InvoiceDatabaseTest, TakesARejectionBackWhenTheObjectSucceeds) {
  const auto database = open();
  const Rejection rejection = {.bucket = "invoices", .key = "1.json", .invoice = "", .reason = "x"};
  database->reject(std::vector{rejection}, at(7));
  database->record(batch_, at(8));
  EXPECT_EQ(database->count_rejections(), 0);
  database->reject(std::vector{rejection}, at(9));
  database->record(batch_, at(10));  // already recorded: a success just the same
  EXPECT_EQ(database->count_rejections(), 0);
}

TEST_P(InvoiceDatabaseTest, VisitsEverythingInOrderAcrossPages) {
  const auto database = open();
  std::vector<ReceivedInvoice> batch;
  std::vector<Rejection> rejections;
  for (int i = 0; i < 2'500; ++i) {
    batch.push_back(received(std::to_string(100'000 + i), {{"A", "", 1, money("1")}}));
    rejections.push_back(
        {.bucket = i % 2 ? "b" : "c", .key = std::to_string(i), .invoice = "", .reason = "x"});
  }
  database->record(batch, at(7));
  database->reject(rejections, at(7));
  std::vector<std::string> numbers, keys;
  database->for_each_invoice([&](const RecordedInvoice& invoice) {
    EXPECT_EQ(invoice.object.key, invoice.number + ".json");
    numbers.push_back(invoice.number);
    EXPECT_TRUE(database->find(invoice.number));  // a visit may call back
  });
  database->for_each_rejection(
      [&](const Rejection& rejection) { keys.push_back(rejection.bucket + rejection.key); });
  EXPECT_EQ(numbers.size(), 2'500U);
  EXPECT_TRUE(std::ranges::is_sorted(numbers));
  EXPECT_EQ(keys.size(), 2'500U);
  EXPECT_TRUE(std::ranges::is_sorted(keys));
}

TEST_P(InvoiceDatabaseTest, RefusesAnotherVersion) {
  open();
  other() << "UPDATE schema_version SET version = 2";
  EXPECT_THAT(refusal(), HasSubstr("its schema is version 2, this program works with version 1"));
}

TEST_P(InvoiceDatabaseTest, RefusesAnothersDatabase) {
  other() << "CREATE TABLE precious (id INTEGER)";
  const std::string before = content();
  EXPECT_THAT(refusal(), HasSubstr("it holds tables of something else"));
  EXPECT_EQ(content(), before);
}

TEST_P(InvoiceDatabaseTest, RefusesTheOtherDatabaseOfThisRoom) {
  (GetParam() == open_sales ? open_shipping : open_sales)({.path = path_});
  EXPECT_THAT(refusal(), HasSubstr("it is the Doorbuster"));
}

TEST_P(InvoiceDatabaseTest, RefusesAFileThatIsNoDatabase) {
  std::ofstream(path_) << std::string(5'000, 'x');
  EXPECT_THAT(refusal(), HasSubstr("not a database"));
  EXPECT_EQ(content(), std::string(5'000, 'x'));
}

TEST_P(InvoiceDatabaseTest, RefusesAPathThatItCannotOpen) {
  path_ = directory_ / "missing" / "x.db";
  EXPECT_THAT(refusal(), HasSubstr("unable to open database file"));
  path_ = directory_ / "a\"b.db";
  EXPECT_THAT(refusal(), HasSubstr("quotation mark"));
}

TEST_P(InvoiceDatabaseTest, FailsWhileAnotherProcessWritesAndWorksAfterwards) {
  const auto database = open();
  soci::session writer = other();
  writer << "BEGIN IMMEDIATE";
  EXPECT_THROW(database->record(batch_, at(7)), DatabaseBusy);
  EXPECT_FALSE(database->find("1"));
  writer << "ROLLBACK";
  EXPECT_THAT(kinds(database->record(batch_, at(7))),
              ElementsAre(Outcome::Kind::recorded, Outcome::Kind::recorded));
}

TEST_P(InvoiceDatabaseTest, WritesNothingHalf) {
  const auto database = open();
  const std::string table = GetParam() == open_sales ? "facts" : "shipment_lines";
  other() << "CREATE TRIGGER fault BEFORE INSERT ON " << table
          << " WHEN NEW.invoice = 'C2' BEGIN SELECT RAISE(ABORT, 'fault'); END";
  EXPECT_THROW(database->record(batch_, at(7)), DatabaseError);
  EXPECT_FALSE(database->find("1"));
  EXPECT_EQ(count(table), 0);
  other() << "DROP TRIGGER fault";
  database->record(batch_, at(7));
  EXPECT_EQ(count(table), 3);
}

// Files may not grow beyond what they are now while this lives: a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit = {bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_P(InvoiceDatabaseTest, SurvivesAFullDisk) {
  const auto database = open();
  database->record(batch_, at(7));
  std::vector<ReceivedInvoice> large;
  for (int i = 0; i < 2'000; ++i) {
    large.push_back(received(std::to_string(100'000 + i), {{"A", "", 1, money("1")}}));
  }
  {
    const FullDisk full(200'000);
    EXPECT_THROW(database->record(large, at(8)), DatabaseError);
    EXPECT_FALSE(database->find("100000"));
    EXPECT_TRUE(database->find("1"));
  }
  EXPECT_EQ(database->record(large, at(9)).front().kind, Outcome::Kind::recorded);
  EXPECT_EQ(database->find("101999").value().recorded_at, at(9));
}

TEST_P(InvoiceDatabaseTest, SharesItsFileWithOtherWriters) {
  const auto one = GetParam()({.path = path_});
  const auto two = GetParam()({.path = path_});
  const auto write = [](InvoiceDatabase& database, int first) {
    for (int i = 0; i < 50; ++i) {
      const std::vector batch = {received(std::to_string(first + i), {{"A", "", 1, money("1")}})};
      EXPECT_EQ(database.record(batch, at(7)).front().kind, Outcome::Kind::recorded);
    }
  };
  std::vector<std::thread> threads;
  threads.emplace_back(write, std::ref(*one), 100'000);
  threads.emplace_back(write, std::ref(*one), 200'000);
  threads.emplace_back(write, std::ref(*two), 300'000);
  for (std::thread& thread : threads) thread.join();
  int visited = 0;
  two->for_each_invoice([&](const RecordedInvoice&) { ++visited; });
  EXPECT_EQ(visited, 150);
}

TEST_P(InvoiceDatabaseTest, IsCreatedOnceBySeveralAtTheSameTime) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const auto database = GetParam()({.path = path_});
      const std::vector batch = {received(std::to_string(i), {{"A", "", 1, money("1")}})};
      EXPECT_EQ(database->record(batch, at(7)).front().kind, Outcome::Kind::recorded);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count("schema_version"), 1);
  EXPECT_TRUE(open()->find("7"));
}

INSTANTIATE_TEST_SUITE_P(, InvoiceDatabaseTest, testing::Values(open_shipping, open_sales),
                         [](const auto& test_info) {
                           return test_info.param == open_sales ? "Sales" : "Shipping";
                         });

}  // namespace
}  // namespace doorbuster::functions
