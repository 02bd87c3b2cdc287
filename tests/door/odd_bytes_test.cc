// Whatever bytes come through Query and XML, the engine goes on and its store is opened again.
#include <gtest/gtest.h>

#include <boost/algorithm/string/replace.hpp>

#include "engine/test_bed.h"
#include "wire/encoding.h"
#include "wire/testing.h"

namespace doorbuster {
namespace {

using engine::TestBed;

// None of it is UTF-8: a byte that never is, the half of a surrogate pair, a form that is too long,
// a code point beyond the last one, and a character that ends too early.
const std::vector<std::string> kOdd = {"\xff", "\xed\xa0\x80", "\xc0\xaf", "\xf4\x90\x80\x80",
                                       "\xe2\x82"};

// Where each stands for odd bytes.
constexpr const char* kMark = "ODD";

class OddBytesTest : public testing::Test {
 protected:
  OddBytesTest() {
    bed.run(bed.sqs().CreateQueue({"Q", {}}));
    bed.run(bed.s3().CreateBucket({"invoices", ""}));
    topic_ = bed.run(bed.sns().CreateTopic({"T", {}, {}})).TopicArn;
    cloud::CreateFunctionRequest f;
    f.FunctionName = "f";
    f.Runtime = "python3.11";
    f.Handler = "app.handler";
    f.Role = "arn:aws:iam::000000000000:role/r";
    f.Code.ZipFile = "zip";
    const auto arn = bed.run(bed.lambda().CreateFunction(f)).FunctionArn;
    cloud::AddFunctionPermissionRequest permission;
    permission.FunctionName = "f";
    permission.StatementId = "sns";
    permission.Action = "lambda:InvokeFunction";
    permission.Principal = "sns.amazonaws.com";
    bed.run(bed.lambda().AddPermission(permission));
    bed.run(bed.sns().Subscribe({topic_, "lambda", arn, {}, true}));
  }
  void TearDown() override {
    EXPECT_EQ(bed.engine().failure(), nullptr);
    bed.reopen();
    EXPECT_EQ(bed.run(bed.sqs().ListQueues({})).QueueUrls.size(), 1U);
    EXPECT_EQ(bed.run(bed.sns().ListTopics({})).TopicArns.size(), 1U);
    cloud::PublishRequest publish;
    publish.TopicArn = topic_;
    publish.Message = "still there";
    EXPECT_NE(bed.run(bed.sns().Publish(publish)).MessageId, "");
  }

  wire::Response send(const wire::ServedRequest& request) {
    const auto services = engine::make_services(bed.engine());
    const auto head = request.head();
    auto route = wire::route(head, "localhost");
    try {
      wire::resolve(route, head, request.body);
      return bed.run(wire::serve(route, head, cloud::Body(request.body), *services, {}, "the-id"));
    } catch (const cloud::Error& error) {
      return wire::error_response(route, head, error, "the-id");
    }
  }
  wire::Response query(const std::string& service, const std::string& form) {
    wire::ServedRequest request{"POST", "/", {}, form};
    request.headers = {
        {"Host", "localhost:4566"},
        {"Content-Type", "application/x-www-form-urlencoded"},
        {"Authorization", "AWS4-HMAC-SHA256 Credential=AKID/20261127/us-east-1/" + service +
                              "/aws4_request, SignedHeaders=host, "
                              "Signature=0"}};
    return send(request);
  }
  wire::Response s3(const std::string& method, const std::string& target, const std::string& body,
                    std::vector<std::pair<std::string, std::string>> headers = {}) {
    headers.emplace_back("Host", "localhost:4566");
    return send({method, target, std::move(headers), body});
  }
  static std::string with(const std::string& text, const std::string& odd) {
    return boost::algorithm::replace_all_copy(text, kMark, odd);
  }
  static std::string percent(const std::string& bytes) { return wire::escaped(bytes); }
  static void expect_refused(const wire::Response& response, const std::string& what) {
    EXPECT_EQ(response.status, 400) << testing::PrintToString(what) << response.body.bytes;
  }

  TestBed bed;
  std::string topic_;
};

TEST_F(OddBytesTest, InQuery) {
  const std::string queue = "&QueueUrl=http://localhost:4566/000000000000/Q";
  const std::string of_topic = "&TopicArn=" + topic_;
  const std::string trust =
      "&AssumeRolePolicyDocument=" +
      percent(R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":)"
              R"({"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]})");
  const std::vector<std::pair<std::string, std::string>> forms = {
      {"sqs", "Action=CreateQueue&QueueName=ODD"},
      {"sqs", "Action=CreateQueue&QueueName=P&Tag.1.Key=k&Tag.1.Value=ODD"},
      {"sqs",
       "Action=CreateQueue&QueueName=P&Attribute.1.Name=KmsMasterKeyId&"
       "Attribute.1.Value=ODD"},
      {"sqs", "Action=TagQueue&Tag.1.Key=k&Tag.1.Value=ODD" + queue},
      {"sqs", "Action=TagQueue&Tag.1.Key=ODD&Tag.1.Value=v" + queue},
      {"sqs",
       "Action=SetQueueAttributes&Attribute.1.Name=KmsMasterKeyId&Attribute.1.Value=ODD" + queue},
      {"sqs", "Action=AddPermission&Label=ODD&AWSAccountId.1=000000000000&ActionName.1=*" + queue},
      {"sqs", "Action=SendMessage&MessageBody=ODD" + queue},
      {"sqs",
       "Action=SendMessage&MessageBody=b&MessageAttribute.1.Name=ODD&"
       "MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=v" +
           queue},
      {"sns", "Action=CreateTopic&Name=U&Tags.member.1.Key=k&Tags.member.1.Value=ODD"},
      {"sns",
       "Action=CreateTopic&Name=U&Attributes.entry.1.key=DisplayName&"
       "Attributes.entry.1.value=ODD"},
      {"sns", "Action=SetTopicAttributes&AttributeName=DisplayName&AttributeValue=ODD" + of_topic},
      {"sns",
       "Action=AddPermission&Label=ODD&AWSAccountId.member.1=000000000000&"
       "ActionName.member.1=Publish" +
           of_topic},
      {"sns", "Action=Publish&Message=ODD" + of_topic},
      {"sns",
       "Action=Publish&Message=m&MessageAttributes.entry.1.Name=a&"
       "MessageAttributes.entry.1.Value.DataType=String&"
       "MessageAttributes.entry.1.Value.StringValue=ODD" +
           of_topic},
      {"sns", "Action=Publish&MessageStructure=json&Message={\"default\":\"ODD\"}" + of_topic},
      {"sns", "Action=Subscribe&Protocol=http&Endpoint=http://host/ODD" + of_topic},
      {"iam", "Action=CreateRole&Version=2010-05-08&RoleName=r&Description=ODD" + trust},
      {"iam", "Action=CreateRole&Version=2010-05-08&RoleName=r&Path=/ODD/" + trust},
      {"monitoring",
       "Action=PutMetricData&Version=2010-08-01&Namespace=N&"
       "MetricData.member.1.MetricName=ODD&MetricData.member.1.Value=1"},
  };
  for (const auto& [service, form] : forms) {
    for (const auto& odd : kOdd) {
      for (const auto& bytes : {odd, percent(odd)}) {
        const auto sent = with(form, bytes);
        expect_refused(query(service, sent), sent);
      }
    }
  }
}

TEST_F(OddBytesTest, InXml) {
  const std::vector<std::pair<std::string, std::string>> documents = {
      {"tagging", "<Tagging><TagSet><Tag><Key>k</Key><Value>ODD</Value></Tag></TagSet></Tagging>"},
      {"cors",
       "<CORSConfiguration><CORSRule><ID>ODD</ID><AllowedMethod>GET</AllowedMethod>"
       "<AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>"},
      {"notification",
       "<NotificationConfiguration><QueueConfiguration><Id>ODD</Id>"
       "<Queue>arn:aws:sqs:us-east-1:000000000000:Q</Queue><Event>s3:ObjectCreated:*</Event>"
       "</QueueConfiguration></NotificationConfiguration>"},
      {"notification",
       "<NotificationConfiguration><TopicConfiguration>"
       "<Topic>arn:aws:sns:us-east-1:000000000000:ODD</Topic><Event>s3:ObjectCreated:*</Event>"
       "</TopicConfiguration></NotificationConfiguration>"},
  };
  std::vector<std::string> odd = kOdd;
  odd.emplace_back("&#xD800;");
  for (const auto& [of, document] : documents) {
    for (const auto& bytes : odd) {
      const auto sent = with(document, bytes);
      expect_refused(
          s3("PUT", "/invoices?" + of, sent, {{"x-amz-skip-destination-validation", "true"}}),
          sent);
    }
  }
}

TEST_F(OddBytesTest, InHeads) {
  for (const auto& odd : kOdd) {
    expect_refused(s3("PUT", "/invoices/" + percent(odd), "x"), odd);
    expect_refused(s3("PUT", "/invoices/k", "x", {{"x-amz-meta-who", odd}}), odd);
    expect_refused(s3("PUT", "/invoices/k", "x", {{"x-amz-tagging", "k=" + percent(odd)}}), odd);
    expect_refused(s3("PUT", "/invoices/k", "x", {{"Content-Disposition", odd}}), odd);
  }
}

}  // namespace
}  // namespace doorbuster
