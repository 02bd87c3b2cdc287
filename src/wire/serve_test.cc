#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/testing.h"

namespace doorbuster::wire {
namespace {

using testing::HasSubstr;

struct SqsLog {
  cloud::SendMessageRequest sent;
  cloud::CreateQueueRequest created;
  cloud::ReceiveMessageRequest received;
  cloud::SendMessageBatchRequest batch;
};

class FakeSqs final : public cloud::Sqs {
 public:
  explicit FakeSqs(SqsLog& log) : log_(log) {}

  cloud::Async<cloud::SendMessageResult> SendMessage(cloud::SendMessageRequest request) override {
    log_.sent = std::move(request);
    cloud::SendMessageResult result;
    result.MessageId = "id";
    result.MD5OfMessageBody = "md5";
    co_return result;
  }
  cloud::Async<cloud::CreateQueueResult> CreateQueue(cloud::CreateQueueRequest request) override {
    log_.created = std::move(request);
    cloud::CreateQueueResult result;
    result.QueueUrl = "http://localhost/0/q";
    co_return result;
  }
  cloud::Async<cloud::ReceiveMessageResult> ReceiveMessage(
      cloud::ReceiveMessageRequest request) override {
    log_.received = std::move(request);
    cloud::ReceiveMessageResult result;
    cloud::Message message;
    message.MessageId = "id";
    message.Body = "<body>";
    message.Attributes["SenderId"] = "me";
    message.MessageAttributes["a"] = {"Binary", "", std::string("\0\1", 2)};
    result.Messages.push_back(std::move(message));
    co_return result;
  }
  cloud::Async<cloud::SendMessageBatchResult> SendMessageBatch(
      cloud::SendMessageBatchRequest request) override {
    log_.batch = std::move(request);
    cloud::SendMessageBatchResult result;
    co_return result;
  }
  cloud::Async<void> DeleteQueue(cloud::DeleteQueueRequest) override {
    throw cloud::Error("QueueDoesNotExist", "The specified queue does not exist.");
  }
  cloud::Async<void> PurgeQueue(cloud::PurgeQueueRequest) override { co_return; }

 private:
  SqsLog& log_;
};

class Sqs : public testing::Test {
 protected:
  Sqs() {
    services_.make_sqs = [this] { return std::make_unique<FakeSqs>(log_); };
  }

  Response json(const std::string& operation, std::string body) {
    ServedRequest request{"POST", "/", {}, std::move(body)};
    request.headers = {{"Host", "localhost:4566"},
                       {"x-amz-target", "AmazonSQS." + operation},
                       {"content-type", "application/x-amz-json-1.0"}};
    return answer(request, services_);
  }

  Response query(std::string form, std::string path = "/") {
    ServedRequest request{"POST", std::move(path), {}, std::move(form)};
    request.headers = {{"Host", "localhost:4566"},
                       {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                       {"Authorization",
                        "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/sqs/aws4_request, "
                        "SignedHeaders=content-type;host;x-amz-date, Signature=0"}};
    return answer(request, services_);
  }

  SqsLog log_;
  FakeServices services_;
};

TEST_F(Sqs, SendsInJson) {
  const auto response =
      json("SendMessage",
           R"({"QueueUrl": "http://localhost/0/q", "MessageBody": "hello", "MessageAttributes": )"
           R"({"n": {"DataType": "Number", "StringValue": "1"}}})");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(header_of(response, "Content-Type"), "application/x-amz-json-1.0");
  EXPECT_EQ(response.body.bytes, R"({"MD5OfMessageBody":"md5","MessageId":"id"})");
  EXPECT_EQ(log_.sent.MessageBody, "hello");
  EXPECT_EQ(log_.sent.MessageAttributes.at("n").StringValue, "1");
}

TEST_F(Sqs, SendsInQuery) {
  const auto response = query(
      "Action=SendMessage&Version=2012-11-05&QueueUrl=http%3A%2F%2Flocalhost%2F0%2Fq"
      "&MessageBody=hello+w%C3%B6rld&MessageAttribute.1.Name=b&MessageAttribute.1.Value.DataType="
      "Binary&MessageAttribute.1.Value.BinaryValue=AAE%3D");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body.bytes,
            "<?xml version=\"1.0\"?><SendMessageResponse "
            "xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><SendMessageResult>"
            "<MD5OfMessageBody>md5</MD5OfMessageBody><MessageId>id</MessageId>"
            "</SendMessageResult><ResponseMetadata><RequestId>the-id</RequestId>"
            "</ResponseMetadata></SendMessageResponse>");
  EXPECT_EQ(log_.sent.MessageBody, "hello wörld");
  EXPECT_EQ(log_.sent.MessageAttributes.at("b").BinaryValue, std::string("\0\1", 2));
}

TEST_F(Sqs, TakesTextInUtf8Only) {
  for (const char* odd : {"%FF", "\xff", "%ED%A0%80", "a%C3"}) {
    const std::string text(odd);
    const std::string send = "Action=SendMessage&Version=2012-11-05&QueueUrl=u&MessageBody=";
    EXPECT_EQ(query(send + text).status, 400) << text;
    const auto response = query(send +
                                "b&MessageAttribute.1.Value.DataType=String&"
                                "MessageAttribute.1.Value.StringValue=v&"
                                "MessageAttribute.1.Name=" +
                                text);
    EXPECT_EQ(response.status, 400) << text;
    EXPECT_THAT(response.body.bytes, HasSubstr("UTF-8"));
  }
  EXPECT_EQ(log_.sent.QueueUrl, "") << "nothing was called";
}

TEST_F(Sqs, TakesTheQueueFromThePath) {
  query("Action=SendMessage&Version=2012-11-05&MessageBody=b", "/000000000000/q");
  EXPECT_EQ(log_.sent.QueueUrl, "http://localhost:4566/000000000000/q");
}

TEST_F(Sqs, TakesAGetWithoutCredentials) {
  ServedRequest request{"GET",
                        "/000000000000/q?Action=SendMessage&Version=2012-11-05&MessageBody=b"};
  EXPECT_EQ(answer(request, services_).status, 200);
  EXPECT_EQ(log_.sent.MessageBody, "b");
}

TEST_F(Sqs, ReadsBatchesAndMapsInQuery) {
  query(
      "Action=SendMessageBatch&QueueUrl=q&SendMessageBatchRequestEntry.1.Id=a"
      "&SendMessageBatchRequestEntry.1.MessageBody=A&SendMessageBatchRequestEntry.2.Id=b"
      "&SendMessageBatchRequestEntry.2.MessageBody=B"
      "&SendMessageBatchRequestEntry.2.DelaySeconds=3");
  ASSERT_EQ(log_.batch.Entries.size(), 2U);
  EXPECT_EQ(log_.batch.Entries[1].MessageBody, "B");
  EXPECT_EQ(log_.batch.Entries[1].DelaySeconds, 3);
  query(
      "Action=CreateQueue&QueueName=q&Attribute.1.Name=DelaySeconds&Attribute.1.Value=5"
      "&Tag.1.Key=k&Tag.1.Value=v");
  EXPECT_EQ(log_.created.Attributes.at("DelaySeconds"), "5");
  EXPECT_EQ(log_.created.tags.at("k"), "v");
}

TEST_F(Sqs, AnswersMessagesInBothProtocols) {
  EXPECT_EQ(json("ReceiveMessage", R"({"QueueUrl":"q","WaitTimeSeconds":1})").body.bytes,
            R"({"Messages":[{"MessageId":"id","Body":"<body>","Attributes":{"SenderId":"me"},)"
            R"("MessageAttributes":{"a":{"DataType":"Binary","BinaryValue":"AAE="}}}]})");
  EXPECT_EQ(log_.received.MaxNumberOfMessages, 1);
  EXPECT_EQ(log_.received.WaitTimeSeconds, 1);
  EXPECT_THAT(query("Action=ReceiveMessage&QueueUrl=q&AttributeName.1=All").body.bytes,
              HasSubstr("<ReceiveMessageResult><Message><MessageId>id</MessageId>"
                        "<Body>&lt;body&gt;</Body><Attribute><Name>SenderId</Name>"
                        "<Value>me</Value></Attribute><MessageAttribute><Name>a</Name><Value>"
                        "<DataType>Binary</DataType><BinaryValue>AAE=</BinaryValue></Value>"
                        "</MessageAttribute></Message></ReceiveMessageResult>"));
  EXPECT_EQ(log_.received.AttributeNames, std::vector<std::string>{"All"});
}

TEST_F(Sqs, AnswersNothingAsAnEmptyObject) {
  EXPECT_EQ(json("PurgeQueue", R"({"QueueUrl":"q"})").body.bytes, "{}");
}

TEST_F(Sqs, NamesErrorsAsEachProtocolDoes) {
  const auto in_json = json("DeleteQueue", R"({"QueueUrl":"q"})");
  EXPECT_EQ(in_json.status, 400);
  EXPECT_EQ(in_json.body.bytes, R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist",)"
                                R"("message":"The specified queue does not exist."})");
  EXPECT_EQ(header_of(in_json, "x-amzn-query-error"),
            "AWS.SimpleQueueService.NonExistentQueue;Sender");
  const auto in_query = query("Action=DeleteQueue&QueueUrl=q");
  EXPECT_EQ(in_query.status, 400);
  EXPECT_THAT(in_query.body.bytes,
              HasSubstr("<Error><Type>Sender</Type>"
                        "<Code>AWS.SimpleQueueService.NonExistentQueue</Code>"
                        "<Message>The specified queue does not exist.</Message>"));
}

TEST_F(Sqs, SaysWhatIsMissing) {
  EXPECT_THAT(json("SendMessage", R"({"QueueUrl":"q"})").body.bytes,
              HasSubstr("The request must contain the parameter MessageBody."));
  EXPECT_THAT(query("Action=SendMessage&QueueUrl=q").body.bytes,
              HasSubstr("<Code>MissingParameter</Code>"));
  EXPECT_THAT(json("SendMessage", "{").body.bytes,
              HasSubstr("com.amazon.coral.service#SerializationException"));
}

// Who speaks Query as well keeps its words.
TEST(Errors, OfCredentialsAreNamedAsTheServiceDoes) {
  const cloud::Error stranger("InvalidClientTokenId", "The security token is invalid.", 403);
  const auto json = [&](const char* service) {
    Route to;
    to.protocol = Protocol::json;
    to.service = service;
    return error_response(to, {}, stranger, "the-id").body.bytes;
  };
  EXPECT_THAT(json("states"),
              HasSubstr(R"("__type":"com.amazon.coral.service#UnrecognizedClientException")"));
  EXPECT_THAT(json("sqs"), HasSubstr("#InvalidClientTokenId\""));
  Route to;
  to.protocol = Protocol::rest_json;
  to.service = "lambda";
  EXPECT_EQ(header_of(error_response(to, {}, {"SignatureDoesNotMatch", "", 403}, "the-id"),
                      "x-amzn-ErrorType"),
            "InvalidSignatureException");
}

TEST_F(Sqs, KnowsNoOtherOperations) {
  EXPECT_THAT(json("Explode", "{}").body.bytes, HasSubstr("UnknownOperationException"));
  EXPECT_THAT(query("Action=Explode&Version=2012-11-05").body.bytes,
              HasSubstr("<Code>InvalidAction</Code>"));
  EXPECT_THAT(query("QueueUrl=q").body.bytes, HasSubstr("<Code>MissingAction</Code>"));
}

TEST_F(Sqs, WaitsForMessagesOnly) {
  ServedRequest request{"POST", "/", {{"X-Amz-Target", "AmazonSQS.ReceiveMessage"}}};
  EXPECT_TRUE(route(request.head(), "").waits);
  request.headers[0].second = "AmazonSQS.SendMessage";
  EXPECT_FALSE(route(request.head(), "").waits);
}

class FakeSns final : public cloud::Sns {
 public:
  explicit FakeSns(cloud::PublishRequest& seen) : seen_(seen) {}
  cloud::Async<cloud::PublishResult> Publish(cloud::PublishRequest request) override {
    seen_ = std::move(request);
    cloud::PublishResult result;
    result.MessageId = "id";
    co_return result;
  }
  cloud::Async<cloud::ListTopicsResult> ListTopics(cloud::ListTopicsRequest) override {
    cloud::ListTopicsResult result;
    result.TopicArns = {"arn:1", "arn:2"};
    co_return result;
  }
  cloud::Async<void> TagResource(cloud::TagResourceRequest) override { co_return; }

 private:
  cloud::PublishRequest& seen_;
};

TEST(Sns, SpeaksQuery) {
  cloud::PublishRequest seen;
  FakeServices services;
  services.make_sns = [&] { return std::make_unique<FakeSns>(seen); };
  const auto call = [&](std::string form) {
    ServedRequest request{"POST", "/", {{"Content-Type", "application/x-www-form-urlencoded"}}};
    request.body = std::move(form);
    return answer(request, services).body.bytes;
  };
  EXPECT_THAT(call("Action=Publish&Version=2010-03-31&TopicArn=t&Message=m"
                   "&MessageAttributes.entry.1.Name=n&MessageAttributes.entry.1.Value.DataType="
                   "String&MessageAttributes.entry.1.Value.StringValue=v"),
              HasSubstr("<PublishResult><MessageId>id</MessageId></PublishResult>"));
  EXPECT_EQ(seen.MessageAttributes.at("n").StringValue, "v");
  EXPECT_THAT(call("Action=ListTopics&Version=2010-03-31"),
              HasSubstr("<Topics><member><TopicArn>arn:1</TopicArn></member><member>"
                        "<TopicArn>arn:2</TopicArn></member></Topics>"));
  EXPECT_THAT(call("Action=TagResource&Version=2010-03-31&ResourceArn=a&Tags.member.1.Key=k"
                   "&Tags.member.1.Value=v"),
              HasSubstr("<TagResourceResult></TagResourceResult>"));
  EXPECT_THAT(call("Action=Publish&Version=2010-03-31&TopicArn=t"),
              HasSubstr("Value null at 'message' failed to satisfy constraint"));
}

class FakeIam final : public cloud::Iam {
 public:
  cloud::Async<cloud::GetRoleResult> GetRole(cloud::GetRoleRequest) override {
    cloud::GetRoleResult result;
    result.Role.AssumeRolePolicyDocument = "{\"a\": \"/\"}";
    result.Role.CreateDate = cloud::Time(std::chrono::seconds(1'700'000'000));
    co_return result;
  }
};

TEST(Iam, AnswersPoliciesEscaped) {
  FakeServices services;
  services.make_iam = [] { return std::make_unique<FakeIam>(); };
  const ServedRequest request{"GET", "/?Action=GetRole&Version=2010-05-08&RoleName=r"};
  const auto bytes = answer(request, services).body.bytes;
  EXPECT_THAT(bytes, HasSubstr("<AssumeRolePolicyDocument>%7B%22a%22%3A%20%22%2F%22%7D</"));
  EXPECT_THAT(bytes, HasSubstr("<CreateDate>2023-11-14T22:13:20.000Z</CreateDate>"));
}

}  // namespace
}  // namespace doorbuster::wire
