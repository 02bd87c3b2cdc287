#include "console/dead_letters.h"

#include <gmock/gmock.h>

#include <boost/asio/thread_pool.hpp>
#include <boost/json.hpp>

#include "console/testing.h"
#include "functions/sales_database.h"
#include "functions/shipping_database.h"
#include "functions/testing.h"
#include "shop/answers.h"
#include "shop/testing.h"

namespace doorbuster::console {
namespace {

using shop::wait;
using ::testing::HasSubstr;

std::string text_of(const boost::json::object& object, const char* name) {
  return std::string(object.at(name).as_string());
}

const std::string kEvent = R"({"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put",)"
                           R"("s3":{"bucket":{"name":"b"},"object":{"key":"invoices/1.json"}}}]})";

class DeadLettersTest : public ::testing::Test {
 protected:
  DeadLettersTest() {
    for (const char* queue : {"orders-queue", "orders-queue-dlq", "ShippingQueue",
                              "ShippingQueueDLQ", "AnalyticsQueue", "AnalyticsQueueDLQ"}) {
      queues_.queues[queue];
    }
  }
  void fail(const std::string& queue, int count) {
    for (int i = 0; i < count; ++i) {
      queues_.queues[queue].push_back({"m" + std::to_string(i), "body " + std::to_string(i)});
    }
  }
  std::size_t size(const std::string& queue) { return queues_.queues[queue].size(); }

  functions::TemporaryDirectory directory_;
  functions::ShippingDatabase shipping_{{.database = {.path = directory_ / "shipping.db"}}};
  functions::SalesDatabase sales_{{.path = directory_ / "sales.db"}};
  FakeQueues queues_;
  boost::asio::thread_pool workers_{1};
  DeadLetters letters_{queues_, {}, shipping_, sales_, workers_.get_executor(), queues_.browse()};
};

TEST_F(DeadLettersTest, SaysWhatFailedAndWhy) {
  queues_.queues["orders-queue-dlq"].push_back({"m", R"({"orderId":"o 1"})"});
  queues_.queues["ShippingQueueDLQ"].push_back({"m", kEvent});
  functions::Rejection rejection;
  rejection.bucket = "b";
  rejection.key = "invoices/1.json";
  rejection.reason = "the amount is below 0";
  shipping_.reject(std::span(&rejection, 1), {});

  const auto orders = wait(letters_.list("orders", 0, 10));
  EXPECT_EQ(orders.at("count").to_number<int>(), 1);
  const auto& order = orders.at("letters").at(0).as_object();
  EXPECT_EQ(text_of(order, "message_id"), "m");
  EXPECT_EQ(text_of(order, "order_id"), "o 1");
  EXPECT_EQ(order.at("sent").to_number<int>(), 7'000);
  EXPECT_THAT(text_of(order, "reason"), HasSubstr("orderId"));

  const auto shipping = wait(letters_.list("shipping", 0, 10));
  const auto& invoice = shipping.at("letters").at(0).as_object();
  EXPECT_EQ(text_of(invoice, "key"), "invoices/1.json");
  EXPECT_EQ(text_of(invoice, "bucket"), "b");
  EXPECT_EQ(text_of(invoice, "reason"), "the amount is below 0");
}

TEST_F(DeadLettersTest, TellsThemByTheirReasons) {
  auto& letters = queues_.queues["orders-queue-dlq"];
  for (int i = 0; i < 9; ++i) {
    letters.push_back({"m" + std::to_string(i), i % 3 == 0 ? "no JSON" : R"({"orderId":"o"})"});
  }
  const auto kinds = wait(letters_.kinds("orders")).at("kinds").as_array();
  ASSERT_EQ(kinds.size(), 2U);
  EXPECT_EQ(kinds[0].at("count").to_number<int>(), 6);
  EXPECT_EQ(kinds[1].at("count").to_number<int>(), 3);
  const std::string kind(kinds[1].at("kind").as_string());
  const auto listed = wait(letters_.list("orders", 0, 2, kind));
  EXPECT_EQ(listed.at("letters").as_array().size(), 2U);
  const auto rest = wait(letters_.list("orders", std::stoull(text_of(listed, "next")), 2, kind));
  EXPECT_EQ(rest.at("letters").at(0).at("message_id").as_string(), "m6");

  const auto deleted = wait(letters_.remove({"orders", {}, true, kind, 5}));
  EXPECT_EQ(deleted.at("deleted").to_number<int>(), 2);  // m6 came later
  const auto moved = wait(letters_.redrive({"orders", {}, true, kind}));
  EXPECT_EQ(moved.at("moved").to_number<int>(), 1);
  EXPECT_EQ(size("orders-queue-dlq"), 6U);
  EXPECT_EQ(size("orders-queue"), 1U);
}

TEST(KindOfTest, LeavesOutWhatDiffers) {
  EXPECT_EQ(kind_of("line 1: unit price -1.00 is below 0"), "line …: unit price … is below …");
  EXPECT_EQ(kind_of("\"amount\" is 0.00; \"at\" is \"soon\""), "\"amount\" is …; \"at\" is …");
  EXPECT_EQ(kind_of("line 12, 1,000.50 of 3."), "line …, … of ….");
  EXPECT_EQ(kind_of("ends with -"), "ends with -");
  EXPECT_EQ(kind_of("\"open"), "\"open");
  EXPECT_EQ(kind_of(""), "");
}

TEST_F(DeadLettersTest, GivesThemByPages) {
  fail("AnalyticsQueueDLQ", 3);
  const auto first = wait(letters_.list("analytics", 0, 2));
  EXPECT_EQ(first.at("letters").as_array().size(), 2U);
  EXPECT_EQ(first.at("count").to_number<int>(), 3);
  const auto second = wait(letters_.list("analytics", std::stoull(text_of(first, "next")), 2));
  EXPECT_EQ(second.at("letters").as_array().size(), 1U);
  EXPECT_FALSE(second.contains("next"));
}

TEST_F(DeadLettersTest, SendsThoseBackThatAreWanted) {
  fail("ShippingQueueDLQ", 25);
  queues_.queues["ShippingQueueDLQ"][13].attributes["Note"] = {"String", "kept", ""};
  const auto answer = wait(letters_.redrive({"shipping", {"m13", "m24", "gone"}}));
  EXPECT_EQ(answer.at("moved").to_number<int>(), 2);
  EXPECT_EQ(boost::json::serialize(answer.at("missing")), R"(["gone"])");
  ASSERT_EQ(size("ShippingQueue"), 2U);
  EXPECT_EQ(queues_.queues["ShippingQueue"][0].body, "body 13");
  EXPECT_EQ(queues_.queues["ShippingQueue"][0].attributes.at("Note").StringValue, "kept");
  EXPECT_EQ(size("ShippingQueueDLQ"), 23U);
  EXPECT_EQ(queues_.hidden("ShippingQueueDLQ"), 0U);
}

TEST_F(DeadLettersTest, LosesNothingThatCannotBeSent) {
  fail("ShippingQueueDLQ", 3);
  queues_.failure = "ServiceUnavailable";
  EXPECT_THROW(wait(letters_.redrive({"shipping", {"m1"}})), cloud::Error);
  EXPECT_EQ(size("ShippingQueueDLQ"), 3U);
  EXPECT_LE(queues_.hidden("ShippingQueueDLQ"), 1U);  // that comes back by itself
}

TEST_F(DeadLettersTest, DeletesOneOrAll) {
  fail("orders-queue-dlq", 12);
  const auto one = wait(letters_.remove({"orders", {"m11"}}));
  EXPECT_EQ(one.at("deleted").to_number<int>(), 1);
  EXPECT_EQ(size("orders-queue-dlq"), 11U);
  EXPECT_EQ(size("orders-queue"), 0U);
  const auto all = wait(letters_.remove({"orders", {}, true, {}, 11}));
  EXPECT_EQ(all.at("deleted").to_number<int>(), 11);
  EXPECT_EQ(size("orders-queue-dlq"), 0U);
}

TEST_F(DeadLettersTest, DeletesNoneThatCameAfterAllWereListed) {
  fail("orders-queue-dlq", 3);
  const auto listed = wait(letters_.list("orders", 0, 10));
  queues_.queues["orders-queue-dlq"].push_back({"late", "body"});
  const auto before = std::stoull(text_of(listed, "end"));
  const auto all = wait(letters_.remove({"orders", {}, true, {}, before}));
  EXPECT_EQ(all.at("deleted").to_number<int>(), 3);
  ASSERT_EQ(size("orders-queue-dlq"), 1U);
  EXPECT_EQ(queues_.queues["orders-queue-dlq"][0].id, "late");
  EXPECT_THROW(wait(letters_.remove({"orders", {}, true})), shop::Problem);
}

TEST_F(DeadLettersTest, KnowsItsQueues) {
  EXPECT_THROW(wait(letters_.list("payments", 0, 1)), shop::Problem);
  queues_.queues.erase("orders-queue-dlq");
  EXPECT_THROW(wait(letters_.list("orders", 0, 1)), cloud::Error);
}

ChosenLetters chosen(const char* body) {
  return chosen_letters(boost::json::parse(body).as_object());
}

TEST(ChosenLettersTest, AreReadFromJson) {
  const auto some = chosen(R"({"queue":"orders","message_ids":["a","b","a"]})");
  EXPECT_EQ(some.role, "orders");
  EXPECT_EQ(some.messages, (std::set<std::string>{"a", "b"}));
  EXPECT_FALSE(some.all);
  const auto all = chosen(R"({"queue":"orders","all":true,"before":"7"})");
  EXPECT_TRUE(all.all);
  EXPECT_EQ(all.before, 7U);
  const auto like = chosen(R"({"queue":"orders","kind":"no JSON","before":"7"})");
  EXPECT_TRUE(like.all);
  EXPECT_EQ(like.kind, "no JSON");
}

TEST(ChosenLettersTest, AreNotChosenByMistake) {
  for (const char* body :
       {"{}", R"({"queue":1,"all":true})", R"({"queue":"orders"})",
        R"({"queue":"orders","all":false})", R"({"queue":"orders","all":"true"})",
        R"({"queue":"orders","message_ids":[]})", R"({"queue":"orders","message_ids":[1]})",
        R"({"queue":"orders","message_ids":"m1"})", R"({"queue":"orders","all":true,"before":7})",
        R"({"queue":"orders","all":true,"before":"-1"})"}) {
    EXPECT_THROW(chosen(body), shop::Problem) << body;
  }
  boost::json::object many{{"queue", "orders"}, {"message_ids", boost::json::array(1'001, "m")}};
  EXPECT_THROW(chosen_letters(many), shop::Problem);
}

}  // namespace
}  // namespace doorbuster::console
