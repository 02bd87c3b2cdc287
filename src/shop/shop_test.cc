#include "shop/shop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "shop/testing.h"

namespace doorbuster::shop {
namespace {

using ::testing::HasSubstr;

const std::string kBody = R"({"customerName":"Ada","product":"LANTERN","amount":19.99})";

class ShopTest : public ::testing::Test {
 protected:
  wire::Response get(std::string_view path, Headers headers = {}) {
    FakeRequest request("GET", path, std::move(headers), "");
    return wait(shop().answer(request));
  }
  wire::Response post(const std::string& body, Headers headers = {}) {
    headers.push_back({"Content-Type", "application/json; charset=utf-8"});
    FakeRequest request("POST", "/submit-order", std::move(headers), body);
    return wait(shop().answer(request));
  }
  boost::json::value json(const wire::Response& response) {
    return boost::json::parse(response.body.bytes);
  }
  std::string placed() {
    const auto answer = json(post(kBody));
    return std::string(answer.at("orderId").as_string());
  }
  Shop& shop() {
    if (!shop_) {
      options_.log = [this](std::string_view line) { logged_ += line; };
      shop_.emplace(options_, sqs_, tracker_, clock_,
                    [this](std::size_t size) { return std::string(size, char(++numbers_)); });
    }
    return *shop_;
  }

  FakeSqs sqs_;
  FakeStepFunctions step_functions_;
  FakeBooks books_;
  FakeClock clock_;
  OrderTracker tracker_{step_functions_, {}, books_.books()};
  ShopOptions options_;
  std::string logged_;
  int numbers_ = 0;
  std::optional<Shop> shop_;
};

TEST_F(ShopTest, TakesAnOrder) {
  const auto response = post(kBody);
  EXPECT_EQ(response.status, 202);
  const auto answer = json(response);
  EXPECT_TRUE(answer.at("success").as_bool());
  const std::string number(answer.at("orderId").as_string());
  EXPECT_EQ(header(response, "Location"), "/orders/" + number);
  EXPECT_THAT(sqs_.sent.at(0), HasSubstr(number));
}

TEST_F(ShopTest, SaysWhatIsWrong) {
  const auto response = post(R"({"customerName":"Ada","product":"LANTERN","amount":0})");
  EXPECT_EQ(response.status, 400);
  const auto answer = json(response);
  EXPECT_FALSE(answer.at("success").as_bool());
  EXPECT_TRUE(answer.at("fields").as_object().contains("amount"));
}

TEST_F(ShopTest, TakesNoOrdersFromOtherSites) {
  EXPECT_EQ(post(kBody, {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
  EXPECT_EQ(post(kBody, {{"Sec-Fetch-Site", "same-site"}}).status, 403);
  EXPECT_EQ(post(kBody, {{"Origin", "https://evil.example"}, {"Host", "127.0.0.1:8000"}}).status,
            403);
  EXPECT_EQ(post(kBody, {{"Origin", "null"}, {"Host", "127.0.0.1:8000"}}).status, 403);
  EXPECT_TRUE(sqs_.sent.empty());
  EXPECT_EQ(post(kBody, {{"Origin", "http://127.0.0.1:8000"},
                         {"Host", "127.0.0.1:8000"},
                         {"Sec-Fetch-Site", "same-origin"}})
                .status,
            202);
}

TEST_F(ShopTest, TakesNothingButJson) {
  FakeRequest form("POST", "/submit-order", {{"Content-Type", "text/plain"}}, kBody);
  EXPECT_EQ(wait(shop().answer(form)).status, 415);
}

TEST_F(ShopTest, TakesNoOrderThatIsTooLarge) {
  const std::string large(70'000, ' ');
  EXPECT_EQ(post(large + kBody).status, 413);
  FakeRequest chunked("POST", "/submit-order", {{"Content-Type", "application/json"}}, large);
  chunked.in_chunks();
  EXPECT_EQ(wait(shop().answer(chunked)).status, 413);
}

TEST_F(ShopTest, SaysWhenToTryAgain) {
  sqs_.failure = cloud::Error("ServiceUnavailable", "", 503);
  const auto response = post(kBody);
  EXPECT_EQ(response.status, 503);
  EXPECT_NE(header(response, "Retry-After"), "(none)");
  EXPECT_EQ(get("/health").status, 503);
}

TEST_F(ShopTest, SaysWhatOpensIt) {
  sqs_.exists = false;
  const auto page = get("/");
  EXPECT_EQ(page.status, 503);
  EXPECT_EQ(header(page, "Content-Type"), "text/html; charset=utf-8");
  for (const auto& closed : {page, post(kBody), get("/health")}) {
    EXPECT_EQ(closed.status, 503);
    EXPECT_NE(header(closed, "Retry-After"), "(none)");
    EXPECT_THAT(closed.body.bytes, HasSubstr("doorbuster setup"));
  }
}

TEST_F(ShopTest, ShowsWhatOpensItWholeToABrowserThatHasThePage) {
  sqs_.exists = false;
  const auto page = get("/", {{"if-none-match", "*"}});
  EXPECT_EQ(page.status, 503);
  EXPECT_THAT(page.body.bytes, HasSubstr("doorbuster setup"));
}

TEST_F(ShopTest, KeepsItsOwnFaultsToItself) {
  sqs_.failure = cloud::Error("AccessDenied", "the secret policy says no", 403);
  const auto response = post(kBody);
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.bytes.find("secret"), std::string::npos);
  EXPECT_THAT(logged_, HasSubstr("the secret policy says no"));
}

TEST_F(ShopTest, TellsWhereAnOrderStands) {
  const std::string number = placed();
  const auto accepted = json(get("/orders/" + number));
  EXPECT_EQ(accepted.at("state").as_string(), "accepted");
  EXPECT_EQ(accepted.at("amount").to_number<double>(), 19.99);
  auto& execution = step_functions_.start(number, sqs_.sent.at(0));
  execution.add("TaskStateEntered", "ProcessPayment", at(1'002));
  const auto validated = json(get("/orders/" + number));
  EXPECT_EQ(validated.at("state").as_string(), "validated");
  EXPECT_FALSE(validated.at("final").as_bool());
  EXPECT_EQ(validated.at("events").as_array().size(), 2U);
}

TEST_F(ShopTest, KeepsTheAddressToItself) {
  const auto answer = json(post(R"({"email":"ada@example.com",)" + kBody.substr(1)));
  const auto response = get("/orders/" + std::string(answer.at("orderId").as_string()));
  EXPECT_EQ(response.body.bytes.find("ada@example.com"), std::string::npos);
}

TEST_F(ShopTest, ShowsOrdersOnlyToThoseWhoKnowANumber) {
  step_functions_.start("o-1", R"({"orderId":"o-1","amount":1})");
  EXPECT_EQ(get("/orders/o-1").status, 404);
  EXPECT_EQ(get("/orders/K7QM-2XRA-9F3T-PZ0B").status, 404);
  EXPECT_EQ(get("/orders/K7QM-2XRA-9F3T-PZ0B/events").status, 404);
}

TEST_F(ShopTest, ShowsAPageToBrowsers) {
  const auto page = get("/orders/K7QM-2XRA-9F3T-PZ0B", {{"Accept", "text/html,*/*;q=0.8"}});
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(header(page, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(get("/").body.bytes, page.body.bytes);
}

TEST_F(ShopTest, StreamsWhatHappensToAnOrder) {
  options_.streams_max = 1;
  const std::string number = placed();
  auto stream = get("/orders/" + number + "/events");
  ASSERT_TRUE(stream.body.rest);
  EXPECT_EQ(header(stream, "Content-Type"), "text/event-stream");
  EXPECT_FALSE(stream.content_length);
  EXPECT_THAT(wait(stream.body.rest->read()), HasSubstr("\"accepted\""));
  const auto full = get("/orders/" + number + "/events");
  EXPECT_EQ(full.status, 503);
  EXPECT_NE(header(full, "Retry-After"), "(none)");
  stream.body.rest.reset();
  EXPECT_EQ(get("/orders/" + number + "/events").status, 200);
}

TEST_F(ShopTest, KnowsWhatItHas) {
  EXPECT_EQ(get("/nothing").status, 404);
  EXPECT_EQ(get("/orders/").status, 404);
  EXPECT_EQ(get("/orders/a/b/events").status, 404);
  const auto wrong = get("/submit-order");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(header(wrong, "Allow"), "POST");
  EXPECT_EQ(json(get("/health")).at("status").as_string(), "ok");
  EXPECT_EQ(json(get("/openapi.json")).at("openapi").as_string(), "3.1.0");
}

TEST_F(ShopTest, LetsABrowserRunOnlyItsOwn) {
  for (const char* path : {"/", "/nothing", "/health"}) {
    const auto response = get(path);
    EXPECT_THAT(header(response, "Content-Security-Policy"), HasSubstr("default-src 'none'"));
    EXPECT_THAT(header(response, "Content-Security-Policy"), HasSubstr("frame-ancestors 'none'"));
    EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff");
  }
}

}  // namespace
}  // namespace doorbuster::shop
