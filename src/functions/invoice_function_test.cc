#include "functions/invoice_function.h"

#include <gmock/gmock.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json.hpp>

#include "functions/calling.h"
#include "functions/fake_cloud.h"
#include "functions/record_sales.h"
#include "functions/ship_invoices.h"
#include "functions/sql.h"
#include "functions/testing.h"
#include "orders/invoice_json.h"

namespace doorbuster::functions {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

boost::json::object record_of(const std::string& key) {
  boost::json::object bucket, object, s3, record;
  bucket["name"] = "invoices";
  object["key"] = key;
  s3["bucket"] = bucket;
  s3["object"] = object;
  record["eventName"] = "ObjectCreated:Put";
  record["eventTime"] = "2011-03-13T07:06:40.000Z";
  record["s3"] = s3;
  return record;
}

std::string s3_event(const std::vector<std::string>& keys) {
  boost::json::array records;
  for (const std::string& key : keys) records.push_back(record_of(key));
  boost::json::object event;
  event["Records"] = records;
  return boost::json::serialize(event);
}

std::string in_envelope(const std::string& message) {
  boost::json::object envelope;
  envelope["Type"] = "Notification";
  envelope["Message"] = message;
  return boost::json::serialize(envelope);
}

class InvoiceFunctionTest : public testing::Test {
 protected:
  class FixedClock : public cloud::Clock {
   public:
    cloud::Time now() const override { return at(1'500'000'000); }
  };

  void put(const std::string& key, const ReceivedInvoice& received) {
    s3_.put("invoices", key, orders::to_json(received.invoice));
  }
  static ReceivedInvoice sale(const std::string& number, std::int64_t quantity = 1) {
    return received(number, {{"A", "apple", quantity, money("2")}});
  }

  // The ids of the messages that failed.
  std::vector<std::string> call(const cloud::Handler& handler, boost::json::value event) {
    return failed_ids(answer_of(handler, std::move(event)));
  }
  std::vector<std::string> ship(boost::json::value event) { return call(ship_, std::move(event)); }

  std::string reason(const std::string& bucket, const std::string& key) {
    const auto rejection = shipping_.find_rejection(bucket, key);
    return rejection ? rejection->reason : "none";
  }

  TemporaryDirectory directory_;
  FixedClock clock_;
  FakeS3 s3_;
  FakeSqs sqs_;
  std::vector<MessageFailure> failures_;
  ShippingDatabase shipping_{{.database = {.path = directory_ / "shipping.db",
                                           .busy_timeout = std::chrono::milliseconds(10)}}};
  ShipInvoices ship_{s3_, sqs_, shipping_, clock_,
                     [this](const MessageFailure& failure) { failures_.push_back(failure); }};
};

TEST_F(InvoiceFunctionTest, ShipsWhatTheMessagesTellOf) {
  put("1.json", sale("1", 3));
  put("2.json", sale("2", 4));
  put("a b+\u00e9.json", sale("3", 5));
  EXPECT_THAT(ship(sqs_event(
                  {in_envelope(s3_event({"1.json", "2.json"})), s3_event({"a+b%2B%C3%A9.json"})})),
              IsEmpty());
  EXPECT_EQ(shipping_.totals().shipped, 3);
  EXPECT_EQ(shipping_.stock("A"), 1'000'000 - 12);
  const RecordedInvoice third = shipping_.find("3").value();
  EXPECT_EQ(third.object.key, "a b+\u00e9.json");
  EXPECT_EQ(third.object.etag.find('"'), std::string::npos);
  EXPECT_EQ(third.recorded_at, clock_.now());
  EXPECT_EQ(sqs_.url_requests, 0);
}

TEST_F(InvoiceFunctionTest, RecordsSalesAsWell) {
  SalesDatabase database({.path = directory_ / "sales.db"});
  const RecordSales record_sales(s3_, sqs_, database, clock_);
  ReceivedInvoice undated = sale("1", 3);
  undated.invoice.date.reset();
  put("1.json", undated);
  EXPECT_THAT(call(record_sales, sqs_event({s3_event({"1.json"})})), IsEmpty());
  EXPECT_THAT(database.by_hour(), ElementsAre(Trend{"2011-03-13T07:00", {1, 3, money("6")}, {}}));
}

TEST_F(InvoiceFunctionTest, ChangesNothingWhenMessagesComeAgain) {
  put("1.json", sale("1", 3));
  const auto event = sqs_event({s3_event({"1.json"}), s3_event({"1.json"})});
  EXPECT_THAT(ship(event), IsEmpty());
  EXPECT_THAT(ship(event), IsEmpty());
  EXPECT_EQ(shipping_.stock("A"), 1'000'000 - 3);
  EXPECT_EQ(shipping_.totals().shipped, 1);
}

TEST_F(InvoiceFunctionTest, HasNothingToDoForTestsAndDeletions) {
  EXPECT_THAT(ship(sqs_event({R"({"Service":"Amazon S3","Event":"s3:TestEvent"})",
                              in_envelope(R"({"Service":"Amazon S3","Event":"s3:TestEvent"})"),
                              R"({"Records":[{"eventName":"ObjectRemoved:Delete"}]})"})),
              IsEmpty());
  EXPECT_THAT(ship(sqs_event({})), IsEmpty());
  EXPECT_EQ(shipping_.totals().shipped, 0);
}

TEST_F(InvoiceFunctionTest, SendsWhatNeverSucceedsOnItsWayAtOnce) {
  put("1.json", sale("1"));
  s3_.put("invoices", "bad.json", "not an invoice");
  EXPECT_THAT(
      ship(sqs_event(
          {s3_event({"bad.json"}), s3_event({"1.json"}), "hello", s3_event({"gone.json"})}, 2)),
      ElementsAre("m0", "m2", "m3"));
  EXPECT_TRUE(shipping_.find("1"));
  EXPECT_NE(reason("invoices", "bad.json"), "none");
  EXPECT_THAT(reason("", "m2"), HasSubstr("not JSON"));
  EXPECT_EQ(reason("invoices", "gone.json"), "the object has been deleted");
  EXPECT_EQ(shipping_.find_rejection("", "m2").value().receives, 2);

  ASSERT_EQ(sqs_.visibility_requests.size(), 1U);
  const auto& request = sqs_.visibility_requests[0];
  EXPECT_EQ(request.QueueUrl, "http://sqs/ShippingQueue");
  ASSERT_EQ(request.Entries.size(), 3U);
  EXPECT_EQ(request.Entries[1].ReceiptHandle, "r2");
  EXPECT_EQ(request.Entries[1].VisibilityTimeout, 0);

  ASSERT_EQ(failures_.size(), 3U);
  EXPECT_EQ(failures_[2].message_id, "m3");
  EXPECT_TRUE(failures_[2].permanent);
  EXPECT_EQ(failures_[2].receives, 2);
  EXPECT_EQ(failures_[2].reason, "the object has been deleted");
}

TEST_F(InvoiceFunctionTest, ReleasesInChunksAndAsksForTheQueueOnce) {
  const std::vector<std::string> bodies(25, "hello");
  EXPECT_EQ(ship(sqs_event(bodies)).size(), 25U);
  EXPECT_EQ(ship(sqs_event({"hello"})).size(), 1U);
  ASSERT_EQ(sqs_.visibility_requests.size(), 4U);
  EXPECT_EQ(sqs_.visibility_requests[0].Entries.size(), 10U);
  EXPECT_EQ(sqs_.visibility_requests[2].Entries.size(), 5U);
  EXPECT_EQ(sqs_.visibility_requests[2].Entries[0].ReceiptHandle, "r20");
  EXPECT_EQ(sqs_.url_requests, 1);
}

TEST_F(InvoiceFunctionTest, KeepsTheReasonWhenTheQueueCannotBeReached) {
  sqs_.unreachable = true;
  EXPECT_THAT(ship(sqs_event({"hello"})), ElementsAre("m0"));
  EXPECT_THAT(reason("", "m0"), HasSubstr("not JSON"));
}

TEST_F(InvoiceFunctionTest, LetsWhatMayPassWait) {
  put("1.json", sale("1"));
  put("2.json", sale("2"));
  s3_.broken_key = "1.json";
  EXPECT_THAT(ship(sqs_event({s3_event({"1.json"}), s3_event({"2.json"})})), ElementsAre("m0"));
  EXPECT_FALSE(shipping_.find("1"));
  EXPECT_TRUE(shipping_.find("2"));
  EXPECT_THAT(reason("invoices", "1.json"), HasSubstr("InternalError"));
  EXPECT_THAT(sqs_.visibility_requests, IsEmpty());
  ASSERT_EQ(failures_.size(), 1U);
  EXPECT_FALSE(failures_[0].permanent);
  EXPECT_THAT(failures_[0].reason, HasSubstr("InternalError"));

  s3_.broken_key.clear();
  EXPECT_THAT(ship(sqs_event({s3_event({"1.json"})}, 2)), IsEmpty());
  EXPECT_TRUE(shipping_.find("1"));
  EXPECT_EQ(shipping_.count_rejections(), 0);
}

TEST_F(InvoiceFunctionTest, WaitsIfOnlyOneObjectOfAMessageMayPass) {
  put("1.json", sale("1"));
  s3_.broken_key = "2.json";
  EXPECT_THAT(ship(sqs_event({s3_event({"gone.json", "1.json", "2.json"})})), ElementsAre("m0"));
  EXPECT_TRUE(shipping_.find("1"));
  EXPECT_EQ(reason("invoices", "gone.json"), "the object has been deleted");
  EXPECT_THAT(sqs_.visibility_requests, IsEmpty());
}

TEST_F(InvoiceFunctionTest, RejectsAnotherInvoiceOfTheSameNumber) {
  put("1.json", sale("1", 3));
  put("other.json", sale("1", 4));
  EXPECT_THAT(ship(sqs_event({s3_event({"1.json"}), s3_event({"other.json"})})), ElementsAre("m1"));
  const Rejection rejection = shipping_.find_rejection("invoices", "other.json").value();
  EXPECT_EQ(rejection.invoice, "1");
  EXPECT_THAT(rejection.reason, HasSubstr("s3://invoices/1.json"));
  EXPECT_EQ(sqs_.visibility_requests.size(), 1U);
  EXPECT_EQ(shipping_.stock("A"), 1'000'000 - 3);
}

TEST_F(InvoiceFunctionTest, TakesARejectionBackOnceTheObjectIsRight) {
  s3_.put("invoices", "1.json", "not an invoice");
  ship(sqs_event({s3_event({"1.json"})}));
  EXPECT_EQ(shipping_.count_rejections(), 1);
  put("1.json", sale("1"));
  EXPECT_THAT(ship(sqs_event({s3_event({"1.json"})}, 2)), IsEmpty());
  EXPECT_EQ(shipping_.count_rejections(), 0);
}

TEST_F(InvoiceFunctionTest, RejectsAnObjectThatIsTooLargeWithoutFetchingIt) {
  s3_.broken_key = "large.json";
  const auto event = sqs_event(
      {R"({"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"invoices"},)"
       R"("object":{"key":"large.json","size":67108865}}}]})"});
  EXPECT_THAT(ship(event), ElementsAre("m0"));
  EXPECT_THAT(reason("invoices", "large.json"), HasSubstr("67108865 bytes"));
}

TEST_F(InvoiceFunctionTest, FailsAsAWholeWhenTheDatabaseDoes) {
  put("1.json", sale("1"));
  soci::session writer(soci::sqlite3, "dbname=\"" + (directory_ / "shipping.db").string() + "\"");
  writer << "BEGIN IMMEDIATE";
  const auto event = sqs_event({s3_event({"1.json"}), "hello"});
  EXPECT_THROW(ship(event), DatabaseBusy);
  EXPECT_THAT(sqs_.visibility_requests, IsEmpty());
  writer << "ROLLBACK";
  EXPECT_EQ(shipping_.count_rejections(), 0);
  EXPECT_THAT(ship(event), ElementsAre("m1"));
  EXPECT_TRUE(shipping_.find("1"));
}

TEST_F(InvoiceFunctionTest, FailsOnAnotherEvent) {
  boost::json::object other;
  other["Orders"] = 1;
  EXPECT_THROW(ship(other), std::invalid_argument);
}

TEST_F(InvoiceFunctionTest, ServesSeveralThreads) {
  constexpr int kCalls = 8;
  constexpr int kInvoices = 40;
  boost::asio::thread_pool pool(4);
  std::vector<std::future<boost::json::value>> results;
  for (int i = 0; i < kCalls * kInvoices; ++i) put(std::to_string(i), sale(std::to_string(i)));
  const ShipInvoices ship(s3_, sqs_, shipping_, clock_);
  for (int call = 0; call < kCalls; ++call) {
    std::vector<std::string> bodies = {"hello"};
    for (int i = 0; i < kInvoices; ++i) {
      bodies.push_back(s3_event({std::to_string(call * kInvoices + i)}));
    }
    results.push_back(boost::asio::co_spawn(pool, ship(sqs_event(bodies), cloud::Context{}),
                                            boost::asio::use_future));
  }
  pool.join();
  for (auto& result : results) {
    EXPECT_EQ(result.get().at("batchItemFailures").as_array().size(), 1U);
  }
  EXPECT_EQ(shipping_.totals().shipped, kCalls * kInvoices);
}

}  // namespace
}  // namespace doorbuster::functions
