#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/testing.h"

namespace doorbuster::wire {
namespace {

using testing::HasSubstr;

struct Log {
  cloud::PutObjectRequest put;
  cloud::GetObjectRequest got;
  cloud::CopyObjectRequest copied;
  cloud::ListObjectsV2Request listed;
  cloud::DeleteObjectsRequest deleted;
  cloud::PutBucketNotificationConfigurationRequest notified;
  cloud::CompleteMultipartUploadRequest completed;
  cloud::CreateBucketRequest created;
  bool alive = false;
  int buckets_deleted = 0;
};

class FakeS3 final : public cloud::S3 {
 public:
  FakeS3(Log& log, std::string account) : log_(log), account_(std::move(account)) {
    log_.alive = true;
  }
  ~FakeS3() override { log_.alive = false; }

  cloud::Async<void> CreateBucket(cloud::CreateBucketRequest request) override {
    log_.created = std::move(request);
    co_return;
  }
  // "bucket" is an account's whose buckets nobody else may list.
  cloud::Async<cloud::ListBucketsResult> ListBuckets(cloud::ListBucketsRequest request) override {
    cloud::ListBucketsResult result;
    const std::string name = "bucket";
    if (account_ == "111111111111" && name.starts_with(request.Prefix)) {
      result.Buckets.emplace_back().Name = name;
    }
    co_return result;
  }
  cloud::Async<cloud::HeadBucketResult> HeadBucket(cloud::HeadBucketRequest request) override {
    if (request.Bucket == "bucket") co_return cloud::HeadBucketResult();
    throw cloud::Error("NoSuchBucket", "The specified bucket does not exist", 404);
  }
  cloud::Async<void> DeleteBucket(cloud::DeleteBucketRequest) override {
    ++log_.buckets_deleted;
    throw cloud::Error("NoSuchBucket", "The specified bucket does not exist", 404);
  }
  cloud::Async<cloud::GetBucketLocationResult> GetBucketLocation(
      cloud::GetBucketLocationRequest) override {
    cloud::GetBucketLocationResult result;
    result.LocationConstraint = "eu-west-1";
    co_return result;
  }
  cloud::Async<cloud::GetBucketPolicyResult> GetBucketPolicy(
      cloud::GetBucketPolicyRequest) override {
    cloud::GetBucketPolicyResult result;
    result.Policy = "{}";
    co_return result;
  }
  cloud::Async<cloud::PutObjectResult> PutObject(cloud::PutObjectRequest request) override {
    log_.put = std::move(request);
    cloud::PutObjectResult result;
    result.ETag = "\"etag\"";
    co_return result;
  }
  cloud::Async<cloud::GetObjectResult> GetObject(cloud::GetObjectRequest request) override {
    log_.got = std::move(request);
    if (log_.got.Key == "none") {
      throw cloud::Error("NoSuchKey", "The specified key does not exist.", 404);
    }
    if (log_.got.Conditions.IfNoneMatch == "\"etag\"") {
      throw cloud::Error("NotModified", "Not Modified", 304);
    }
    cloud::GetObjectResult result;
    result.ContentLength = 10;
    if (!log_.got.Range.empty()) result.ContentRange = "bytes 0-9/100";
    result.ETag = "\"etag\"";
    result.LastModified = cloud::Time(std::chrono::seconds(1'369'353'600));
    result.Metadata["a"] = "b\r\nc";
    result.Body = cloud::Body(std::make_shared<Pieces>(std::vector<std::string>{"0123456789"}));
    co_return result;
  }
  cloud::Async<cloud::HeadObjectResult> HeadObject(cloud::HeadObjectRequest) override {
    cloud::HeadObjectResult result;
    result.ContentLength = 10;
    result.ETag = "\"etag\"";
    result.Headers.CacheControl = "no-cache";
    result.Headers.ContentType = "text/plain";
    co_return result;
  }
  cloud::Async<cloud::CopyObjectResult> CopyObject(cloud::CopyObjectRequest request) override {
    log_.copied = std::move(request);
    cloud::CopyObjectResult result;
    result.ETag = "\"etag\"";
    co_return result;
  }
  cloud::Async<cloud::ListObjectsV2Result> ListObjectsV2(
      cloud::ListObjectsV2Request request) override {
    log_.listed = std::move(request);
    cloud::ListObjectsV2Result result;
    result.Name = "bucket";
    result.Contents.emplace_back().Key = "a b/<c>";
    result.CommonPrefixes = {"p q/"};
    result.EncodingType = log_.listed.EncodingType;
    co_return result;
  }
  cloud::Async<cloud::DeleteObjectsResult> DeleteObjects(
      cloud::DeleteObjectsRequest request) override {
    log_.deleted = std::move(request);
    cloud::DeleteObjectsResult result;
    result.Deleted.push_back({"a"});
    result.Errors.push_back({"b", "AccessDenied", "Access Denied"});
    co_return result;
  }
  cloud::Async<void> PutBucketNotificationConfiguration(
      cloud::PutBucketNotificationConfigurationRequest request) override {
    log_.notified = std::move(request);
    co_return;
  }
  cloud::Async<cloud::NotificationConfiguration> GetBucketNotificationConfiguration(
      cloud::GetBucketNotificationConfigurationRequest) override {
    co_return log_.notified.Configuration;
  }
  cloud::Async<cloud::CompleteMultipartUploadResult> CompleteMultipartUpload(
      cloud::CompleteMultipartUploadRequest request) override {
    log_.completed = std::move(request);
    cloud::CompleteMultipartUploadResult result;
    result.Bucket = "bucket";
    co_return result;
  }
  cloud::Async<cloud::OptionsObjectResult> OptionsObject(
      cloud::OptionsObjectRequest request) override {
    if (request.Origin != "http://shop") {
      throw cloud::Error("AccessForbidden", "CORSResponse: This CORS request is not allowed.", 403);
    }
    cloud::OptionsObjectResult result;
    result.AllowOrigin = request.Origin;
    result.AllowMethods = {"GET", "PUT"};
    result.AllowHeaders = request.Headers;
    result.MaxAgeSeconds = 60;
    co_return result;
  }

 private:
  Log& log_;
  const std::string account_;
};

class S3Services final : public cloud::Services {
 public:
  explicit S3Services(Log& log) : log_(log) {}
  std::unique_ptr<cloud::S3> s3(const cloud::Caller& caller) override {
    return std::make_unique<FakeS3>(log_, caller.scope.account);
  }

 private:
  Log& log_;
};

class S3 : public testing::Test {
 protected:
  Response call(std::string method, std::string target,
                std::vector<std::pair<std::string, std::string>> headers = {},
                std::string body = "") {
    headers.emplace_back("Host", "localhost:4566");
    return answer({std::move(method), std::move(target), std::move(headers), std::move(body)},
                  services_);
  }

  Log log_;
  S3Services services_{log_};
};

TEST_F(S3, PutsWithAllItsHeaders) {
  const auto response = call("PUT", "/bucket/a%20b%2Bc/d",
                             {{"Content-Type", "text/plain"},
                              {"Content-Encoding", "aws-chunked,gzip"},
                              {"Content-Length", "5"},
                              {"X-Amz-Meta-Colour", " red "},
                              {"x-amz-tagging", "k=v&x=y%20z"},
                              {"x-amz-checksum-crc32", "y/Q5Jg=="},
                              {"If-None-Match", "*"}},
                             "hello");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(header_of(response, "ETag"), "\"etag\"");
  EXPECT_EQ(log_.put.Bucket, "bucket");
  EXPECT_EQ(log_.put.Key, "a b+c/d");
  EXPECT_EQ(log_.put.Body.bytes, "hello");
  EXPECT_EQ(log_.put.ContentLength, 5U);
  EXPECT_EQ(log_.put.Headers.ContentType, "text/plain");
  EXPECT_EQ(log_.put.Headers.ContentEncoding, "gzip");
  EXPECT_EQ(log_.put.Metadata.at("colour"), "red");
  ASSERT_EQ(log_.put.Tagging.size(), 2U);
  EXPECT_EQ(log_.put.Tagging[1].Value, "y z");
  EXPECT_EQ(log_.put.Checksum.CRC32, "y/Q5Jg==");
  EXPECT_EQ(log_.put.Conditions.IfNoneMatch, "*");
}

TEST_F(S3, GetsAPartAndKeepsTheServiceForItsStream) {
  auto response = call("GET", "/bucket/key?response-content-type=text%2Fcss",
                       {{"Range", "bytes=0-9"},
                        {"If-Modified-Since", "Fri, 24 May 2013 00:00:00 GMT"},
                        {"If-Unmodified-Since", "whenever"}});
  EXPECT_EQ(response.status, 206);
  EXPECT_EQ(response.content_length, 10U);
  EXPECT_EQ(header_of(response, "Content-Range"), "bytes 0-9/100");
  EXPECT_EQ(header_of(response, "Last-Modified"), "Fri, 24 May 2013 00:00:00 GMT");
  EXPECT_EQ(header_of(response, "Content-Type"), "binary/octet-stream");
  EXPECT_EQ(header_of(response, "x-amz-meta-a"), "b  c");
  EXPECT_EQ(log_.got.Response.ContentType, "text/css");
  EXPECT_TRUE(log_.got.Conditions.IfModifiedSince.has_value());
  EXPECT_FALSE(log_.got.Conditions.IfUnmodifiedSince.has_value());
  EXPECT_TRUE(log_.alive);
  EXPECT_EQ(run(response.body.rest->read()), "0123456789");
  response.body.rest.reset();
  EXPECT_FALSE(log_.alive);
}

TEST_F(S3, Copies) {
  EXPECT_THAT(call("PUT", "/bucket/new",
                   {{"x-amz-copy-source", "/from/a%20b?versionId=null"},
                    {"x-amz-copy-source-if-match", "\"e\""}})
                  .body.bytes,
              HasSubstr("<CopyObjectResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                        "<ETag>&quot;etag&quot;</ETag></CopyObjectResult>"));
  EXPECT_EQ(log_.copied.CopySource.Bucket, "from");
  EXPECT_EQ(log_.copied.CopySource.Key, "a b");
  EXPECT_EQ(log_.copied.CopySource.Conditions.IfMatch, "\"e\"");
}

TEST_F(S3, ListsWithKeysEscapedIfAsked) {
  EXPECT_THAT(call("GET", "/bucket?list-type=2&max-keys=5&prefix=").body.bytes,
              HasSubstr("<Contents><Key>a b/&lt;c&gt;</Key>"));
  EXPECT_EQ(log_.listed.MaxKeys, 5);
  const auto escaped = call("GET", "/bucket/?list-type=2&encoding-type=url").body.bytes;
  EXPECT_THAT(escaped, HasSubstr("<Contents><Key>a%20b/%3Cc%3E</Key>"));
  EXPECT_THAT(escaped, HasSubstr("<CommonPrefixes><Prefix>p%20q/</Prefix></CommonPrefixes>"));
  EXPECT_THAT(call("GET", "/bucket?list-type=2&max-keys=many").body.bytes,
              HasSubstr("<Code>InvalidArgument</Code>"));
}

TEST_F(S3, DeletesMany) {
  const auto response = call("POST", "/bucket?delete", {},
                             "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Object>"
                             "<Key>a</Key></Object><Object><Key> b&#x1;</Key></Object>"
                             "<Quiet>true</Quiet></Delete>");
  EXPECT_THAT(response.body.bytes,
              HasSubstr("<Deleted><Key>a</Key></Deleted><Error><Key>b</Key>"
                        "<Code>AccessDenied</Code><Message>Access Denied</Message></Error>"));
  ASSERT_EQ(log_.deleted.Objects.size(), 2U);
  EXPECT_EQ(log_.deleted.Objects[1].Key, " b\x01");
  EXPECT_TRUE(log_.deleted.Quiet);
  EXPECT_THAT(call("POST", "/bucket?delete", {}, "<Delete><Object/></Delete>").body.bytes,
              HasSubstr("<Code>MalformedXML</Code>"));
  EXPECT_THAT(call("POST", "/bucket?delete", {}, "<Wrong/>").body.bytes,
              HasSubstr("<Code>MalformedXML</Code>"));
  EXPECT_THAT(call("POST", "/bucket?delete").body.bytes,
              HasSubstr("<Code>MissingRequestBodyError</Code>"));
}

TEST_F(S3, CarriesNotificationsBothWays) {
  const std::string document =
      "<TopicConfiguration><Id>1</Id><Topic>arn:t</Topic><Event>s3:ObjectCreated:*</Event>"
      "<Filter><S3Key><FilterRule><Name>Prefix</Name><Value>in/</Value></FilterRule></S3Key>"
      "</Filter></TopicConfiguration><CloudFunctionConfiguration><Id>2</Id>"
      "<CloudFunction>arn:f</CloudFunction><Event>s3:ObjectRemoved:*</Event>"
      "</CloudFunctionConfiguration>";
  call("PUT", "/bucket?notification", {},
       "<NotificationConfiguration>" + document + "</NotificationConfiguration>");
  const auto& seen = log_.notified.Configuration;
  ASSERT_EQ(seen.TopicConfigurations.size(), 1U);
  EXPECT_EQ(seen.TopicConfigurations[0].FilterPrefix, "in/");
  ASSERT_EQ(seen.LambdaFunctionConfigurations.size(), 1U);
  EXPECT_EQ(seen.LambdaFunctionConfigurations[0].Arn, "arn:f");
  EXPECT_THAT(call("GET", "/bucket?notification").body.bytes, HasSubstr(document));
}

TEST_F(S3, CompletesUploads) {
  EXPECT_THAT(call("POST", "/bucket/key?uploadId=u", {{"x-amz-checksum-crc32", "y/Q5Jg=="}},
                   "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>e</ETag>"
                   "<ChecksumCRC32>c</ChecksumCRC32></Part></CompleteMultipartUpload>")
                  .body.bytes,
              HasSubstr("<Bucket>bucket</Bucket><Location>http://localhost:4566/bucket/key"
                        "</Location></CompleteMultipartUploadResult>"));
  EXPECT_EQ(log_.completed.UploadId, "u");
  ASSERT_EQ(log_.completed.Parts.size(), 1U);
  EXPECT_EQ(log_.completed.Parts[0].Checksum.CRC32, "c");
}

TEST_F(S3, FindsTheBucketInTheHost) {
  const auto bucket_of = [](const std::string& host, const std::string& domain) {
    const ServedRequest request{"GET", "/key", {{"Host", host}}};
    return route(request.head(), domain).bucket;
  };
  EXPECT_EQ(bucket_of("b.localhost:4566", "localhost"), "b");
  EXPECT_EQ(bucket_of("b.c.s3.localhost", "localhost"), "b.c");
  EXPECT_EQ(bucket_of("s3.localhost", "localhost"), "key");
  EXPECT_EQ(bucket_of("127.0.0.1:4566", "localhost"), "key");
}

TEST_F(S3, AnswersWhatHasAFormOfItsOwn) {
  EXPECT_EQ(header_of(call("PUT", "/bucket"), "Location"), "/bucket");
  call("PUT", "/bucket", {},
       "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>"
       "</CreateBucketConfiguration>");
  EXPECT_EQ(log_.created.LocationConstraint, "eu-west-1");
  EXPECT_THAT(call("GET", "/bucket?location").body.bytes,
              HasSubstr("2006-03-01/\">eu-west-1</LocationConstraint>"));
  EXPECT_EQ(call("GET", "/bucket?policy").body.bytes, "{}");
}

TEST_F(S3, NamesErrorsAndWhatTheyAreAbout) {
  const auto none = call("GET", "/bucket/none");
  EXPECT_EQ(none.status, 404);
  EXPECT_THAT(none.body.bytes,
              HasSubstr("<Error><Code>NoSuchKey</Code><Message>The specified key does not exist."
                        "</Message><Key>none</Key><Resource>/bucket/none</Resource>"
                        "<RequestId>the-id</RequestId></Error>"));
  EXPECT_THAT(call("DELETE", "/bucket").body.bytes, HasSubstr("<BucketName>bucket</BucketName>"));
  EXPECT_EQ(call("HEAD", "/bucket/none").body.bytes, "");
}

TEST_F(S3, SaysWhatItDoesNotHave) {
  EXPECT_EQ(call("GET", "/bucket?acl").status, 501);
  EXPECT_EQ(call("PUT", "/bucket?versioning", {}, "<x/>").status, 501);
  EXPECT_EQ(call("GET", "/bucket/key?versionId=1").status, 501);
  EXPECT_EQ(call("POST", "/bucket").status, 501);
  EXPECT_EQ(call("PATCH", "/bucket").status, 405);
  EXPECT_EQ(call("PUT", "/bucket/" + std::string(1025, 'k')).status, 400);
}

// S3 gets new ones: what is not known must not make or remove the bucket itself.
TEST_F(S3, TakesNoSubResourceForTheBucketItself) {
  for (const char* name :
       {"metadataTable", "metadataConfiguration", "abac", "some-day", "%61bac"}) {
    EXPECT_EQ(call("DELETE", std::string("/bucket?") + name).status, 501) << name;
    EXPECT_EQ(call("PUT", std::string("/bucket?") + name).status, 501) << name;
    EXPECT_EQ(call("DELETE", std::string("/bucket?policy&") + name).status, 501) << name;
  }
  EXPECT_EQ(call("GET", "/bucket?metadataTable").status, 501);
  EXPECT_EQ(log_.buckets_deleted, 0);
  EXPECT_EQ(log_.created.Bucket, "");
  call("DELETE", "/bucket?x-id=DeleteBucket&X-Amz-Signature=1&Signature=1&Expires=1");
  EXPECT_EQ(log_.buckets_deleted, 1);
}

TEST_F(S3, HeedsWhoseBucketIsExpected) {
  const auto put = [this](const std::string& path, const std::string& account) {
    log_.put = {};
    const auto response = call("PUT", path, {{"x-amz-expected-bucket-owner", account}}, "x");
    EXPECT_EQ(response.status == 200, log_.put.Key == "key");
    return response.status;
  };
  EXPECT_EQ(put("/bucket/key", "111111111111"), 200);
  EXPECT_EQ(put("/bucket/key", "222222222222"), 403);
  EXPECT_EQ(put("/none/key", "222222222222"), 404);
  const auto copy = [this](const std::string& account) {
    return call("PUT", "/to/key",
                {{"x-amz-copy-source", "/bucket/from"},
                 {"x-amz-source-expected-bucket-owner", account}})
        .status;
  };
  EXPECT_EQ(copy("111111111111"), 200);
  EXPECT_EQ(copy("222222222222"), 403);
}

TEST_F(S3, SaysWhatIsNotModified) {
  const auto response = call("GET", "/bucket/key", {{"If-None-Match", "\"etag\""}});
  EXPECT_EQ(response.status, 304);
  EXPECT_EQ(response.body.bytes, "");
  EXPECT_EQ(header_of(response, "ETag"), "\"etag\"");
  EXPECT_EQ(header_of(response, "Cache-Control"), "no-cache");
  EXPECT_EQ(header_of(response, "Content-Type"), "");
}

TEST_F(S3, TellsAPageWhatItMayRead) {
  const auto preflight = call("OPTIONS", "/bucket/key",
                              {{"Origin", "http://shop"},
                               {"Access-Control-Request-Method", "PUT"},
                               {"Access-Control-Request-Headers", "x-a, x-b"}});
  EXPECT_EQ(preflight.status, 200);
  EXPECT_EQ(header_of(preflight, "Access-Control-Allow-Methods"), "GET, PUT");
  EXPECT_EQ(header_of(preflight, "Access-Control-Allow-Headers"), "x-a, x-b");
  EXPECT_EQ(header_of(preflight, "Access-Control-Max-Age"), "60");
  const std::string vary = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";
  EXPECT_EQ(header_of(preflight, "Vary"), vary);
  const auto missing = call("GET", "/bucket/none", {{"Origin", "http://shop"}});
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(header_of(missing, "Access-Control-Allow-Origin"), "http://shop");
  EXPECT_EQ(header_of(missing, "Vary"), vary);
  EXPECT_EQ(header_of(call("GET", "/bucket/key", {{"Origin", "http://other"}}),
                      "Access-Control-Allow-Origin"),
            "");
}

}  // namespace
}  // namespace doorbuster::wire
