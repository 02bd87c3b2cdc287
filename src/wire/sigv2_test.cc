#include "wire/sigv2.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/digest.h"
#include "wire/encoding.h"
#include "wire/sigv4.h"
#include "wire/testing.h"
#include "wire/timestamps.h"

namespace doorbuster::wire {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const std::string id = "AKIAIOSFODNN7EXAMPLE";
constexpr auto secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
constexpr auto bucket_host = "awsexamplebucket1.us-west-1.s3.amazonaws.com";

KeyRing keys() {
  KeyRing ring;
  ring.open = false;
  Identity identity{secret, {}};
  identity.caller.scope.account = "111122223333";
  ring.identities.emplace(id, identity);
  return ring;
}

cloud::Time at(std::string_view amz_date) {
  return *from_amz_date(amz_date);
}

Authentication check(const ServedRequest& request, cloud::Time now) {
  const auto head = request.head();
  return authenticate(route(head, "us-west-1.s3.amazonaws.com"), head, keys(), now);
}

ServedRequest by_header(const std::string& method, const std::string& target,
                        const std::string& host, const std::string& date,
                        const std::string& signature,
                        std::vector<std::pair<std::string, std::string>> more = {}) {
  ServedRequest request{method, target, {{"Host", host}, {"Date", date}}};
  for (auto& header : more) request.headers.push_back(std::move(header));
  request.headers.emplace_back("Authorization", "AWS " + id + ':' + signature);
  return request;
}

// The examples of https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html
TEST(SignatureVersion2, MatchesThePublishedExamples) {
  const std::vector<std::pair<ServedRequest, const char*>> examples = {
      {by_header("GET", "/photos/puppy.jpg", bucket_host, "Tue, 27 Mar 2007 19:36:42 +0000",
                 "qgk2+6Sv9/oM7G3qLEjTH1a1l1g="),
       "20070327T193642Z"},
      {by_header("PUT", "/photos/puppy.jpg", bucket_host, "Tue, 27 Mar 2007 21:15:45 +0000",
                 "iqRzw+ileNPu1fhspnRs8nOjjIA=",
                 {{"Content-Type", "image/jpeg"}, {"Content-Length", "94328"}}),
       "20070327T211545Z"},
      {by_header("GET", "/?prefix=photos&max-keys=50&marker=puppy", bucket_host,
                 "Tue, 27 Mar 2007 19:42:41 +0000", "m0WP8eCtspQl5Ahe6L1SozdX9YA="),
       "20070327T194241Z"},
      {by_header("GET", "/?acl", bucket_host, "Tue, 27 Mar 2007 19:44:46 +0000",
                 "82ZHiFIjc+WbcwFKGUVEQspPn+0="),
       "20070327T194446Z"},
      {by_header("DELETE", "/awsexamplebucket1/photos/puppy.jpg", "us-west-1.s3.amazonaws.com",
                 "Tue, 27 Mar 2007 21:20:26 +0000", "XbyTlbQdu9Xw5o8P4iMwPktxQd8="),
       "20070327T212026Z"},
      {by_header("GET", "/", "us-west-1.s3.amazonaws.com", "Wed, 28 Mar 2007 01:29:59 +0000",
                 "qGdzdERIC03wnaRNKh6OqZehG9s="),
       "20070328T012959Z"},
      {by_header("GET", "/dictionary/fran%C3%A7ais/pr%c3%a9f%c3%a8re", "us-west-1.s3.amazonaws.com",
                 "Wed, 28 Mar 2007 01:49:49 +0000", "DNEZGsoieTZ92F3bUfSPQcbGmlM="),
       "20070328T014949Z"},
      {by_header("PUT", "/static.johnsmith.net/db-backup.dat.gz", "us-west-1.s3.amazonaws.com",
                 "Tue, 27 Mar 2007 21:06:08 +0000", "ilyl83RwaSoYIEdixDQcA4OnAnc=",
                 {{"x-amz-acl", "public-read"},
                  {"content-type", "application/x-download"},
                  {"Content-MD5", "4gJE4saaMU4BqNR0kLY+lw=="},
                  {"X-Amz-Meta-ReviewedBy", "joe@johnsmith.net"},
                  {"X-Amz-Meta-ReviewedBy", "jane@johnsmith.net"},
                  {"X-Amz-Meta-FileChecksum", "0x02661779"},
                  {"X-Amz-Meta-ChecksumAlgorithm", "crc32"}}),
       "20070327T210608Z"},
  };
  for (const auto& [request, now] : examples) {
    EXPECT_EQ(code_of([&] { check(request, at(now)); }), "") << request.method << request.target;
  }
}

ServedRequest presigned(const std::string& more = "") {
  return {"GET",
          "/photos/puppy.jpg?AWSAccessKeyId=" + id +
              "&Signature=1No4mq5ETf02z8aet9voy6gui6E%3D&Expires=1175139620" + more,
          {{"Host", bucket_host}}};
}

TEST(SignatureVersion2, TakesAPresignedUrlUntilItExpires) {
  const cloud::Time end{seconds(1175139620)};
  const auto code_at = [&](const ServedRequest& request, cloud::Time now) {
    return code_of([&] { check(request, now); });
  };
  const auto who = check(presigned(), end);
  EXPECT_EQ(who.caller.scope.account, "111122223333");
  EXPECT_EQ(who.seal.kind, BodySeal::Kind::none);
  EXPECT_EQ(code_at(presigned(), end + seconds(1)), "AccessDenied");
  EXPECT_EQ(code_at(presigned("&torrent"), end), "SignatureDoesNotMatch");
  EXPECT_EQ(code_at(presigned("&%74orrent"), end), "SignatureDoesNotMatch");
  EXPECT_EQ(code_at(presigned("&unknown=1"), end), "");
  ServedRequest changed = presigned();
  changed.method = "DELETE";
  EXPECT_EQ(code_at(changed, end), "SignatureDoesNotMatch");
  changed = presigned();
  changed.headers.emplace_back("x-amz-acl", "public-read");
  EXPECT_EQ(code_at(changed, end), "SignatureDoesNotMatch");
}

TEST(SignatureVersion2, SignsWhatIsAskedOfTheAnswer) {
  ServedRequest get{"GET",
                    "/b/k?uploadId=a%2Fb&response-content-type=text%2Fplain&x=1&acl"
                    "&x-amz-security-token=t",
                    {{"Host", "localhost"}}};
  const auto head = get.head();
  EXPECT_EQ(old_string_to_sign(route(head, "localhost"), head, {id, "", "7"}),
            "GET\n\n\n7\nx-amz-security-token:t\n"
            "/b/k?acl&response-content-type=text/plain&uploadId=a/b");
}

TEST(SignatureVersion2, ABucketEndsWithASlash) {
  for (const auto& [host, target] : {std::pair("localhost", "/b"), std::pair("localhost", "/b/"),
                                     std::pair("b.localhost", "/")}) {
    const ServedRequest get{"GET", target, {{"Host", host}}};
    const auto head = get.head();
    EXPECT_EQ(old_string_to_sign(route(head, "localhost"), head, {id, "", "7"}), "GET\n\n\n7\n/b/");
  }
}

TEST(SignatureVersion2, RefusesWhatIsNotWhole) {
  const auto now = at("20070327T193642Z");
  const auto code_at = [&](const ServedRequest& request) {
    return code_of([&] { check(request, now); });
  };
  const auto url = [](const std::string& query) {
    return ServedRequest{"GET", "/k?" + query, {{"Host", bucket_host}}};
  };
  EXPECT_EQ(code_at(url("AWSAccessKeyId=nobody&Signature=x&Expires=1175139620")),
            "InvalidAccessKeyId");
  const std::string key = "AWSAccessKeyId=" + id;
  EXPECT_EQ(code_at(url(key + "&Signature=x")), "AccessDenied");
  EXPECT_EQ(code_at(url(key + "&Signature=x&Expires=soon")), "AccessDenied");
  const auto dated = [](const std::string& date) {
    return by_header("GET", "/photos/puppy.jpg", bucket_host, date, "qgk2+6Sv9/oM7G3qLEjTH1a1l1g=");
  };
  EXPECT_EQ(code_at(dated("Tue, 27 Mar 2007 19:36:42 +0000")), "");
  EXPECT_EQ(code_at(dated("Tue, 27 Mar 2007 19:36:42 GMT")), "SignatureDoesNotMatch");
  EXPECT_EQ(code_at(dated("Tue, 27 Mar 2007 19:16:42 +0000")), "RequestTimeTooSkewed");
  EXPECT_EQ(code_at(dated("today")), "AccessDenied");
}

TEST(SignatureVersion2, NamesTheAccountWhereNoKeysAreKnown) {
  const ServedRequest get{"GET", "/b/k?AWSAccessKeyId=123456789012&Signature=x&Expires=1", {}};
  const auto head = get.head();
  const auto who = authenticate(route(head, "localhost"), head, KeyRing(), cloud::Time());
  EXPECT_EQ(who.caller.scope.account, "123456789012");
}

}  // namespace
}  // namespace doorbuster::wire
