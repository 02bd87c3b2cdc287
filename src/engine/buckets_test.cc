// Objects: what is put, read, listed and removed.
#include "engine/buckets.h"

#include <set>

#include "engine/queue_driver.h"

namespace doorbuster::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class BucketsTest : public testing::Test {
 protected:
  BucketsTest() { bed.run(bed.s3().CreateBucket({"invoices"})); }

  std::string put(const std::string& key, const std::string& body) {
    return bed.run(bed.s3().PutObject({"invoices", key, body, "", {}})).ETag;
  }
  std::string get(const std::string& key) {
    return bed.run(bed.s3().GetObject({"invoices", key})).Body;
  }
  std::string error_of_get(const std::string& key) {
    return bed.error_of(bed.s3().GetObject({"invoices", key}));
  }
  cloud::ListObjectsV2Result list(const cloud::ListObjectsV2Request& request) {
    return bed.run(bed.s3().ListObjectsV2(request));
  }
  static std::vector<std::string> keys(const cloud::ListObjectsV2Result& result) {
    std::vector<std::string> all;
    for (const auto& object : result.Contents) all.push_back(object.Key);
    return all;
  }
  std::size_t chunks() {
    std::size_t count = 0;
    bed.engine().store().scan(Family::bodies, "", "\xff", [&](auto, auto) {
      ++count;
      return true;
    });
    return count;
  }
  cloud::ListObjectsV2Request all() {
    cloud::ListObjectsV2Request request;
    request.Bucket = "invoices";
    return request;
  }

  TestBed bed;
};

TEST_F(BucketsTest, AnObjectIsReadAsItWasPut) {
  cloud::PutObjectRequest request{"invoices", "a", "hello", "text/plain", {{"who", "me"}}};
  EXPECT_EQ(bed.run(bed.s3().PutObject(request)).ETag, "\"5d41402abc4b2a76b9719d911017c592\"");
  bed.reopen();
  const auto got = bed.run(bed.s3().GetObject({"invoices", "a"}));
  EXPECT_EQ(got.Body, "hello");
  EXPECT_EQ(got.ContentLength, 5U);
  EXPECT_EQ(got.ContentType, "text/plain");
  EXPECT_EQ(got.ETag, "\"5d41402abc4b2a76b9719d911017c592\"");
  EXPECT_EQ(got.Metadata, request.Metadata);
  EXPECT_EQ(got.LastModified, bed.clock().now());
  const auto head = bed.run(bed.s3().HeadObject({"invoices", "a"}));
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
  bed.run(bed.s3().DeleteObject({"invoices", "a"}));
  EXPECT_EQ(chunks(), 0U);
  EXPECT_EQ(error_of_get("a"), "NoSuchKey");
  bed.run(bed.s3().DeleteObject({"invoices", "a"}));  // AWS answers success
}

TEST_F(BucketsTest, PutsAndRemovalsOfOneKeyMayShareATurn) {
  const auto put_later = [&](const std::string& body) {
    return bed.begin_later(bed.s3().PutObject({"invoices", "a", body, "", {}}));
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
  bed.run(bed.s3().CreateBucket({"others"}));
  put("a", "x");
  auto request = all();
  request.Bucket = "others";
  EXPECT_EQ(list(request).KeyCount, 0);
  EXPECT_EQ(bed.error_of(bed.s3().GetObject({"others", "a"})), "NoSuchKey");
  const auto buckets = bed.run(bed.s3().ListBuckets()).Buckets;
  ASSERT_THAT(buckets, SizeIs(2));
  EXPECT_EQ(buckets[0].Name, "invoices");
}

TEST_F(BucketsTest, OnlyAnEmptyBucketIsRemoved) {
  put("a", "x");
  EXPECT_EQ(bed.error_of(bed.s3().DeleteBucket({"invoices"})), "BucketNotEmpty");
  bed.run(bed.s3().DeleteObject({"invoices", "a"}));
  bed.run(bed.s3().DeleteBucket({"invoices"}));
  bed.reopen();
  EXPECT_EQ(bed.error_of(bed.s3().HeadBucket({"invoices"})), "NoSuchBucket");
  EXPECT_EQ(bed.error_of(bed.s3().DeleteBucket({"invoices"})), "NoSuchBucket");
  bed.run(bed.s3().CreateBucket({"invoices"}));
  EXPECT_EQ(list(all()).KeyCount, 0);
}

TEST_F(BucketsTest, BadRequestsAreRefused) {
  EXPECT_EQ(error_of_get("none"), "NoSuchKey");
  EXPECT_EQ(bed.error_of(bed.s3().HeadObject({"invoices", "none"})), "NoSuchKey");
  EXPECT_EQ(bed.error_of(bed.s3().PutObject({"none", "a", "x", "", {}})), "NoSuchBucket");
  EXPECT_EQ(bed.error_of(bed.s3().GetObject({"none", "a"})), "NoSuchBucket");
  EXPECT_EQ(bed.error_of(bed.s3().DeleteObject({"none", "a"})), "NoSuchBucket");
  EXPECT_EQ(bed.error_of(bed.s3().PutObject({"invoices", std::string(1'025, 'k'), "x", "", {}})),
            "KeyTooLongError");
  put(std::string(1'024, 'k'), "x");
  for (const char* name : {"ab", "Upper", "under_score", "-a-", "a..b"}) {
    EXPECT_EQ(bed.error_of(bed.s3().CreateBucket({name})), "InvalidBucketName") << name;
  }
  bed.run(bed.s3().CreateBucket({"invoices"}));  // in us-east-1 AWS answers success to the owner
}

}  // namespace
}  // namespace doorbuster::engine
