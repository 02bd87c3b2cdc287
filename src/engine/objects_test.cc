// Objects: bodies of any size, parts of them, conditions, copies.
#include "engine/objects.h"

#include "engine/s3_driver.h"

namespace doorbuster::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::size_t kMiB = 1 << 20;

// No two MiB of it are alike.
std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i % 251 + i / kMiB);
  return bytes;
}

class ObjectsTest : public S3Test {
 protected:
  static cloud::Body streamed(const std::string& bytes, std::size_t piece, bool breaks = false) {
    std::vector<std::string> pieces;
    for (std::size_t i = 0; i < bytes.size(); i += piece) pieces.push_back(bytes.substr(i, piece));
    return cloud::Body(std::make_shared<PieceByPiece>(std::move(pieces), breaks));
  }
  std::string range(const std::string& key, const std::string& header) {
    auto request = of_object<cloud::GetObjectRequest>(key);
    request.Range = header;
    try {
      const auto [result, body] = get(request);
      return body + '|' + result.ContentRange;
    } catch (const cloud::Error& e) {
      return e.code();
    }
  }
  std::string conditional(const cloud::ReadConditions& conditions) {
    auto request = of_object<cloud::GetObjectRequest>("a");
    request.Conditions = conditions;
    return bed.error_of(s3().GetObject(request));
  }
};

TEST_F(ObjectsTest, AStreamIsStoredInChunksAndReadInChunks) {
  const std::string bytes = pattern(5 * kMiB + 3);
  EXPECT_EQ(put("a", streamed(bytes, 300'000)), '"' + hex(md5(bytes)) + '"');
  EXPECT_EQ(chunks(), 6U);
  EXPECT_EQ(uploading(), 0U);
  bed.reopen();
  auto result = bed.run(s3().GetObject(of_object<cloud::GetObjectRequest>("a")));
  EXPECT_TRUE(result.Body.rest);
  EXPECT_EQ(result.ContentLength, bytes.size());
  EXPECT_EQ(read(std::move(result.Body)), bytes);
  put("b", streamed("small", 2));
  EXPECT_EQ(get("b"), "small");
  put("c", streamed(pattern(kMiB), 1000));
  EXPECT_EQ(get("c"), pattern(kMiB));
}

TEST_F(ObjectsTest, TheChecksumIsTheHeadsOrWhatCameBehindTheBody) {
  auto request = put_request("a", "x");
  request.Checksum.CRC32 = "in the head";
  const auto trailer = std::make_shared<cloud::Checksums>();
  request.Trailer = trailer;
  EXPECT_EQ(bed.run(s3().PutObject(request)).Checksum.CRC32, "in the head");
  trailer->CRC32C = "behind it";
  EXPECT_EQ(bed.run(s3().PutObject(request)).Checksum.CRC32C, "behind it");
  auto read = of_object<cloud::GetObjectRequest>("a");
  read.ChecksumMode = "ENABLED";
  EXPECT_EQ(get(read).first.Checksum.CRC32C, "behind it");
  read.Range = "bytes=0-0";
  EXPECT_EQ(get(read).first.Checksum, cloud::Checksums());
}

TEST_F(ObjectsTest, AStreamThatBreaksLeavesNothing) {
  put("a", "old");
  EXPECT_EQ(bed.error_of(s3().PutObject(put_request("a", streamed(pattern(3 * kMiB), kMiB, true)))),
            "IncompleteBody");
  EXPECT_EQ(chunks(), 1U);
  EXPECT_EQ(uploading(), 0U);
  EXPECT_EQ(get("a"), "old");
}

TEST_F(ObjectsTest, ACrashInTheMiddleOfAStreamLeavesNothing) {
  put("a", "old");
  // Its first chunks are in the store when the process ends.
  bed.begin_later(s3().PutObject(put_request("a", streamed(pattern(9 * kMiB), kMiB))));
  for (int turns = 0; turns < 3; ++turns) {
    bed.context().restart();
    bed.context().poll();
    bed.engine().turn();
  }
  EXPECT_GT(chunks(), 1U);
  EXPECT_EQ(uploading(), 1U);
  bed.reopen();
  EXPECT_EQ(chunks(), 1U);
  EXPECT_EQ(uploading(), 0U);
  EXPECT_EQ(get("a"), "old");
}

TEST_F(ObjectsTest, AReaderSeesTheObjectThatItBeganWith) {
  const std::string bytes = pattern(4 * kMiB);
  put("a", bytes);
  auto body = bed.run(s3().GetObject(of_object<cloud::GetObjectRequest>("a"))).Body;
  EXPECT_EQ(bed.run(body.rest->read()), bytes.substr(0, kMiB));
  put("a", "new");
  bed.run(s3().DeleteObject(of_object<cloud::DeleteObjectRequest>("a")));
  EXPECT_EQ(chunks(), 0U);
  EXPECT_EQ(read(std::move(body)), bytes.substr(kMiB));
}

TEST_F(ObjectsTest, ARangeIsRead) {
  put("a", "0123456789");
  EXPECT_EQ(range("a", "bytes=2-4"), "234|bytes 2-4/10");
  EXPECT_EQ(range("a", "bytes=7-"), "789|bytes 7-9/10");
  EXPECT_EQ(range("a", "bytes=7-99"), "789|bytes 7-9/10");
  EXPECT_EQ(range("a", "bytes=-2"), "89|bytes 8-9/10");
  EXPECT_EQ(range("a", "bytes=-20"), "0123456789|bytes 0-9/10");
  EXPECT_EQ(range("a", "bytes=10-"), "InvalidRange");
  EXPECT_EQ(range("a", "bytes=-0"), "InvalidRange");
  for (const char* ignored : {"", "lines=1-2", "bytes=4-2", "bytes=1-2,4-5", "bytes=x-"}) {
    EXPECT_EQ(range("a", ignored), "0123456789|") << ignored;
  }
  const std::string bytes = pattern(3 * kMiB);
  put("b", bytes);
  EXPECT_EQ(range("b", "bytes=1048570-1048580"),
            bytes.substr(1'048'570, 11) + "|bytes 1048570-1048580/3145728");
  EXPECT_EQ(range("b", "bytes=5-2097155"), bytes.substr(5, 2'097'151) + "|bytes 5-2097155/3145728");
  put("empty", "");
  EXPECT_EQ(range("empty", "bytes=0-"), "InvalidRange");
}

TEST_F(ObjectsTest, ReadsCanDependOnWhatThereIs) {
  const std::string etag = put("a", "x");
  const auto now = bed.clock().now();
  const auto later = now + std::chrono::seconds(1);
  const auto before = now - std::chrono::seconds(1);
  EXPECT_EQ(conditional({etag, "", {}, {}}), "");
  EXPECT_EQ(conditional({"\"other\"", "", {}, {}}), "PreconditionFailed");
  EXPECT_EQ(conditional({"", etag, {}, {}}), "NotModified");
  EXPECT_EQ(conditional({"", "*", {}, {}}), "NotModified");
  EXPECT_EQ(conditional({"", "\"other\"", later, {}}), "");
  EXPECT_EQ(conditional({"", "", later, {}}), "NotModified");
  EXPECT_EQ(conditional({"", "", before, {}}), "");
  EXPECT_EQ(conditional({"", "", {}, before}), "PreconditionFailed");
  EXPECT_EQ(conditional({etag, "", {}, before}), "");
}

TEST_F(ObjectsTest, WritesCanDependOnWhatThereIs) {
  auto request = put_request("a", "1");
  request.Conditions.IfNoneMatch = "*";
  const std::string etag = bed.run(s3().PutObject(request)).ETag;
  EXPECT_EQ(bed.error_of(s3().PutObject(request)), "PreconditionFailed");
  request.Body = streamed(pattern(2 * kMiB), kMiB);
  EXPECT_EQ(bed.error_of(s3().PutObject(request)), "PreconditionFailed");
  EXPECT_EQ(chunks(), 1U);
  EXPECT_EQ(uploading(), 0U);
  request = put_request("a", "2");
  request.Conditions.IfMatch = etag;
  bed.run(s3().PutObject(request));
  EXPECT_EQ(bed.error_of(s3().PutObject(request)), "PreconditionFailed");
  request.Key = "none";
  EXPECT_EQ(bed.error_of(s3().PutObject(request)), "NoSuchKey");
  EXPECT_EQ(get("a"), "2");
}

TEST_F(ObjectsTest, ACopyHasWhatTheSourceHas) {
  auto source = put_request("a", pattern(2 * kMiB));
  source.Metadata = {{"who", "me"}};
  source.Tagging = {{"t", "1"}};
  bed.run(s3().PutObject(source));
  auto copy = of_object<cloud::CopyObjectRequest>("b");
  copy.CopySource.Bucket = "invoices";
  copy.CopySource.Key = "a";
  EXPECT_EQ(bed.run(s3().CopyObject(copy)).ETag, '"' + hex(md5(pattern(2 * kMiB))) + '"');
  const auto [result, body] = get(of_object<cloud::GetObjectRequest>("b"));
  EXPECT_EQ(body, pattern(2 * kMiB));
  EXPECT_EQ(result.Metadata, source.Metadata);
  EXPECT_EQ(result.TagCount, 1);
  copy.Key = "a";
  EXPECT_EQ(bed.error_of(s3().CopyObject(copy)), "InvalidRequest");
  copy.MetadataDirective = "REPLACE";
  EXPECT_EQ(bed.error_of(s3().CopyObject(copy)), "");
  EXPECT_THAT(get(of_object<cloud::GetObjectRequest>("a")).first.Metadata, IsEmpty());
  EXPECT_EQ(chunks(), 4U);
  copy.CopySource.Conditions.IfNoneMatch = "*";
  EXPECT_EQ(bed.error_of(s3().CopyObject(copy)), "PreconditionFailed");
  copy.CopySource.Key = "none";
  EXPECT_EQ(bed.error_of(s3().CopyObject(copy)), "NoSuchKey");
}

TEST_F(ObjectsTest, SeveralAreDeletedAtOnce) {
  put("a", "x");
  put("b", "x");
  auto request = of_bucket<cloud::DeleteObjectsRequest>("invoices");
  request.Objects = {{"a", ""}, {"none", ""}, {"b", "\"other\""}};
  auto result = bed.run(s3().DeleteObjects(request));
  EXPECT_THAT(result.Deleted, SizeIs(2));
  ASSERT_THAT(result.Errors, SizeIs(1));
  EXPECT_EQ(result.Errors[0].Code, "PreconditionFailed");
  request.Objects.assign(1'001, {"a", ""});
  EXPECT_EQ(bed.error_of(s3().DeleteObjects(request)), "MalformedXML");
}

TEST_F(ObjectsTest, TagsAreKept) {
  const auto object = of_object<cloud::ObjectRequest>("a");
  EXPECT_EQ(bed.error_of(s3().GetObjectTagging(object)), "NoSuchKey");
  put("a", "x");
  EXPECT_EQ(bed.error_of(s3().PutObjectTagging({"invoices", "none", {}})), "NoSuchKey");
  EXPECT_EQ(bed.error_of(s3().PutObjectTagging({"invoices", "a", {{"", ""}}})), "InvalidTag");
  EXPECT_EQ(bed.error_of(s3().PutObjectTagging({"invoices", "a", {{"k", std::string(257, 'v')}}})),
            "InvalidTag");
  bed.run(s3().PutObjectTagging({"invoices", "a", {{"k", "v"}}}));
  bed.reopen();
  EXPECT_THAT(bed.run(s3().GetObjectTagging(object)).TagSet, ElementsAre(cloud::Tag{"k", "v"}));
  EXPECT_EQ(get("a"), "x");
  bed.run(s3().DeleteObjectTagging(object));
  EXPECT_THAT(bed.run(s3().GetObjectTagging(object)).TagSet, IsEmpty());
}

TEST_F(ObjectsTest, WhatIsTooLargeIsRefused) {
  auto request = put_request("a", "x");
  request.ContentLength = (std::uint64_t{5} << 30) + 1;
  EXPECT_EQ(bed.error_of(s3().PutObject(request)), "EntityTooLarge");
  request = put_request("a", "x");
  request.Metadata = {{"m", std::string(2'048, 'x')}};
  EXPECT_EQ(bed.error_of(s3().PutObject(request)), "MetadataTooLarge");
  request = put_request("a", "x");
  request.StorageClass = "GLACIER";
  EXPECT_EQ(bed.error_of(s3().PutObject(request)), "InvalidStorageClass");
}

TEST_F(ObjectsTest, TheFirstListingGoesOnBehindItsMarker) {
  for (const char* key : {"a/1", "a/2", "b", "c/1"}) put(key, "x");
  auto request = of_bucket<cloud::ListObjectsRequest>("invoices");
  request.Delimiter = "/";
  request.MaxKeys = 1;
  auto page = bed.run(s3().ListObjects(request));
  EXPECT_THAT(page.CommonPrefixes, ElementsAre("a/"));
  EXPECT_EQ(page.NextMarker, "a/");
  request.Marker = page.NextMarker;
  page = bed.run(s3().ListObjects(request));
  ASSERT_THAT(page.Contents, SizeIs(1));
  EXPECT_EQ(page.Contents[0].Key, "b");
  EXPECT_TRUE(page.IsTruncated);
}

}  // namespace
}  // namespace doorbuster::engine
