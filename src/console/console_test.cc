#include "console/console.h"

#include <gmock/gmock.h>

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <boost/json.hpp>

#include "console/testing.h"
#include "functions/testing.h"
#include "shop/testing.h"
#include "wire/prometheus.h"

namespace doorbuster::console {
namespace {

using shop::header;
using shop::Headers;
using shop::wait;
using ::testing::HasSubstr;
using ::testing::Not;

// Somebody's bucket, with a page in it; SQS that says whose it is.
class FakeS3 final : public cloud::S3 {
 public:
  cloud::Async<cloud::GetObjectResult> GetObject(cloud::GetObjectRequest request) override {
    cloud::GetObjectResult object;
    object.Body.bytes = request.Bucket + '/' + request.Key;
    object.ContentLength = object.Body.bytes.size();
    co_return object;
  }
};

// A function that has never printed anything.
class FakeLambda final : public cloud::Lambda {
 public:
  cloud::Async<cloud::FunctionConfiguration> GetFunctionConfiguration(
      cloud::GetFunctionConfigurationRequest request) override {
    if (request.FunctionName != "Mute") {
      throw cloud::Error("ResourceNotFoundException", "Function not found: " + request.FunctionName,
                         404);
    }
    co_return cloud::FunctionConfiguration();
  }
};

// Turned while the workers look at it.
class SharedClock final : public cloud::Clock {
 public:
  cloud::Time now() const override { return time; }
  std::atomic<cloud::Time> time = cloud::Time(std::chrono::seconds(1'000));
};

class FakeSqs final : public cloud::Sqs {
 public:
  explicit FakeSqs(cloud::Caller caller) : caller_(std::move(caller)) {}
  cloud::Async<cloud::GetQueueUrlResult> GetQueueUrl(cloud::GetQueueUrlRequest) override {
    co_return cloud::GetQueueUrlResult{caller_.scope.account + ' ' + caller_.scope.region};
  }

 private:
  const cloud::Caller caller_;
};

class FakeServices final : public cloud::Services {
 public:
  std::unique_ptr<cloud::S3> s3(const cloud::Caller&) override {
    return std::make_unique<FakeS3>();
  }
  std::unique_ptr<cloud::Sqs> sqs(const cloud::Caller& caller) override {
    return std::make_unique<FakeSqs>(caller);
  }
};

class ConsoleTest : public ::testing::Test {
 protected:
  ConsoleTest() {
    scope_.account = "111122223333";
    scope_.region = "eu-west-1";
  }

  wire::Response get(std::string_view target, Headers headers = {}) {
    return ask("GET", target, std::move(headers), "");
  }
  wire::Response post(std::string_view target, const std::string& body, Headers headers = {}) {
    headers.push_back({"X-Console", "1"});
    headers.push_back({"Content-Type", "application/json"});
    return ask("POST", target, std::move(headers), body);
  }
  wire::Response ask(std::string_view method, std::string_view target, Headers headers,
                     const std::string& body) {
    if (options_.token.empty()) headers.push_back({"Host", "localhost:8000"});
    shop::FakeRequest request(method, target, std::move(headers), body);
    return wait(console().answer(request));
  }
  static boost::json::value json(const wire::Response& response) {
    return boost::json::parse(response.body.bytes);
  }
  static std::string error(const wire::Response& response) {
    return std::string(json(response).at("error").as_string());
  }
  Console& console() {
    if (console_) return *console_;
    options_.log = [this](std::string_view line) { logged_ += line; };
    ReadLog read_log = [](const std::string& name, std::size_t lines) {
      using Lines = std::vector<std::string>;
      return name == "Echo" ? std::optional(Lines(lines, "line")) : std::nullopt;
    };
    ReadTotals read_totals = [this]() -> cloud::Async<std::vector<cloud::MetricTotal>> {
      if (broken_) throw std::runtime_error("a secret");
      std::vector<cloud::MetricTotal> totals(1);
      totals[0].Metric = {"AWS/SQS", "NumberOfMessagesSent", {{"QueueName", "q"}}};
      totals[0].Unit = "Count";
      totals[0].Value = sent_;
      co_return totals;
    };
    return console_.emplace(
        options_, ConsoleParts{{s3_, sns_, queues_, lambda_, step_functions_, iam_, scope_},
                               services_,
                               shipping_,
                               sales_,
                               workers_.get_executor(),
                               queues_.browse(),
                               std::move(read_log),
                               std::move(read_totals),
                               clock_,
                               [](std::size_t size) { return std::string(size, 'r'); }});
  }

  functions::TemporaryDirectory directory_;
  functions::ShippingDatabase shipping_{{.database = {.path = directory_ / "shipping.db"}}};
  functions::SalesDatabase sales_{{.path = directory_ / "sales.db"}};
  cloud::S3 s3_;
  cloud::Sns sns_;
  FakeQueues queues_;
  FakeLambda lambda_;
  cloud::StepFunctions step_functions_;
  cloud::Iam iam_;
  cloud::Scope scope_;
  FakeServices services_;
  SharedClock clock_;
  boost::asio::thread_pool workers_{1};
  ConsoleOptions options_;
  std::string logged_;
  std::atomic<double> sent_ = 3;  // the workers look at it, too
  std::atomic<bool> broken_ = false;
  std::optional<Console> console_;
};

TEST_F(ConsoleTest, KnowsWhatIsItsOwn) {
  for (const char* path : {"/console", "/console/", "/console/queues/q", "/metrics"}) {
    EXPECT_TRUE(Console::serves(path)) << path;
  }
  for (const char* path : {"/", "/consoles", "/metrics/x", "/orders/console"}) {
    EXPECT_FALSE(Console::serves(path)) << path;
  }
}

TEST_F(ConsoleTest, SaysWhatIsNotThere) {
  EXPECT_EQ(get("/console/api/nothing").status, 404);
  const auto wrong = get("/console/api/load");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(header(wrong, "Allow"), "POST, DELETE");
  EXPECT_EQ(post("/console/queues", "").status, 405);
  EXPECT_EQ(error(get("/console/api/dead-letters?queue=orders")),
            "There is no such queue yet: doorbuster setup makes it.");
}

TEST_F(ConsoleTest, LetsABrowserRunOnlyItsOwn) {
  for (const char* path : {"/console", "/console/api/nothing", "/console/aws/b/k", "/metrics"}) {
    const auto response = get(path);
    EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(header(response, "Cross-Origin-Resource-Policy"), "same-origin") << path;
    EXPECT_NE(header(response, "Content-Security-Policy"), "(none)") << path;
  }
}

TEST_F(ConsoleTest, SpeaksAwsAsTheSystemsAccount) {
  const Headers headers{{"X-Console", "1"},
                        {"Content-Type", "application/x-amz-json-1.0"},
                        {"X-Amz-Target", "AmazonSQS.GetQueueUrl"},
                        {"Authorization",
                         "AWS4-HMAC-SHA256 Credential=999999999999/20261127/us-west-2/sqs/"
                         "aws4_request, SignedHeaders=host, Signature=00"}};
  const auto answer = ask("POST", "/console/aws/", headers, R"({"QueueName":"q"})");
  EXPECT_EQ(answer.status, 200) << answer.body.bytes;
  EXPECT_EQ(json(answer).at("QueueUrl").as_string(), "111122223333 eu-west-1");
  const auto unknown = ask("POST", "/console/aws", headers, "{}");
  EXPECT_EQ(unknown.status, 400);
}

TEST_F(ConsoleTest, SealsOffWhatIsInBuckets) {
  const auto page = get("/console/aws/bucket/a%20key", {{"Sec-Fetch-Dest", "document"}});
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body.bytes, "bucket/a key");
  EXPECT_EQ(header(page, "Content-Security-Policy"), "sandbox");
  for (const char* use : {"script", "style", "worker", "serviceworker", "iframe", "object"}) {
    EXPECT_EQ(get("/console/aws/bucket/key", {{"Sec-Fetch-Dest", use}}).status, 403) << use;
  }
}

TEST_F(ConsoleTest, IsForThisMachineUnlessThereIsAToken) {
  shop::FakeRequest rebound("GET", "/console/api/system", {{"Host", "evil.example"}}, "");
  EXPECT_EQ(wait(console().answer(rebound)).status, 403);
  shop::FakeRequest scraped("GET", "/metrics", {{"Host", "evil.example"}}, "");
  EXPECT_EQ(wait(console().answer(scraped)).status, 403);
}

TEST_F(ConsoleTest, IsUsedByWhoeverHasTheToken) {
  options_.token = "secret";
  for (const char* path : {"/console/api/live", "/console/aws/", "/metrics"}) {
    const auto refused = get(path);
    EXPECT_EQ(refused.status, 401) << path;
    EXPECT_EQ(header(refused, "WWW-Authenticate"), "Bearer") << path;
  }
  EXPECT_EQ(get("/metrics", {{"Authorization", "Bearer secret"}}).status, 200);
  EXPECT_EQ(get("/console/api/live", {{"Authorization", "Bearer secret"}}).status, 401);
  EXPECT_EQ(post("/console/api/session", R"({"token":"guess"})").status, 401);
  EXPECT_EQ(post("/console/api/session", R"({"token":1})").status, 401);
  EXPECT_EQ(post("/console/api/session", "token").status, 400);
  const auto in = post("/console/api/session", R"({"token":"secret"})");
  EXPECT_EQ(in.status, 204);
  std::string cookie = header(in, "Set-Cookie");
  cookie.erase(cookie.find(';'));
  EXPECT_EQ(get("/console/api/live", {{"Cookie", cookie}}).status, 200);
  EXPECT_EQ(ask("DELETE", "/console/api/session", {{"Cookie", cookie}}, "").status, 403);
  ask("DELETE", "/console/api/session", {{"Cookie", cookie}, {"X-Console", "1"}}, "");
  EXPECT_EQ(get("/console/api/live", {{"Cookie", cookie}}).status, 401);
}

TEST_F(ConsoleTest, TakesNothingButJson) {
  EXPECT_EQ(ask("POST", "/console/api/load", {{"X-Console", "1"}}, "{}").status, 415);
  EXPECT_EQ(post("/console/api/load", "[]").status, 400);
  EXPECT_EQ(post("/console/api/load", std::string(70'000, ' ')).status, 413);
  EXPECT_EQ(post("/console/api/dead-letters/delete", "{}").status, 400);
}

TEST_F(ConsoleTest, ShowsWhatHappensNow) {
  options_.streams_max = 1;
  options_.live.every = std::chrono::milliseconds(1);
  auto stream = get("/console/api/live");
  ASSERT_TRUE(stream.body.rest);
  EXPECT_EQ(header(stream, "Content-Type"), "text/event-stream");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(wait(stream.body.rest->read()),
              R"(data: {"at":1000000,"metrics":{"AWS/SQS/NumberOfMessagesSent/q":3E0},)"
              R"("load":{"state":"idle","sent":0,"orders":0,"rate":0,)"
              R"("invalid_percent":0,"error":""}})"
              "\n\n");
  }
  const auto full = get("/console/api/live");
  EXPECT_EQ(full.status, 503);
  EXPECT_NE(header(full, "Retry-After"), "(none)");
  stream.body.rest.reset();
  EXPECT_EQ(get("/console/api/live").status, 200);
}

TEST_F(ConsoleTest, SaysAtFirstHowItWasBefore) {
  options_.live.every = std::chrono::milliseconds(1);
  auto early = get("/console/api/live");
  wait(early.body.rest->read());
  clock_.time = clock_.now() + std::chrono::seconds(30);
  sent_ = 8;
  auto late = get("/console/api/live");
  EXPECT_THAT(wait(late.body.rest->read()),
              HasSubstr(R"("before":{"at":[1000000],)"
                        R"("metrics":{"AWS/SQS/NumberOfMessagesSent/q":[3E0]}})"));
  EXPECT_THAT(wait(late.body.rest->read()), Not(HasSubstr("before")));
}

TEST_F(ConsoleTest, EndsAStreamInTime) {
  options_.live.longest = std::chrono::seconds(0);
  auto stream = get("/console/api/live");
  EXPECT_EQ(wait(stream.body.rest->read()), "");
}

TEST_F(ConsoleTest, TellsPrometheus) {
  const auto metrics = get("/metrics");
  EXPECT_EQ(header(metrics, "Content-Type"), wire::kPrometheusContentType);
  EXPECT_THAT(metrics.body.bytes,
              HasSubstr("doorbuster_aws_sqs_number_of_messages_sent_total{queue_name=\"q\"} 3\n"));
}

TEST_F(ConsoleTest, ShowsWhatAFunctionHasPrinted) {
  const auto log = get("/console/api/functions/Echo/log?lines=2");
  EXPECT_EQ(log.body.bytes, R"({"lines":["line","line"]})");
  EXPECT_EQ(get("/console/api/functions/Mute/log").body.bytes, R"({"lines":[]})");
  const auto unknown = get("/console/api/functions/Nobody/log");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(error(unknown), "There is no function Nobody.");
  EXPECT_EQ(get("/console/api/functions/Echo/log?lines=many").status, 400);
  EXPECT_EQ(get("/console/api/functions/Echo/log?lines=0").status, 400);
  EXPECT_EQ(get("/console/api/functions/..%2F..%2Fetc/log").status, 400);
}

TEST_F(ConsoleTest, GivesTheBooksAsAFile) {
  const auto csv = get("/console/api/sales.csv?by=day");
  EXPECT_EQ(csv.status, 200);
  EXPECT_EQ(header(csv, "Content-Disposition"),
            "attachment; filename=\"sales-by-day-1970-01-01.csv\"");
  EXPECT_EQ(get("/console/api/sales.csv?by=%22").status, 400);
  EXPECT_EQ(get("/console/api/sales").status, 200);
}

TEST_F(ConsoleTest, KeepsItsOwnFaultsToItself) {
  broken_ = true;
  const auto response = get("/metrics");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.bytes.find("secret"), std::string::npos);
  EXPECT_THAT(logged_, HasSubstr("a secret"));
}

}  // namespace
}  // namespace doorbuster::console
