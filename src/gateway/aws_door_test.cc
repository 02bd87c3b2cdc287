#include "gateway/aws_door.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "cloud/error.h"
#include "gateway/testing.h"

namespace doorbuster::gateway {
namespace {

namespace asio = boost::asio;
using Headers = FakeRequest::Headers;

// Note that they were called; of CORS, only http://shop.example may PUT.
class FakeSqs final : public cloud::Sqs {
 public:
  explicit FakeSqs(int& calls) : calls_(calls) {}
  cloud::Async<void> DeleteQueue(cloud::DeleteQueueRequest) override {
    ++calls_;
    co_return;
  }

 private:
  int& calls_;
};

class FakeSns final : public cloud::Sns {
 public:
  explicit FakeSns(int& calls) : calls_(calls) {}
  cloud::Async<void> Unsubscribe(cloud::UnsubscribeRequest) override {
    ++calls_;
    co_return;
  }

 private:
  int& calls_;
};

class FakeS3 final : public cloud::S3 {
 public:
  explicit FakeS3(int& calls) : calls_(calls) {}
  cloud::Async<cloud::PutObjectResult> PutObject(cloud::PutObjectRequest) override {
    ++calls_;
    co_return cloud::PutObjectResult();
  }
  cloud::Async<void> DeleteObject(cloud::DeleteObjectRequest) override {
    ++calls_;
    co_return;
  }
  cloud::Async<cloud::HeadObjectResult> HeadObject(cloud::HeadObjectRequest) override {
    ++calls_;
    co_return cloud::HeadObjectResult();
  }
  cloud::Async<cloud::OptionsObjectResult> OptionsObject(
      cloud::OptionsObjectRequest request) override {
    if (request.Origin != "http://shop.example" || request.Method != "PUT") {
      throw cloud::Error("AccessForbidden", "CORSResponse: This CORS request is not allowed.", 403);
    }
    cloud::OptionsObjectResult result;
    result.AllowOrigin = request.Origin;
    co_return result;
  }

 private:
  int& calls_;
};

class FakeServices final : public cloud::Services {
 public:
  std::unique_ptr<cloud::Sqs> sqs(const cloud::Caller&) override {
    return std::make_unique<FakeSqs>(calls);
  }
  std::unique_ptr<cloud::Sns> sns(const cloud::Caller&) override {
    return std::make_unique<FakeSns>(calls);
  }
  std::unique_ptr<cloud::S3> s3(const cloud::Caller&) override {
    return std::make_unique<FakeS3>(calls);
  }

  int calls = 0;
};

class OpenDoor : public testing::Test {
 protected:
  wire::Response answer(FakeRequest request) { return answer_to(request); }
  wire::Response answer_to(FakeRequest& request) {
    options_.pages["/page"] = []() -> cloud::Async<wire::Response> { co_return wire::Response(); };
    AwsDoor door(options_, services_, clock_);
    asio::io_context context;
    auto response = asio::co_spawn(context, door.answer(request), asio::use_future);
    context.run();
    return response.get();
  }
  // How often a service was called by it.
  int calls_of(std::string_view method, std::string_view target, Headers headers) {
    services_.calls = 0;
    const auto response = answer({method, target, std::move(headers)});
    EXPECT_EQ(response.status == 403, services_.calls == 0) << response.body.bytes;
    return services_.calls;
  }

  AwsDoorOptions options_;
  FakeServices services_;
  const cloud::SystemClock clock_;
};

constexpr std::string_view kDelete = "/?Action=DeleteQueue&QueueUrl=http://localhost/1/q";
constexpr std::string_view kUnsubscribe =
    "/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:us-east-1:000000000000:News:1";

TEST_F(OpenDoor, AnswersToNamesThatNoSiteCanHave) {
  for (const char* host : {"127.0.0.1:4566", "localhost:4566", "doorbuster:4566",
                           "host.docker.internal:4566", "[::1]:4566"}) {
    EXPECT_EQ(calls_of("GET", kDelete, {{"Host", host}}), 1) << host;
  }
  EXPECT_EQ(calls_of("GET", kDelete, {}), 1);
  options_.domain = "cloud.example";
  for (const char* host : {"cloud.example:4566", "b.s3.Cloud.example", "localhost"}) {
    EXPECT_EQ(calls_of("GET", kDelete, {{"Host", host}}), 1) << host;
  }
}

TEST_F(OpenDoor, AnswersToNoOtherName) {
  for (const char* host : {"evil.example:4566", "127.0.0.1.evil.example", "xlocalhost.example"}) {
    EXPECT_EQ(calls_of("GET", kDelete, {{"Host", host}}), 0) << host;
    EXPECT_EQ(calls_of("HEAD", "/bucket/key", {{"Host", host}}), 0) << host;
    EXPECT_EQ(answer({"GET", "/page", {{"Host", host}}}).status, 403) << host;
  }
  EXPECT_EQ(answer({"GET", "/page", {{"Host", "localhost"}}}).status, 200);
}

TEST_F(OpenDoor, TakesNothingFromOtherSitesPages) {
  for (const auto& from : Headers{{"Origin", "http://evil.example"},
                                  {"Origin", "null"},
                                  {"Origin", "http://localhost:5173"},
                                  {"Sec-Fetch-Site", "cross-site"}}) {
    EXPECT_EQ(calls_of("GET", kDelete, {{"Host", "localhost:4566"}, from}), 0) << from.value;
    EXPECT_EQ(calls_of("PUT", "/bucket/key", {{"Host", "localhost:4566"}, from}), 0) << from.value;
    const auto response =
        answer({"POST", "/2015-03-31/functions", {{"Host", "localhost:4566"}, from}});
    EXPECT_EQ(response.status, 403);
    EXPECT_THAT(response.headers,
                testing::Contains(testing::Pair("x-amzn-ErrorType", "AccessDeniedException")));
  }
  const Headers own{{"Host", "localhost:4566"}, {"Origin", "http://localhost:4566"}};
  EXPECT_EQ(calls_of("GET", kDelete, own), 1);
}

TEST_F(OpenDoor, LetsPagesDoWithABucketWhatItsRulesAllow) {
  const Headers shop{{"Host", "localhost:4566"}, {"Origin", "http://shop.example"}};
  EXPECT_EQ(calls_of("PUT", "/bucket/key", {{"Content-Length", "0"}, shop[0], shop[1]}), 1);
  EXPECT_EQ(calls_of("DELETE", "/bucket/key", shop), 0);
  EXPECT_EQ(calls_of("HEAD", "/bucket/key", shop), 1);
}

TEST_F(OpenDoor, LetsAnybodyFollowTheLinksOfSns) {
  const Headers mail{{"Host", "localhost:4566"}, {"Sec-Fetch-Site", "cross-site"}};
  EXPECT_EQ(calls_of("GET", kUnsubscribe, mail), 1);
  EXPECT_EQ(calls_of("POST", kUnsubscribe, mail), 0);
}

// So that it is withdrawn from whoever has gone.
TEST_F(OpenDoor, WaitsWithALongPollByQuery) {
  FakeRequest receive("GET", "/?Action=ReceiveMessage&QueueUrl=q&WaitTimeSeconds=20", {});
  answer_to(receive);
  EXPECT_TRUE(receive.waited);
  FakeRequest remove("GET", kDelete, {});
  answer_to(remove);
  EXPECT_FALSE(remove.waited);
}

// Who calls is known there.
TEST_F(OpenDoor, DoesNotMindWhereItIsNone) {
  options_.caller.emplace();
  EXPECT_EQ(calls_of("GET", kDelete, {{"Host", "shop.example"}, {"Origin", "http://evil.example"}}),
            1);
}

}  // namespace
}  // namespace doorbuster::gateway
