#include "functions/invoice_events.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

namespace doorbuster::functions {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

std::string s3_event(const std::string& key, const std::string& name = "ObjectCreated:Put") {
  return R"({"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-east-1",)"
         R"("eventTime":"2010-12-01T08:26:00.123Z","eventName":")" +
         name + R"(","s3":{"bucket":{"name":"invoices"},"object":{"key":")" + key +
         R"(","size":17,"eTag":"d41d8"}}}]})";
}

std::string refusal(const std::string& body) {
  try {
    parse_s3_event(body);
  } catch (const NotAnS3Event& error) {
    return error.what();
  }
  return "parsed";
}

TEST(ParseS3EventTest, ReadsTheObject) {
  const std::vector<CreatedObject> objects = parse_s3_event(s3_event("a.json"));
  ASSERT_EQ(objects.size(), 1U);
  EXPECT_EQ(objects[0].bucket, "invoices");
  EXPECT_EQ(objects[0].key, "a.json");
  EXPECT_EQ(objects[0].size, 17U);
  EXPECT_EQ(objects[0].created_at, cloud::Time(std::chrono::seconds(1'291'191'960)));
}

TEST(ParseS3EventTest, OpensTheEnvelopeOfTheTopic) {
  boost::json::object envelope;
  envelope["Type"] = "Notification";
  envelope["Message"] = s3_event("a.json");
  const auto objects = parse_s3_event(boost::json::serialize(envelope));
  ASSERT_EQ(objects.size(), 1U);
  EXPECT_EQ(objects[0].key, "a.json");
}

TEST(ParseS3EventTest, DecodesTheKey) {
  EXPECT_EQ(parse_s3_event(s3_event("a+b%2Bc/%C3%a9%25.json"))[0].key, "a b+c/\u00e9%.json");
  EXPECT_THAT(refusal(s3_event("a%2")), HasSubstr("not URL-encoded: a%2"));
  EXPECT_THAT(refusal(s3_event("a%zz")), HasSubstr("not URL-encoded"));
}

TEST(ParseS3EventTest, TakesOnlyWhatWasCreated) {
  EXPECT_EQ(parse_s3_event(s3_event("a", "ObjectCreated:CompleteMultipartUpload")).size(), 1U);
  EXPECT_THAT(parse_s3_event(s3_event("a", "ObjectRemoved:Delete")), IsEmpty());
  EXPECT_THAT(
      parse_s3_event(R"({"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"invoices"})"),
      IsEmpty());
}

TEST(ParseS3EventTest, DoesWithoutSizeAndTime) {
  const auto objects =
      parse_s3_event(R"({"Records":[{"eventName":"ObjectCreated:Put","eventTime":"soon",)"
                     R"("s3":{"bucket":{"name":"b"},"object":{"key":"k","size":-1}}}]})");
  EXPECT_EQ(objects.at(0).size, 0U);
  EXPECT_FALSE(objects.at(0).created_at);
}

TEST(ParseS3EventTest, RefusesWhatIsNoS3Event) {
  EXPECT_THAT(refusal("hello"), HasSubstr("not JSON"));
  EXPECT_THAT(refusal(""), HasSubstr("not JSON"));
  EXPECT_THAT(refusal("[]"), HasSubstr("no Records"));
  EXPECT_THAT(refusal(R"({"Records":5})"), HasSubstr("no Records"));
  EXPECT_THAT(refusal(R"({"Records":[5]})"), HasSubstr("no eventName"));
  EXPECT_THAT(refusal(R"({"Records":[{"eventName":"ObjectCreated:Put"}]})"),
              HasSubstr("without a bucket's name"));
  EXPECT_THAT(refusal(s3_event("")), HasSubstr("an object's key"));
  EXPECT_THAT(refusal(R"({"Type":"Notification"})"), HasSubstr("without a Message"));
  EXPECT_THAT(refusal(R"({"Type":"Notification","Message":"hello"})"), HasSubstr("not JSON"));
}

}  // namespace
}  // namespace doorbuster::functions
