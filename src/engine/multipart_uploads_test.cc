// Objects that are uploaded by parts.
#include "engine/multipart_uploads.h"

#include "engine/checksums.h"
#include "engine/s3_driver.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

const std::string kLarge(std::size_t{5} << 20, 'a');  // the smallest part that may be followed

std::string sum_of(std::string_view algorithm, std::string_view bytes) {
  const auto sum = running_checksum(algorithm);
  sum->add(bytes);
  return base64(sum->finish());
}

class MultipartUploadsTest : public S3Test {
 protected:
  std::string begin(const std::string& key = "a") {
    return bed.run(s3().CreateMultipartUpload(of_object<cloud::CreateMultipartUploadRequest>(key)))
        .UploadId;
  }
  cloud::UploadPartRequest part(const std::string& id, int number, cloud::Body body) {
    auto request = of_object<cloud::UploadPartRequest>("a");
    request.UploadId = id;
    request.PartNumber = number;
    request.Body = std::move(body);
    return request;
  }
  cloud::CompletedPart upload(const std::string& id, int number, cloud::Body body) {
    return {number, bed.run(s3().UploadPart(part(id, number, std::move(body)))).ETag, {}};
  }
  cloud::CompleteMultipartUploadRequest completion(const std::string& id,
                                                   std::vector<cloud::CompletedPart> parts) {
    auto request = of_object<cloud::CompleteMultipartUploadRequest>("a");
    request.UploadId = id;
    request.Parts = std::move(parts);
    return request;
  }
  std::string error_of_completing(const std::string& id, std::vector<cloud::CompletedPart> parts) {
    return bed.error_of(s3().CompleteMultipartUpload(completion(id, std::move(parts))));
  }
};

TEST_F(MultipartUploadsTest, ThePartsBecomeOneObject) {
  const std::string id = begin();
  const auto second = upload(id, 2, "tail");
  const auto unused = upload(id, 3, "unused");
  upload(id, 1, "replaced");
  bed.reopen();
  const auto first = upload(id, 1, kLarge);
  EXPECT_EQ(error_of_get("a"), "NoSuchKey");
  const auto done = bed.run(s3().CompleteMultipartUpload(completion(id, {first, second})));
  EXPECT_THAT(done.ETag, testing::EndsWith("-2\""));
  EXPECT_EQ(get("a"), kLarge + "tail");
  EXPECT_EQ(chunks(), 6U);
  bed.reopen();
  EXPECT_EQ(get("a"), kLarge + "tail");
  auto request = of_object<cloud::GetObjectRequest>("a");
  request.PartNumber = 2;
  const auto [result, body] = get(request);
  EXPECT_EQ(body, "tail");
  EXPECT_EQ(result.PartsCount, 2);
  EXPECT_EQ(result.ContentRange, "bytes 5242880-5242883/5242884");
  request.PartNumber = 3;
  EXPECT_EQ(bed.error_of(s3().GetObject(request)), "InvalidPartNumber");
  bed.run(s3().DeleteObject(of_object<cloud::DeleteObjectRequest>("a")));
  EXPECT_EQ(chunks(), 0U);
}

TEST_F(MultipartUploadsTest, ACompletionMustNameThePartsThereAre) {
  const std::string id = begin();
  const auto first = upload(id, 1, "too small");
  const auto second = upload(id, 2, "tail");
  EXPECT_EQ(error_of_completing(id, {}), "MalformedXML");
  EXPECT_EQ(error_of_completing(id, {second, first}), "InvalidPartOrder");
  EXPECT_EQ(error_of_completing(id, {first, second}), "EntityTooSmall");
  EXPECT_EQ(error_of_completing(id, {{1, "\"other\"", {}}}), "InvalidPart");
  EXPECT_EQ(error_of_completing(id, {{7, first.ETag, {}}}), "InvalidPart");
  EXPECT_EQ(error_of_completing("none", {first}), "NoSuchUpload");
  put("a", "there");
  auto request = completion(id, {first});
  request.Conditions.IfNoneMatch = "*";
  EXPECT_EQ(bed.error_of(s3().CompleteMultipartUpload(request)), "PreconditionFailed");
  EXPECT_EQ(error_of_completing(id, {first}), "");
  EXPECT_EQ(get("a"), "too small");
}

TEST_F(MultipartUploadsTest, ACompletionAnswersTheSameWhenItIsTriedAgain) {
  const std::string id = begin();
  const auto first = upload(id, 1, kLarge);
  const auto second = upload(id, 2, "tail");
  const auto done = bed.run(s3().CompleteMultipartUpload(completion(id, {first, second})));
  put("a", "replaced since");
  bed.reopen();
  const auto again = bed.run(s3().CompleteMultipartUpload(completion(id, {first, second})));
  EXPECT_EQ(again.ETag, done.ETag);
  EXPECT_EQ(get("a"), "replaced since");
  EXPECT_EQ(error_of_completing(id, {first}), "NoSuchUpload");
  auto elsewhere = completion(id, {first, second});
  elsewhere.Key = "b";
  EXPECT_EQ(bed.error_of(s3().CompleteMultipartUpload(elsewhere)), "NoSuchUpload");
  bed.advance(CompletedUploads::kKept);
  EXPECT_EQ(error_of_completing(id, {first, second}), "");
  bed.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(error_of_completing(id, {first, second}), "NoSuchUpload");
  const std::string other = begin();
  EXPECT_EQ(error_of_completing(other, {upload(other, 1, "x")}), "");
  EXPECT_EQ(count(Family::state, "c", "d"), 1U);
}

TEST_F(MultipartUploadsTest, TheChecksumOfTheWholeObjectIsThatOfItsParts) {
  const std::string all = kLarge + "tail";
  for (const std::string algorithm : {"CRC32", "CRC32C", "CRC64NVME"}) {
    auto created = of_object<cloud::CreateMultipartUploadRequest>("a");
    created.ChecksumAlgorithm = algorithm;
    created.ChecksumType = "FULL_OBJECT";
    const std::string id = bed.run(s3().CreateMultipartUpload(created)).UploadId;
    const auto first = upload(id, 1, kLarge);
    const auto second = upload(id, 2, "tail");
    auto request = completion(id, {first, second});
    std::string& claim = *checksum_of(request.Checksum, algorithm);
    claim = sum_of(algorithm, "other");
    EXPECT_EQ(bed.error_of(s3().CompleteMultipartUpload(request)), "BadDigest") << algorithm;
    claim = sum_of(algorithm, all);
    request.Checksum.ChecksumType = "COMPOSITE";
    EXPECT_EQ(bed.error_of(s3().CompleteMultipartUpload(request)), "InvalidRequest");
    request.Checksum.ChecksumType = "FULL_OBJECT";
    request.Checksum.SHA1 = "x";
    EXPECT_EQ(bed.error_of(s3().CompleteMultipartUpload(request)), "InvalidRequest");
    request.Checksum.SHA1.clear();
    const auto done = bed.run(s3().CompleteMultipartUpload(request));
    EXPECT_EQ(done.Checksum, request.Checksum);
    auto read = of_object<cloud::GetObjectRequest>("a");
    read.ChecksumMode = "ENABLED";
    EXPECT_EQ(get(read).first.Checksum, request.Checksum);
  }
}

TEST_F(MultipartUploadsTest, PartsWithoutAChecksumGetTheirUploadsOne) {
  put("source", "0123456789");
  auto created = of_object<cloud::CreateMultipartUploadRequest>("a");
  created.ChecksumAlgorithm = "SHA256";
  const auto begun = bed.run(s3().CreateMultipartUpload(created));
  EXPECT_EQ(begun.ChecksumType, "COMPOSITE");
  const auto first = upload(begun.UploadId, 1, kLarge);
  auto request = of_object<cloud::UploadPartCopyRequest>("a");
  request.UploadId = begun.UploadId;
  request.PartNumber = 2;
  request.CopySource.Bucket = "invoices";
  request.CopySource.Key = "source";
  const auto copied = bed.run(s3().UploadPartCopy(request));
  EXPECT_EQ(copied.Checksum.SHA256, sum_of("SHA256", "0123456789"));
  auto list = of_object<cloud::ListPartsRequest>("a");
  list.UploadId = begun.UploadId;
  const auto parts = bed.run(s3().ListParts(list)).Parts;
  ASSERT_THAT(parts, SizeIs(2));
  EXPECT_EQ(parts[0].Checksum.SHA256, sum_of("SHA256", kLarge));
  EXPECT_EQ(parts[1].Checksum, copied.Checksum);
  const auto done = bed.run(s3().CompleteMultipartUpload(
      completion(begun.UploadId, {first, {2, copied.ETag, copied.Checksum}})));
  EXPECT_EQ(done.Checksum.ChecksumType, "COMPOSITE");
  EXPECT_EQ(done.Checksum.SHA256, composite_checksum("SHA256", {{parts[0].Checksum.SHA256, 0},
                                                                {copied.Checksum.SHA256, 0}}));
}

TEST_F(MultipartUploadsTest, WhatCantBeComputedIsNotBelieved) {
  const std::string id = begin();
  const auto first = upload(id, 1, "x");
  auto request = completion(id, {first});
  request.Checksum.CRC32 = sum_of("CRC32", "x");
  EXPECT_EQ(bed.error_of(s3().CompleteMultipartUpload(request)), "InvalidRequest");
  request.Checksum = {};
  EXPECT_EQ(bed.error_of(s3().CompleteMultipartUpload(request)), "");
}

TEST_F(MultipartUploadsTest, AnAbortLeavesNothing) {
  const std::string id = begin();
  upload(id, 1, kLarge);
  upload(id, 2, "tail");
  auto request = of_object<cloud::AbortMultipartUploadRequest>("a");
  request.UploadId = id;
  bed.run(s3().AbortMultipartUpload(request));
  EXPECT_EQ(chunks(), 0U);
  EXPECT_EQ(count(Family::state, "m", "q"), 0U);
  EXPECT_EQ(bed.error_of(s3().AbortMultipartUpload(request)), "NoSuchUpload");
  EXPECT_EQ(bed.error_of(s3().UploadPart(part(id, 1, kLarge))), "NoSuchUpload");
  EXPECT_EQ(chunks(), 0U);
  EXPECT_EQ(bed.error_of(s3().UploadPart(part(id, 10'001, "x"))), "InvalidArgument");
  EXPECT_EQ(bed.error_of(s3().UploadPart(part(id, 0, "x"))), "InvalidArgument");
}

TEST_F(MultipartUploadsTest, APartCanBeCopied) {
  put("source", "0123456789");
  const std::string id = begin();
  auto request = of_object<cloud::UploadPartCopyRequest>("a");
  request.UploadId = id;
  request.PartNumber = 1;
  request.CopySource.Bucket = "invoices";
  request.CopySource.Key = "source";
  request.CopySourceRange = "bytes=2-4";
  const auto copied = bed.run(s3().UploadPartCopy(request));
  EXPECT_EQ(error_of_completing(id, {{1, copied.ETag, {}}}), "");
  EXPECT_EQ(get("a"), "234");
  request.CopySourceRange = "bytes=2-10";
  EXPECT_EQ(bed.error_of(s3().UploadPartCopy(request)), "InvalidArgument");
}

TEST_F(MultipartUploadsTest, UploadsAndPartsAreListedByPage) {
  const std::string id = begin();
  for (int i = 1; i <= 3; ++i) upload(id, i, std::to_string(i));
  auto parts = of_object<cloud::ListPartsRequest>("a");
  parts.UploadId = id;
  parts.MaxParts = 2;
  auto page = bed.run(s3().ListParts(parts));
  EXPECT_THAT(page.Parts, SizeIs(2));
  EXPECT_TRUE(page.IsTruncated);
  parts.PartNumberMarker = page.NextPartNumberMarker;
  page = bed.run(s3().ListParts(parts));
  ASSERT_THAT(page.Parts, SizeIs(1));
  EXPECT_EQ(page.Parts[0].PartNumber, 3);

  begin("b/1");
  begin("b/2");
  const std::string last = begin("c");
  auto uploads = of_bucket<cloud::ListMultipartUploadsRequest>("invoices");
  uploads.Delimiter = "/";
  uploads.MaxUploads = 2;
  auto listed = bed.run(s3().ListMultipartUploads(uploads));
  EXPECT_THAT(listed.Uploads, SizeIs(1));
  EXPECT_THAT(listed.CommonPrefixes, ElementsAre("b/"));
  EXPECT_TRUE(listed.IsTruncated);
  uploads.KeyMarker = listed.NextKeyMarker;
  uploads.UploadIdMarker = listed.NextUploadIdMarker;
  listed = bed.run(s3().ListMultipartUploads(uploads));
  ASSERT_THAT(listed.Uploads, SizeIs(1));
  EXPECT_EQ(listed.Uploads[0].UploadId, last);
  EXPECT_FALSE(listed.IsTruncated);
}

TEST_F(MultipartUploadsTest, ABucketMayGoWithUploadsInIt) {
  upload(begin(), 1, kLarge);
  bed.run(s3().DeleteBucket({"invoices"}));
  EXPECT_EQ(chunks(), 0U);
  EXPECT_EQ(count(Family::state, "m", "q"), 0U);
}

TEST_F(MultipartUploadsTest, ThePartsOfAllUploadsTogetherHaveAnEnd) {
  constexpr int kParts = 10'000;  // of one
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < MultipartUploads::kPartsMax / kParts; ++i) ids.push_back(begin());
  auto fill = [&](Machine& m, Turn& turn) {
    for (const auto& id : ids) {
      const int last = id == ids.back() ? kParts - 1 : kParts;
      for (int i = 1; i <= last; ++i) m.multipart_uploads.put_part(turn, id, {i, "e", {}, {}});
    }
  };
  bed.run(bed.engine().call<Done>(std::move(fill)));
  upload(ids.back(), kParts, "x");
  const auto one_more = begin();
  EXPECT_EQ(bed.error_of(s3().UploadPart(part(one_more, 1, "x"))), "SlowDown");
  bed.reopen();
  EXPECT_EQ(bed.error_of(s3().UploadPart(part(one_more, 1, "x"))), "SlowDown");
  auto abort = of_object<cloud::AbortMultipartUploadRequest>("a");
  abort.UploadId = ids.back();
  bed.run(s3().AbortMultipartUpload(abort));
  upload(one_more, 1, "x");
}

}  // namespace
}  // namespace doorbuster::engine
