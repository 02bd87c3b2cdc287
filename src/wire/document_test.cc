#include "wire/document.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include "cloud/lambda_invocation.h"
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

TEST(DocumentTest, TakesJsonWhereTextIsWanted) {
  const auto read = [](const char* text) {
    cloud::StartExecutionInput request;
    read_document(Reflect<cloud::StartExecutionInput>::shape, json::parse(text), &request,
                  validation_wording);
    return request.input;
  };
  EXPECT_EQ(read(R"({"StateMachineArn":"a","Input":{"amount":19.99}})"), R"({"amount":19.99})");
  EXPECT_EQ(read(R"({"StateMachineArn":"a","Input":"{}"})"), "{}");
  cloud::InvokeRequest call;
  read_document(Reflect<cloud::InvokeRequest>::shape,
                json::parse(R"({"FunctionName":"f","Payload":{"a":1}})"), &call,
                validation_wording);
  EXPECT_EQ(call.Payload, R"({"a":1})");
  cloud::ReceiveMessageRequest poll;
  EXPECT_THROW(read_document(Reflect<cloud::ReceiveMessageRequest>::shape,
                             json::parse(R"({"QueueUrl":"u","WaitTimeSeconds":{}})"), &poll,
                             validation_wording),
               cloud::Error);
}

TEST(DocumentTest, SaysWhatIsMissing) {
  cloud::SendMessageRequest request;
  const auto read = [&] {
    read_document(Reflect<cloud::SendMessageRequest>::shape, json::parse(R"({"QueueUrl":"u"})"),
                  &request, validation_wording);
  };
  EXPECT_THROW(read(), cloud::Error);
}

TEST(DocumentTest, RefusesWhatItWouldIgnore) {
  const auto read = [](const char* text) {
    cloud::SendMessageRequest request;
    read_document(Reflect<cloud::SendMessageRequest>::shape, json::parse(text), &request,
                  validation_wording);
  };
  EXPECT_THROW(read(R"({"QueueUrl":"u","MessageBody":"m","Foo":1})"), UnsupportedField);
  EXPECT_THROW(read(R"({"queueUrl":"u","MessageBody":"m"})"), UnsupportedField);
  EXPECT_THROW(read(R"({"QueueUrl":"u","MessageBody":"m",
                        "MessageAttributes":{"a":{"Type":"String"}}})"),
               UnsupportedField);
}

template <class T>
T read_as(const char* text) {
  T request;
  read_document(Reflect<T>::shape, json::parse(text), &request, validation_wording);
  return request;
}

// What S3's XML has flat, and its API in a member.
TEST(DocumentTest, HasTheApisMembersNotTheXmls) {
  const auto deleted = read_as<cloud::DeleteObjectsRequest>(
      R"({"Bucket":"b","Delete":{"Objects":[{"Key":"k"}],"Quiet":true}})");
  ASSERT_EQ(deleted.Objects.size(), 1U);
  EXPECT_TRUE(deleted.Quiet);
  EXPECT_EQ(read_as<cloud::PutBucketTaggingRequest>(
                R"({"Bucket":"b","Tagging":{"TagSet":[{"Key":"k","Value":"v"}]}})")
                .TagSet.size(),
            1U);
  const auto notifications = read_as<cloud::PutBucketNotificationConfigurationRequest>(
      R"({"Bucket":"b","NotificationConfiguration":{"QueueConfigurations":[{"QueueArn":"q",
          "Events":["s3:ObjectCreated:*"],
          "Filter":{"Key":{"FilterRules":[{"Name":"prefix","Value":"in/"}]}}}]}})");
  ASSERT_EQ(notifications.Configuration.QueueConfigurations.size(), 1U);
  EXPECT_EQ(notifications.Configuration.QueueConfigurations[0].Arn, "q");
  EXPECT_EQ(read_as<cloud::GetObjectRequest>(
                R"({"Bucket":"b","Key":"k","ResponseContentType":"text/css"})")
                .Response.ContentType,
            "text/css");
  for (const char* flat : {R"({"Bucket":"b","Objects":[{"Key":"k"}]})",
                           R"({"Bucket":"b","Delete":{"Objects":[{"Key":"k"}],"Loud":true}})"}) {
    EXPECT_THROW(read_as<cloud::DeleteObjectsRequest>(flat), UnsupportedField) << flat;
  }
}

TEST(DocumentTest, AnswersWithTheApisMembers) {
  cloud::CopyObjectResult copied;
  copied.ETag = "\"e\"";
  copied.Checksum.CRC32 = "AAAAAA==";
  EXPECT_EQ(write_document(Reflect<cloud::CopyObjectResult>::shape, &copied),
            json::parse(R"({"CopyObjectResult":{"ETag":"\"e\"","ChecksumCRC32":"AAAAAA=="}})"));
}

// An answer goes into an execution's data, which have to be JSON.
TEST(DocumentTest, AnswersWithTextWhateverTheBytes) {
  cloud::GetObjectResult object;
  object.Body = std::string("a\xFF\xFE");
  object.Metadata["by"] = "\xE9";
  const auto written = write_document(Reflect<cloud::GetObjectResult>::shape, &object);
  EXPECT_EQ(written.at("Body"), "a\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(written.at("Metadata").at("by"), "\xEF\xBF\xBD");
}

TEST(DocumentTest, KnowsWhatAnOperationNeeds) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(required_members("sqs", "SendMessage"), (Names{"QueueUrl", "MessageBody"}));
  EXPECT_EQ(required_members("lambda", "Invoke"), Names{"FunctionName"});
  EXPECT_EQ(required_members("states", "StartExecution"), Names{"StateMachineArn"});
  EXPECT_EQ(required_members("s3", "DeleteObjects"), (Names{"Bucket", "Delete"}));
  EXPECT_EQ(required_members("s3", "ListBuckets"), Names());
  EXPECT_FALSE(required_members("s3", "Getobject"));
  EXPECT_FALSE(required_members("s3", "OptionsObject"));
  EXPECT_FALSE(required_members("dynamodb", "GetItem"));
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
