#include "wire/document.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include "cloud/s3.h"
#include "cloud/sqs.h"
#include "cloud/step_functions.h"
#include "wire/validation.h"

namespace doorbuster::wire {
namespace {

namespace json = boost::json;

TEST(DocumentTest, ReadsWhatTravelsInHeadersAndBodyAlike) {
  const auto document = json::parse(
      R"({"Bucket":"b","Key":"k","ContentType":"text/plain","Body":{"a":1},
          "Metadata":{"by":"me"}})");
  cloud::PutObjectRequest request;
  read_document(Reflect<cloud::PutObjectRequest>::shape, document, &request, validation_wording);
  EXPECT_EQ(request.Bucket, "b");
  EXPECT_EQ(request.Headers.ContentType, "text/plain");
  EXPECT_EQ(request.Body.bytes, R"({"a":1})");
  EXPECT_EQ(request.Metadata.at("by"), "me");
}

TEST(DocumentTest, WritesNamesWithACapitalAndTimesAsText) {
  cloud::StartExecutionOutput output{"arn", cloud::Time(std::chrono::milliseconds(1'500))};
  EXPECT_EQ(write_document(Reflect<cloud::StartExecutionOutput>::shape, &output),
            json::parse(R"({"ExecutionArn":"arn","StartDate":"1970-01-01T00:00:01.500Z"})"));
}

TEST(DocumentTest, SaysWhatIsMissing) {
  cloud::SendMessageRequest request;
  const auto read = [&] {
    read_document(Reflect<cloud::SendMessageRequest>::shape, json::parse(R"({"QueueUrl":"u"})"),
                  &request, validation_wording);
  };
  EXPECT_THROW(read(), cloud::Error);
}

// A service that repeats what it is sent.
class Echo final : public cloud::Sqs {
 public:
  cloud::Async<cloud::SendMessageResult> SendMessage(cloud::SendMessageRequest request) override {
    cloud::SendMessageResult result;
    result.MessageId = request.MessageBody;
    co_return result;
  }
};
class Echoes final : public cloud::Services {
 public:
  std::unique_ptr<cloud::Sqs> sqs(const cloud::Caller&) override {
    return std::make_unique<Echo>();
  }
};

json::value run(std::string service, std::string operation, json::value input) {
  Echoes services;
  boost::asio::io_context context;
  json::value result;
  std::exception_ptr error;
  boost::asio::co_spawn(
      context,
      call_operation(services, {}, std::move(service), std::move(operation), std::move(input)),
      [&](std::exception_ptr e, json::value value) {
        error = e;
        result = std::move(value);
      });
  context.run();
  if (error) std::rethrow_exception(error);
  return result;
}

TEST(DocumentTest, CallsAnOperationByItsNames) {
  const json::object input{{"QueueUrl", "u"}, {"MessageBody", "hello"}};
  EXPECT_EQ(run("sqs", "SendMessage", input).at("MessageId"), "hello");
  EXPECT_THROW(run("sqs", "Nothing", input), cloud::Error);
  EXPECT_THROW(run("dynamodb", "GetItem", input), cloud::Error);
}

}  // namespace
}  // namespace doorbuster::wire
