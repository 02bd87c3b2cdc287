#include "aws/services.h"

#include <gmock/gmock.h>

#include "aws/fake_server.h"

namespace doorbuster::aws {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class StoppedClock final : public cloud::Clock {
 public:
  cloud::Time now() const override {
    return cloud::Time(std::chrono::sys_days(std::chrono::year(2026) / 11 / 27));
  }
};

class Connected {
 public:
  explicit Connected(const FakeServer& server) {
    Settings settings;
    const Url url{server.origin(), ""};
    settings.endpoints = {url, url, url, url, url};
    settings.region = "eu-west-1";
    settings.iam_region = "us-east-1";
    settings.credentials = {"AKID", "secret", ""};
    services_ = make_services({settings, clock_, [] { return 0.0; }});
    sqs = services_->sqs({});
    sns = services_->sns({});
    s3 = services_->s3({});
    sts = services_->sts({});
    iam = services_->iam({});
  }

 private:
  const StoppedClock clock_;
  std::unique_ptr<cloud::Services> services_;

 public:
  std::unique_ptr<cloud::Sqs> sqs;
  std::unique_ptr<cloud::Sns> sns;
  std::unique_ptr<cloud::S3> s3;
  std::unique_ptr<cloud::Sts> sts;
  std::unique_ptr<cloud::Iam> iam;
};

std::string failure(int status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Failed\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

template <class Operation>
cloud::Error error_of(Operation operation) {
  try {
    operation();
  } catch (const cloud::Error& e) {
    return e;
  }
  ADD_FAILURE() << "nothing was thrown";
  return {"", ""};
}

TEST(Services, SqsSpeaksJson) {
  FakeServer server{{answer(R"({"QueueUrl":"http://here/000000000000/q"})")}};
  Connected aws(server);
  const auto result = run(aws.sqs->GetQueueUrl({"q", ""}));
  EXPECT_EQ(result.QueueUrl, "http://here/000000000000/q");
  EXPECT_THAT(
      server.requests()[0],
      AllOf(StartsWith("POST / HTTP/1.1\r\n"), HasSubstr("X-Amz-Target: AmazonSQS.GetQueueUrl"),
            HasSubstr("Authorization: AWS4-HMAC-SHA256 Credential=AKID/20261127/eu-west-1/"
                      "sqs/aws4_request, SignedHeaders="),
            EndsWith(R"({"QueueName":"q"})")));
}

TEST(Services, SqsErrorsHaveTheirCodes) {
  FakeServer server{{failure(400, R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist",)"
                                  R"("message":"The specified queue does not exist."})")}};
  Connected aws(server);
  const auto error = error_of([&] { run(aws.sqs->GetQueueUrl({"q", ""})); });
  EXPECT_EQ(error.code(), "QueueDoesNotExist");
  EXPECT_EQ(error.message(), "The specified queue does not exist.");
  EXPECT_EQ(error.status(), 400);
}

TEST(Services, SnsSpeaksQuery) {
  FakeServer server{
      {answer("<CreateTopicResponse><CreateTopicResult><TopicArn>arn:aws:sns:eu-west-1:"
              "000000000000:t</TopicArn></CreateTopicResult></CreateTopicResponse>")}};
  Connected aws(server);
  cloud::CreateTopicRequest request;
  request.Name = "t";
  request.Attributes = {{"DisplayName", "a b"}};
  EXPECT_EQ(run(aws.sns->CreateTopic(request)).TopicArn, "arn:aws:sns:eu-west-1:000000000000:t");
  EXPECT_THAT(server.requests()[0],
              EndsWith("\r\n\r\nAction=CreateTopic&Version=2010-03-31&Name=t&"
                       "Attributes.entry.1.key=DisplayName&Attributes.entry.1.value=a%20b"));
}

TEST(Services, IamIsSignedForWhereItIs) {
  FakeServer server{{failure(403,
                             "<ErrorResponse><Error><Code>AccessDenied</Code></Error>"
                             "</ErrorResponse>")}};
  Connected aws(server);
  EXPECT_EQ(error_of([&] { run(aws.iam->ListRoles({})); }).code(), "AccessDenied");
  EXPECT_THAT(server.requests()[0], HasSubstr("Credential=AKID/20261127/us-east-1/iam/"));
}

TEST(Services, SnsErrorsHaveTheirCodes) {
  FakeServer server{{failure(404,
                             "<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code>"
                             "<Message>Topic does not exist</Message></Error></ErrorResponse>")}};
  Connected aws(server);
  const auto error = error_of([&] { run(aws.sns->DeleteTopic({"arn"})); });
  EXPECT_EQ(error.code(), "NotFound");
  EXPECT_EQ(error.status(), 404);
}

TEST(Services, S3PutsAnObject) {
  FakeServer server{{answer("", "ETag: \"abc\"\r\n")}};
  Connected aws(server);
  cloud::PutObjectRequest request;
  request.Bucket = "bucket";
  request.Key = "a b/c+d.json";
  request.Body = "hello";
  request.Headers.ContentType = "application/json";
  request.Metadata = {{"colour", "red"}};
  EXPECT_EQ(run(aws.s3->PutObject(std::move(request))).ETag, "\"abc\"");
  EXPECT_THAT(server.requests()[0],
              AllOf(StartsWith("PUT /bucket/a%20b/c%2Bd.json HTTP/1.1\r\n"),
                    HasSubstr("\r\nContent-Type: application/json\r\n"),
                    HasSubstr("\r\nx-amz-meta-colour: red\r\n"),
                    HasSubstr("\r\nx-amz-content-sha256: 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1f"
                              "a7425e73043362938b9824\r\n"),
                    EndsWith("\r\nContent-Length: 5\r\n\r\nhello")));
}

TEST(Services, S3GetsAnObject) {
  FakeServer server{
      {answer("hello",
              "ETag: \"abc\"\r\nContent-Type: text/plain\r\nx-amz-meta-Colour: red\r\n"
              "Last-Modified: Fri, 27 Nov 2026 01:02:03 GMT\r\n")}};
  Connected aws(server);
  cloud::GetObjectRequest request;
  request.Bucket = "bucket";
  request.Key = "key";
  request.Range = "bytes=0-4";
  const auto object = run(aws.s3->GetObject(request));
  EXPECT_EQ(object.Body.bytes, "hello");
  EXPECT_EQ(object.ContentLength, 5);
  EXPECT_EQ(object.ETag, "\"abc\"");
  EXPECT_EQ(object.Headers.ContentType, "text/plain");
  EXPECT_EQ(object.Metadata.at("colour"), "red");
  EXPECT_EQ(object.LastModified.time_since_epoch() / std::chrono::seconds(1), 1795741323);
  EXPECT_THAT(server.requests()[0], AllOf(StartsWith("GET /bucket/key HTTP/1.1\r\n"),
                                          HasSubstr("\r\nRange: bytes=0-4\r\n"),
                                          testing::Not(HasSubstr("Content-Length"))));
}

TEST(Services, S3ListsAndDeletes) {
  FakeServer server{
      {answer("<?xml version=\"1.0\"?><ListBucketResult xmlns=\"x\"><Name>bucket</Name>"
              "<KeyCount>2</KeyCount><IsTruncated>true</IsTruncated>"
              "<NextContinuationToken>next</NextContinuationToken>"
              "<Contents><Key>a&amp;b</Key><Size>7</Size></Contents>"
              "<Contents><Key>c</Key></Contents></ListBucketResult>"),
       answer(
           "<DeleteResult><Error><Key>c</Key><Code>AccessDenied</Code></Error></DeleteResult>")}};
  Connected aws(server);
  cloud::ListObjectsV2Request list;
  list.Bucket = "bucket";
  list.Prefix = "p/";
  const auto page = run(aws.s3->ListObjectsV2(list));
  ASSERT_EQ(page.Contents.size(), 2);
  EXPECT_EQ(page.Contents[0].Key, "a&b");
  EXPECT_EQ(page.Contents[0].Size, 7);
  EXPECT_TRUE(page.IsTruncated);
  EXPECT_EQ(page.NextContinuationToken, "next");
  cloud::DeleteObjectsRequest remove;
  remove.Bucket = "bucket";
  remove.Objects = {{"a&b", ""}, {"c", ""}};
  const auto result = run(aws.s3->DeleteObjects(remove));
  ASSERT_EQ(result.Errors.size(), 1);
  EXPECT_EQ(result.Errors[0].Code, "AccessDenied");
  const auto requests = server.requests();
  EXPECT_THAT(requests[0], AllOf(HasSubstr("list-type=2"), HasSubstr("prefix=p%2F")));
  EXPECT_THAT(requests[1],
              AllOf(StartsWith("POST /bucket?delete= HTTP/1.1\r\n"), HasSubstr("\r\nContent-MD5: "),
                    HasSubstr("<Object><Key>a&amp;b</Key></Object><Object><Key>c</Key></Object>")));
}

TEST(Services, S3HasNoWordsForAHead) {
  FakeServer server{{"HTTP/1.1 404 Not Found\r\nContent-Length: 200\r\n\r\n"}};
  Connected aws(server);
  cloud::HeadObjectRequest request;
  request.Bucket = "bucket";
  request.Key = "key";
  EXPECT_EQ(error_of([&] { run(aws.s3->HeadObject(request)); }).status(), 404);
}

TEST(Services, S3FailsInTheMiddleOfASuccess) {
  FakeServer server{{answer("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>InternalError"
                            "</Code><Message>sorry</Message></Error>"),
                     answer("<CopyObjectResult><ETag>\"e\"</ETag></CopyObjectResult>")}};
  Connected aws(server);
  cloud::CopyObjectRequest request;
  request.Bucket = "bucket";
  request.Key = "key";
  request.CopySource = {"from", "there", {}};
  EXPECT_EQ(run(aws.s3->CopyObject(request)).ETag, "\"e\"");
}

TEST(Services, WhatMayPassIsTriedThreeTimes) {
  const std::string busy = failure(503, R"({"__type":"com.amazonaws.sqs#ServiceUnavailable"})");
  FakeServer server{{busy, busy, answer("{}"), busy, busy, busy}};
  Connected aws(server);
  run(aws.sqs->DeleteQueue({"url"}));
  EXPECT_EQ(error_of([&] { run(aws.sqs->DeleteQueue({"url"})); }).code(), "ServiceUnavailable");
  EXPECT_EQ(server.requests().size(), 6);
}

TEST(Services, WhatIsTheSendersFaultIsTriedOnce) {
  FakeServer server{{failure(400, R"({"__type":"com.amazonaws.sqs#InvalidAddress"})")}};
  Connected aws(server);
  EXPECT_EQ(error_of([&] { run(aws.sqs->DeleteQueue({"url"})); }).code(), "InvalidAddress");
}

TEST(Services, AStreamIsNotSentAgain) {
  class Once final : public cloud::ByteStream {
   public:
    cloud::Async<std::string> read() override { co_return std::exchange(left_, ""); }

   private:
    std::string left_ = "hello";
  };
  FakeServer server{{failure(503, "<Error><Code>SlowDown</Code></Error>")}};
  Connected aws(server);
  cloud::PutObjectRequest request;
  request.Bucket = "bucket";
  request.Key = "key";
  request.Body = cloud::Body(std::make_shared<Once>());
  request.ContentLength = 5;
  EXPECT_EQ(error_of([&] { run(aws.s3->PutObject(std::move(request))); }).code(), "SlowDown");
  EXPECT_THAT(server.requests()[0], AllOf(HasSubstr("x-amz-content-sha256: UNSIGNED-PAYLOAD"),
                                          EndsWith("Content-Length: 5\r\n\r\nhello")));
}

TEST(Services, AnAnswerThatIsNoneIsAnError) {
  FakeServer server{{answer("<html>Welcome to the wifi</html>")}};
  Connected aws(server);
  EXPECT_EQ(error_of([&] { run(aws.sts->GetCallerIdentity({})); }).code(), "InvalidResponse");
}

TEST(Services, WhereNobodyAnswersThatIsSaid) {
  Origin origin;
  {
    FakeServer gone{};
    origin = gone.origin();
  }
  Settings settings;
  settings.endpoints.sqs = {origin, ""};
  settings.region = "us-east-1";
  const StoppedClock clock;
  const auto services = make_services({settings, clock, [] { return 0.0; }});
  const auto sqs = services->sqs({});
  const auto error = error_of([&] { run(sqs->GetQueueUrl({"q", ""})); });
  EXPECT_EQ(error.code(), "EndpointConnectionError");
  EXPECT_THAT(error.message(), AllOf(HasSubstr("nothing answers at " + origin.str()),
                                     HasSubstr("is doorbuster up running?")));
}

}  // namespace
}  // namespace doorbuster::aws
