// Objects: what is put, read, listed and removed.
#include "engine/buckets.h"

#include <set>

#include "engine/s3_driver.h"

namespace doorbuster::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class BucketsTest : public S3Test {
 protected:
  cloud::ListObjectsV2Result list(const cloud::ListObjectsV2Request& request) {
    return bed.run(s3().ListObjectsV2(request));
  }
  static std::vector<std::string> keys(const cloud::ListObjectsV2Result& result) {
    std::vector<std::string> all;
    for (const auto& object : result.Contents) all.push_back(object.Key);
    return all;
  }
  static cloud::ListObjectsV2Request all() {
    return of_bucket<cloud::ListObjectsV2Request>("invoices");
  }
  void create(const std::string& name) {
    bed.run(s3().CreateBucket(of_bucket<cloud::CreateBucketRequest>(name)));
  }
  void remove(const std::string& key) {
    bed.run(s3().DeleteObject(of_object<cloud::DeleteObjectRequest>(key)));
  }
};

TEST_F(BucketsTest, AnObjectIsReadAsItWasPut) {
  auto request = put_request("a", "hello");
  request.Headers.ContentType = "text/plain";
  request.Metadata = {{"who", "me"}};
  EXPECT_EQ(bed.run(s3().PutObject(request)).ETag, "\"5d41402abc4b2a76b9719d911017c592\"");
  bed.reopen();
  const auto [got, body] = get(of_object<cloud::GetObjectRequest>("a"));
  EXPECT_EQ(body, "hello");
  EXPECT_EQ(got.ContentLength, 5U);
  EXPECT_EQ(got.Headers, request.Headers);
  EXPECT_EQ(got.ETag, "\"5d41402abc4b2a76b9719d911017c592\"");
  EXPECT_EQ(got.Metadata, request.Metadata);
  EXPECT_EQ(got.LastModified, bed.clock().now());
  const auto head = bed.run(s3().HeadObject(of_object<cloud::HeadObjectRequest>("a")));
  EXPECT_EQ(head.ContentLength, 5U);
  put("a", "");
  EXPECT_EQ(get("a"), "");
}

TEST_F(BucketsTest, AnOverwrittenOrRemovedBodyLeavesNothing) {
  const std::string big(3 << 20, 'x');
  for (int i = 0; i < 3; ++i) {
    put("a", big);
    EXPECT_EQ(chunks(), 3U);
  }
  EXPECT_EQ(get("a"), big);
  bed.reopen();
  put("a", "small");
  EXPECT_EQ(get("a"), "small");
  EXPECT_EQ(chunks(), 1U);
  put("a", "");
  EXPECT_EQ(chunks(), 0U);
  put("a", big + "y");
  EXPECT_EQ(chunks(), 4U);
  bed.reopen();
  EXPECT_EQ(get("a"), big + "y");
  bed.run(bed.s3().DeleteObject(of_object<cloud::DeleteObjectRequest>("a")));
  EXPECT_EQ(chunks(), 0U);
  EXPECT_EQ(error_of_get("a"), "NoSuchKey");
  bed.run(
      bed.s3().DeleteObject(of_object<cloud::DeleteObjectRequest>("a")));  // AWS answers success
}

TEST_F(BucketsTest, PutsAndRemovalsOfOneKeyMayShareATurn) {
  const auto put_later = [&](const std::string& body) {
    return bed.begin_later(bed.s3().PutObject(put_request("a", body)));
  };
  put("a", "old");
  put_later("1");
  put_later("2");
  bed.settle();
  EXPECT_EQ(get("a"), "2");
  EXPECT_EQ(chunks(), 1U);
}

TEST_F(BucketsTest, KeysAreListedInByteOrderByPage) {
  std::set<std::string> expected;
  for (int i = 0; i < 350; ++i) {
    const std::string key = "k" + std::to_string(i * 37 % 350);
    put(key, "x");
    expected.insert(key);
  }
  for (const char* key : {"ä/ö.json", "日本", "😀", "with space", "Z", "~"}) {
    put(key, "xy");
    expected.insert(key);
  }
  auto request = all();
  request.MaxKeys = 50;
  std::vector<std::string> got;
  int pages = 0;
  for (bool more = true; more; ++pages) {
    const auto result = list(request);
    const auto page = keys(result);
    EXPECT_EQ(result.KeyCount, static_cast<int>(page.size()));
    got.insert(got.end(), page.begin(), page.end());
    more = result.IsTruncated;
    EXPECT_EQ(more, !result.NextContinuationToken.empty());
    request.ContinuationToken = result.NextContinuationToken;
    bed.reopen();
  }
  EXPECT_EQ(pages, 8);
  EXPECT_EQ(got, std::vector<std::string>(expected.begin(), expected.end()));
  EXPECT_EQ(get("日本"), "xy");
}

TEST_F(BucketsTest, ListingsCanBeNarrowed) {
  for (const char* key : {"a/1", "a/2", "a/b/3", "b", "c/4", "c/5", "d"}) put(key, "x");
  auto request = all();
  request.Prefix = "a/";
  EXPECT_THAT(keys(list(request)), ElementsAre("a/1", "a/2", "a/b/3"));
  request.Delimiter = "/";
  auto result = list(request);
  EXPECT_THAT(keys(result), ElementsAre("a/1", "a/2"));
  EXPECT_THAT(result.CommonPrefixes, ElementsAre("a/b/"));
  EXPECT_EQ(result.KeyCount, 3);

  request = all();
  request.Delimiter = "/";
  result = list(request);
  EXPECT_THAT(keys(result), ElementsAre("b", "d"));
  EXPECT_THAT(result.CommonPrefixes, ElementsAre("a/", "c/"));

  request = all();
  request.StartAfter = "b";
  EXPECT_THAT(keys(list(request)), ElementsAre("c/4", "c/5", "d"));
  request.Prefix = "none";
  EXPECT_THAT(keys(list(request)), IsEmpty());
  request = all();
  request.MaxKeys = 0;
  EXPECT_EQ(list(request).KeyCount, 0);
  EXPECT_FALSE(list(request).IsTruncated);
}

TEST_F(BucketsTest, APageCountsCommonPrefixesAndTheNextGoesOnBehindThem) {
  for (const char* key : {"a/1", "a/2", "b", "c/1", "c/2", "d"}) put(key, "x");
  auto request = all();
  request.Delimiter = "/";
  request.MaxKeys = 1;
  std::vector<std::string> got;
  for (bool more = true; more;) {
    const auto result = list(request);
    EXPECT_EQ(result.KeyCount, 1);
    for (const auto& key : keys(result)) got.push_back(key);
    for (const auto& prefix : result.CommonPrefixes) got.push_back(prefix);
    more = result.IsTruncated;
    request.ContinuationToken = result.NextContinuationToken;
  }
  EXPECT_THAT(got, ElementsAre("a/", "b", "c/", "d"));
}

TEST_F(BucketsTest, BucketsDoNotSeeEachOther) {
  create("others");
  put("a", "x");
  auto request = all();
  request.Bucket = "others";
  EXPECT_EQ(list(request).KeyCount, 0);
  EXPECT_EQ(bed.error_of(bed.s3().GetObject(of_object<cloud::GetObjectRequest>("a", "others"))),
            "NoSuchKey");
  const auto buckets = bed.run(bed.s3().ListBuckets({})).Buckets;
  ASSERT_THAT(buckets, SizeIs(2));
  EXPECT_EQ(buckets[0].Name, "invoices");
}

TEST_F(BucketsTest, OnlyAnEmptyBucketIsRemoved) {
  put("a", "x");
  EXPECT_EQ(bed.error_of(bed.s3().DeleteBucket({"invoices"})), "BucketNotEmpty");
  bed.run(bed.s3().DeleteObject(of_object<cloud::DeleteObjectRequest>("a")));
  bed.run(bed.s3().DeleteBucket({"invoices"}));
  bed.reopen();
  EXPECT_EQ(bed.error_of(bed.s3().HeadBucket({"invoices"})), "NoSuchBucket");
  EXPECT_EQ(bed.error_of(bed.s3().DeleteBucket({"invoices"})), "NoSuchBucket");
  create("invoices");
  EXPECT_EQ(list(all()).KeyCount, 0);
}

TEST_F(BucketsTest, BadRequestsAreRefused) {
  EXPECT_EQ(error_of_get("none"), "NoSuchKey");
  EXPECT_EQ(bed.error_of(bed.s3().HeadObject(of_object<cloud::HeadObjectRequest>("none"))),
            "NoSuchKey");
  EXPECT_EQ(bed.error_of(bed.s3().PutObject(put_request("a", "x", "none"))), "NoSuchBucket");
  EXPECT_EQ(bed.error_of(bed.s3().GetObject(of_object<cloud::GetObjectRequest>("a", "none"))),
            "NoSuchBucket");
  EXPECT_EQ(bed.error_of(bed.s3().DeleteObject(of_object<cloud::DeleteObjectRequest>("a", "none"))),
            "NoSuchBucket");
  EXPECT_EQ(bed.error_of(bed.s3().PutObject(put_request(std::string(1'025, 'k'), "x"))),
            "KeyTooLongError");
  put(std::string(1'024, 'k'), "x");
  for (const char* name : {"ab", "Upper", "under_score", "-a-", "a..b"}) {
    EXPECT_EQ(bed.error_of(bed.s3().CreateBucket(of_bucket<cloud::CreateBucketRequest>(name))),
              "InvalidBucketName")
        << name;
  }
  create("invoices");  // in us-east-1 AWS answers success to the owner
}

TEST_F(BucketsTest, ABucketIsMadeWhereTheRequestIsSignedFor) {
  cloud::Caller there;
  there.scope.region = "eu-west-1";
  const auto europe = make_s3(bed.engine(), there);
  auto request = of_bucket<cloud::CreateBucketRequest>("european");
  EXPECT_EQ(bed.error_of(europe->CreateBucket(request)), "IllegalLocationConstraintException");
  request.LocationConstraint = "eu-west-2";
  EXPECT_EQ(bed.error_of(europe->CreateBucket(request)), "IllegalLocationConstraintException");
  request.LocationConstraint = "nowhere";
  EXPECT_EQ(bed.error_of(europe->CreateBucket(request)), "InvalidLocationConstraint");
  request.LocationConstraint = "eu-west-1";
  EXPECT_EQ(bed.error_of(europe->CreateBucket(request)), "");
  EXPECT_EQ(bed.error_of(europe->CreateBucket(request)), "BucketAlreadyOwnedByYou");
  EXPECT_EQ(bed.run(s3().GetBucketLocation({"european"})).LocationConstraint, "eu-west-1");
  EXPECT_EQ(bed.run(s3().HeadBucket({"european"})).BucketRegion, "eu-west-1");
  EXPECT_EQ(bed.run(s3().GetBucketLocation({"invoices"})).LocationConstraint, "");
}

TEST_F(BucketsTest, BucketsAreListedByPage) {
  for (const char* name : {"aaa", "bbb", "ibb"}) create(name);
  cloud::ListBucketsRequest request;
  request.MaxBuckets = 2;
  auto result = bed.run(s3().ListBuckets(request));
  ASSERT_THAT(result.Buckets, SizeIs(2));
  EXPECT_EQ(result.Buckets[1].Name, "bbb");
  request.ContinuationToken = result.ContinuationToken;
  result = bed.run(s3().ListBuckets(request));
  ASSERT_THAT(result.Buckets, SizeIs(2));
  EXPECT_EQ(result.Buckets[0].Name, "ibb");
  EXPECT_EQ(result.ContinuationToken, "");
  request = {};
  request.Prefix = "i";
  EXPECT_THAT(bed.run(s3().ListBuckets(request)).Buckets, SizeIs(2));
}

TEST_F(BucketsTest, AnotherAccountNeedsAPolicy) {
  put("a", "hello");
  cloud::Caller nobody;
  nobody.anonymous = true;
  const auto anonymous = make_s3(bed.engine(), nobody);
  cloud::Caller stranger;
  stranger.scope.account = "111111111111";
  const auto other = make_s3(bed.engine(), stranger);
  const auto get = of_object<cloud::GetObjectRequest>("a");
  EXPECT_EQ(bed.error_of(anonymous->GetObject(get)), "AccessDenied");
  EXPECT_EQ(bed.error_of(other->PutObject(put_request("b", "x"))), "AccessDenied");
  EXPECT_EQ(bed.error_of(other->CreateBucket(of_bucket<cloud::CreateBucketRequest>("invoices"))),
            "BucketAlreadyExists");
  EXPECT_EQ(bed.error_of(s3().GetBucketPolicy({"invoices"})), "NoSuchBucketPolicy");
  EXPECT_EQ(bed.error_of(s3().PutBucketPolicy({"invoices", "x"})), "MalformedPolicy");
  EXPECT_EQ(bed.error_of(s3().PutBucketPolicy({"invoices", "{}"})), "MalformedPolicy");
  const std::string policy =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",)"
      R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::invoices/*"}]})";
  bed.run(s3().PutBucketPolicy({"invoices", policy}));
  bed.reopen();
  EXPECT_EQ(bed.run(s3().GetBucketPolicy({"invoices"})).Policy, policy);
  const auto again = make_s3(bed.engine(), nobody);
  EXPECT_EQ(read(bed.run(again->GetObject(get)).Body), "hello");
  EXPECT_EQ(bed.error_of(again->GetObject(of_object<cloud::GetObjectRequest>("none"))),
            "AccessDenied");
  EXPECT_EQ(bed.error_of(again->PutObject(put_request("b", "x"))), "AccessDenied");
  bed.run(s3().DeleteBucketPolicy({"invoices"}));
  EXPECT_EQ(bed.error_of(again->GetObject(get)), "AccessDenied");
}

TEST_F(BucketsTest, TagsAndCorsAreKept) {
  EXPECT_EQ(bed.error_of(s3().GetBucketTagging({"invoices"})), "NoSuchTagSet");
  EXPECT_EQ(bed.error_of(s3().PutBucketTagging({"invoices", {{"a", "1"}, {"a", "2"}}})),
            "InvalidTag");
  bed.run(s3().PutBucketTagging({"invoices", {{"a", "1"}}}));
  EXPECT_EQ(bed.error_of(s3().GetBucketCors({"invoices"})), "NoSuchCORSConfiguration");
  cloud::CORSRule rule;
  rule.AllowedMethods = {"GET"};
  rule.AllowedOrigins = {"https://*.example.com"};
  rule.MaxAgeSeconds = 60;
  bed.run(s3().PutBucketCors({"invoices", {{rule}}}));
  bed.reopen();
  EXPECT_THAT(bed.run(s3().GetBucketTagging({"invoices"})).TagSet,
              ElementsAre(cloud::Tag{"a", "1"}));
  const auto kept = bed.run(s3().GetBucketCors({"invoices"})).CORSRules;
  ASSERT_THAT(kept, SizeIs(1));
  EXPECT_EQ(kept[0].AllowedOrigins, rule.AllowedOrigins);
  const auto answer = bed.run(s3().OptionsObject({"invoices", "https://a.example.com", "GET", {}}));
  EXPECT_EQ(answer.AllowOrigin, "https://a.example.com");
  EXPECT_EQ(answer.MaxAgeSeconds, 60);
  EXPECT_EQ(bed.error_of(s3().OptionsObject({"invoices", "https://evil.com", "GET", {}})),
            "AccessForbidden");
  EXPECT_EQ(bed.error_of(s3().OptionsObject({"invoices", "https://a.example.com", "PUT", {}})),
            "AccessForbidden");
  bed.run(s3().DeleteBucketTagging({"invoices"}));
  EXPECT_EQ(bed.error_of(s3().GetBucketTagging({"invoices"})), "NoSuchTagSet");
  bed.run(s3().DeleteBucketCors({"invoices"}));
  EXPECT_EQ(bed.error_of(s3().GetBucketCors({"invoices"})), "NoSuchCORSConfiguration");
}

}  // namespace
}  // namespace doorbuster::engine
