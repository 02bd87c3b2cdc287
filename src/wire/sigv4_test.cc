#include "wire/sigv4.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/aws_chunked.h"
#include "wire/digest.h"
#include "wire/encoding.h"
#include "wire/testing.h"
#include "wire/timestamps.h"

namespace doorbuster::wire {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr auto id = "AKIAIOSFODNN7EXAMPLE";
constexpr auto secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
constexpr auto empty_hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

cloud::Time day() {
  return *from_amz_date("20130524T000000Z");
}

Signing signing(std::string service = "s3") {
  return {{id, secret, ""}, "us-east-1", std::move(service), day()};
}

KeyRing keys() {
  KeyRing ring;
  ring.open = false;
  Identity identity{secret, {}};
  identity.caller.scope.account = "111122223333";
  ring.identities.emplace(id, identity);
  return ring;
}

std::string signature_in(const Headers& headers) {
  const std::string& authorization = headers.back().second;
  return authorization.substr(authorization.find("Signature=") + 10);
}

ServedRequest signed_request(ServedRequest request, const std::string& hash, const Signing& by) {
  for (auto& header : sign(request.head(), hash, by)) request.headers.push_back(std::move(header));
  return request;
}

Authentication check(const ServedRequest& request, cloud::Time now = day()) {
  const auto head = request.head();
  return authenticate(route(head, "s3.amazonaws.com"), head, keys(), now);
}

// The examples of https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
TEST(Sign, MatchesThePublishedExamples) {
  ServedRequest get{"GET", "/test.txt", {{"Host", "examplebucket.s3.amazonaws.com"}}};
  get.headers.emplace_back("Range", "bytes=0-9");
  EXPECT_EQ(signature_in(sign(get.head(), empty_hash, signing())),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");

  ServedRequest put{"PUT", "/test%24file.text", {{"Host", "examplebucket.s3.amazonaws.com"}}};
  put.headers.emplace_back("Date", "Fri, 24 May 2013 00:00:00 GMT");
  put.headers.emplace_back("x-amz-storage-class", "REDUCED_REDUNDANCY");
  EXPECT_EQ(signature_in(sign(put.head(), sha256_hex("Welcome to Amazon S3."), signing())),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");

  ServedRequest lifecycle{"GET", "/?lifecycle", {{"Host", "examplebucket.s3.amazonaws.com"}}};
  EXPECT_EQ(signature_in(sign(lifecycle.head(), empty_hash, signing())),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");

  ServedRequest list{"GET", "/?max-keys=2&prefix=J", {{"Host", "examplebucket.s3.amazonaws.com"}}};
  EXPECT_EQ(signature_in(sign(list.head(), empty_hash, signing())),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
TEST(Presign, MatchesThePublishedExample) {
  ServedRequest get{"GET", "/test.txt", {{"Host", "examplebucket.s3.amazonaws.com"}}};
  EXPECT_THAT(presign(get.head(), seconds(86400), signing()),
              HasSubstr("X-Amz-Signature="
                        "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"));
}

TEST(Authenticate, TakesWhatIsSignedRight) {
  const ServedRequest get = signed_request(
      {"GET", "/a%20b//c/../d?x=%2F&a", {{"Host", "b.s3.amazonaws.com"}}}, empty_hash, signing());
  const auto who = check(get);
  EXPECT_EQ(who.caller.scope.account, "111122223333");
  EXPECT_EQ(who.caller.scope.region, "us-east-1");
  EXPECT_EQ(who.seal.kind, BodySeal::Kind::sha256);
}

TEST(Authenticate, RefusesWhatWasChanged) {
  const ServedRequest get =
      signed_request({"GET", "/key", {{"Host", "b.s3.amazonaws.com"}}}, empty_hash, signing());
  const auto code_with = [&](auto change) {
    ServedRequest changed = get;
    change(changed);
    return code_of([&] { check(changed); });
  };
  EXPECT_EQ(code_with([](ServedRequest&) {}), "");
  EXPECT_EQ(code_with([](ServedRequest& r) { r.target = "/other"; }), "SignatureDoesNotMatch");
  EXPECT_EQ(code_with([](ServedRequest& r) { r.method = "PUT"; }), "SignatureDoesNotMatch");
  EXPECT_EQ(code_with([](ServedRequest& r) { r.target = "/key?partNumber=1"; }),
            "SignatureDoesNotMatch");
  EXPECT_EQ(code_with([](ServedRequest& r) { r.headers[0].second = "c.s3.amazonaws.com"; }),
            "SignatureDoesNotMatch");
  EXPECT_EQ(code_with([](ServedRequest& r) { r.headers.emplace_back("x-amz-acl", "public-read"); }),
            "AccessDenied");
}

TEST(Authenticate, HeedsTheClock) {
  const ServedRequest get =
      signed_request({"GET", "/key", {{"Host", "b.s3.amazonaws.com"}}}, empty_hash, signing());
  EXPECT_EQ(code_of([&] { check(get, day() + minutes(15)); }), "");
  EXPECT_EQ(code_of([&] { check(get, day() + minutes(15) + seconds(1)); }), "RequestTimeTooSkewed");
  EXPECT_EQ(code_of([&] { check(get, day() - minutes(16)); }), "RequestTimeTooSkewed");
  ServedRequest link{"GET", "/key", {{"Host", "b.s3.amazonaws.com"}}};
  link.target += '?' + presign(link.head(), seconds(3600), signing());
  EXPECT_EQ(code_of([&] { check(link, day() + seconds(3600)); }), "");
  EXPECT_EQ(code_of([&] { check(link, day() + seconds(3601)); }), "AccessDenied");
  ServedRequest week{"GET", "/key", {{"Host", "b.s3.amazonaws.com"}}};
  week.target += '?' + presign(week.head(), seconds(604801), signing());
  EXPECT_EQ(code_of([&] { check(week); }), "AuthorizationQueryParametersError");
}

// A message of SNS has links to confirm and to end its subscription.
TEST(Authenticate, LetsAnybodyFollowTheLinksOfSns) {
  const std::string topic = "arn%3Aaws%3Asns%3Aap-northeast-3%3A000000000000%3ANews";
  const auto get = [](const std::string& query) {
    return ServedRequest{"GET", "/?" + query, {{"Host", "localhost"}}};
  };
  const auto who = check(get("Action=ConfirmSubscription&Token=t&TopicArn=" + topic)).caller;
  EXPECT_TRUE(who.anonymous);
  EXPECT_EQ(who.scope.region, "ap-northeast-3");
  EXPECT_TRUE(check(get("Action=Unsubscribe&SubscriptionArn=" + topic + "%3Aid")).caller.anonymous);
  for (const std::string& query :
       {std::string("Action=Unsubscribe&SubscriptionArn=x"), "Action=Unsubscribe&TopicArn=" + topic,
        "Action=Subscribe&TopicArn=" + topic}) {
    EXPECT_EQ(code_of([&] { check(get(query)); }), "MissingAuthenticationToken") << query;
  }
}

TEST(Authenticate, RefusesStrangers) {
  Signing other = signing();
  other.credentials.access_key_id = "AKIANOBODY";
  ServedRequest get{"GET", "/key", {{"Host", "b.s3.amazonaws.com"}}};
  EXPECT_EQ(code_of([&] { check(signed_request(get, empty_hash, other)); }), "InvalidAccessKeyId");
  EXPECT_TRUE(check(get).caller.anonymous);
  get.headers.emplace_back("Authorization", "AWS4-HMAC-SHA256 Credential=a");
  EXPECT_EQ(code_of([&] { check(get); }), "AuthorizationHeaderMalformed");
  ServedRequest send{
      "POST", "/", {{"Host", "localhost"}, {"X-Amz-Target", "AmazonSQS.SendMessage"}}};
  EXPECT_EQ(code_of([&] { check(send); }), "MissingAuthenticationToken");
  other.service = "sqs";
  EXPECT_EQ(code_of([&] { check(signed_request(send, empty_hash, other)); }),
            "InvalidClientTokenId");
}

TEST(Authenticate, ChecksTheBodyThatTheHeadsSignatureIsOver) {
  ServedRequest send{
      "POST", "/", {{"Host", "localhost"}, {"X-Amz-Target", "AmazonSQS.SendMessage"}}};
  send = signed_request(send, sha256_hex("{}"), signing("sqs"));
  const auto seal = check(send).seal;
  EXPECT_EQ(code_of([&] { check_body(seal, send.head(), "{}"); }), "");
  EXPECT_EQ(code_of([&] { check_body(seal, send.head(), "{ }"); }), "SignatureDoesNotMatch");
  const auto read = [&](std::vector<std::string> pieces) {
    const auto stream = unwrap(std::make_shared<Pieces>(std::move(pieces)), seal, send.head());
    return run(cloud::read_all(cloud::Body(stream), 100));
  };
  EXPECT_EQ(read({"{", "}"}), "{}");
  EXPECT_EQ(code_of([&] { read({"{", "]"}); }), "SignatureDoesNotMatch");
}

TEST(Authenticate, TakesAnyKeyIfOpen) {
  const KeyRing open;
  const auto who = [&](const ServedRequest& request) {
    const auto head = request.head();
    return authenticate(route(head, ""), head, open, day()).caller;
  };
  Signing by = signing("sqs");
  by.credentials = {"222233334444", "anything", ""};
  by.region = "eu-west-1";
  const ServedRequest send{"POST", "/", {{"Host", "localhost"}, {"X-Amz-Target", "AmazonSQS.X"}}};
  EXPECT_EQ(who(signed_request(send, empty_hash, by)).scope.account, "222233334444");
  EXPECT_EQ(who(signed_request(send, empty_hash, by)).scope.region, "eu-west-1");
  for (const char* odd : {"\xff", "US", "a:b", "a b", ""}) {
    by.region = odd;
    const auto odd_request = signed_request(send, empty_hash, by);
    EXPECT_EQ(code_of([&] { who(odd_request); }), "IncompleteSignature") << odd;
  }
  EXPECT_EQ(who(send).scope.account, "000000000000");
  EXPECT_FALSE(who(send).anonymous);
}

std::string read_body(const ServedRequest& request, const std::string& bytes, std::size_t piece,
                      const KeyRing& ring, cloud::Checksums* trailer = nullptr) {
  const auto head = request.head();
  const auto seal = authenticate(route(head, "s3.amazonaws.com"), head, ring, day()).seal;
  const auto stream = unwrap(std::make_shared<Pieces>(in_pieces(bytes, piece)), seal, head);
  auto body = run(cloud::read_all(cloud::Body(stream), 1 << 20));
  if (trailer != nullptr) *trailer = *stream->trailer();
  return body;
}

// The example of https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
class Chunks : public testing::Test {
 protected:
  Chunks() {
    request_.method = "PUT";
    request_.target = "/examplebucket/chunkObject.txt";
    request_.headers = {
        {"Host", "s3.amazonaws.com"},
        {"x-amz-date", "20130524T000000Z"},
        {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
        {"Authorization",
         std::string("AWS4-HMAC-SHA256 Credential=") + id +
             "/20130524/us-east-1/s3/aws4_request,SignedHeaders=content-encoding;content-length;"
             "host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;"
             "x-amz-storage-class,Signature="
             "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"},
        {"x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"},
        {"Content-Encoding", "aws-chunked"},
        {"x-amz-decoded-content-length", "66560"},
        {"Content-Length", "66824"}};
    body_ =
        "10000;chunk-signature="
        "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n" +
        std::string(65536, 'a') +
        "\r\n400;chunk-signature="
        "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n" +
        std::string(1024, 'a') +
        "\r\n0;chunk-signature="
        "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n";
  }

  std::string code(const std::string& bytes) {
    return code_of([&] { read_body(request_, bytes, 5000, keys()); });
  }

  ServedRequest request_;
  std::string body_;
};

TEST_F(Chunks, OfThePublishedExampleAreRead) {
  ASSERT_EQ(body_.size(), 66824U);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{4096}, body_.size()}) {
    EXPECT_EQ(read_body(request_, body_, piece, keys()), std::string(66560, 'a'));
  }
}

TEST_F(Chunks, AreRefusedIfChanged) {
  std::string changed = body_;
  changed[100] = 'b';
  EXPECT_EQ(code(changed), "SignatureDoesNotMatch");
  changed = body_;
  changed[changed.size() - 10] ^= 1;
  EXPECT_EQ(code(changed), "SignatureDoesNotMatch");
  changed = body_;
  changed[0] = 'x';
  EXPECT_EQ(code(changed), "InvalidChunkSizeError");
  EXPECT_EQ(code(std::string(10'000, '1')), "InvalidChunkSizeError");
}

TEST_F(Chunks, AreRefusedIfCutOff) {
  for (std::size_t size = 0; size < 66'820; size += 1001) {
    EXPECT_EQ(code(body_.substr(0, size)), "IncompleteBody") << size;
  }
}

TEST(Trailer, IsComparedWithTheBody) {
  ServedRequest put{"PUT", "/bucket/key", {{"Host", "localhost"}}};
  put.headers.emplace_back("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
  put.headers.emplace_back("x-amz-decoded-content-length", "9");
  put.headers.emplace_back("x-amz-trailer", "x-amz-checksum-crc32");
  const std::string chunk = "9\r\n123456789\r\n0\r\n";
  cloud::Checksums trailer;
  EXPECT_EQ(read_body(put, chunk + "x-amz-checksum-crc32:y/Q5Jg==\r\n\r\n", 3, {}, &trailer),
            "123456789");
  EXPECT_EQ(trailer.CRC32, "y/Q5Jg==");
  const auto code = [&](const std::string& bytes) {
    return code_of([&] { read_body(put, bytes, 3, {}); });
  };
  EXPECT_EQ(code(chunk + "x-amz-checksum-crc32:y/Q5Jw==\r\n\r\n"), "BadDigest");
  EXPECT_EQ(code(chunk + "x-amz-checksum-crc32:?\r\n\r\n"), "InvalidRequest");
  EXPECT_EQ(code(chunk + "\r\n"), "MalformedTrailerError");
  EXPECT_EQ(code(chunk + "x-other:1\r\n\r\n"), "MalformedTrailerError");
  EXPECT_EQ(code("a\r\n1234567890\r\n0\r\n\r\n"), "IncompleteBody");
  EXPECT_EQ(code("8\r\n12345678\r\n0\r\n\r\n"), "IncompleteBody");
}

// The example of https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
TEST(Trailer, OfThePublishedExampleIsRead) {
  ServedRequest put{"PUT", "/examplebucket/chunkObject.txt", {{"Host", "s3.amazonaws.com"}}};
  put.headers.emplace_back("x-amz-storage-class", "REDUCED_REDUNDANCY");
  put.headers.emplace_back("Content-Encoding", "aws-chunked");
  put.headers.emplace_back("x-amz-decoded-content-length", "66560");
  put.headers.emplace_back("x-amz-trailer", "x-amz-checksum-crc32c");
  put = signed_request(put, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", signing());
  const auto seal = check(put).seal;
  EXPECT_TRUE(seal.signed_chunks);
  EXPECT_TRUE(seal.trailer);
  BodySeal example = seal;
  example.signature = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";
  const std::string bytes =
      "10000;chunk-signature="
      "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n" +
      std::string(65536, 'a') +
      "\r\n400;chunk-signature="
      "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n" +
      std::string(1024, 'a') +
      "\r\n0;chunk-signature="
      "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n"
      "x-amz-checksum-crc32c:sOO8/Q==\n\r\n"
      "x-amz-trailer-signature:"
      "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n";
  const auto stream = unwrap(std::make_shared<Pieces>(in_pieces(bytes, 5000)), example, put.head());
  EXPECT_EQ(run(cloud::read_all(cloud::Body(stream), 1 << 20)), std::string(66560, 'a'));
}

TEST(Body, IsComparedWithWhatTheHeadSays) {
  const auto code = [](const std::string& name, const std::string& value) {
    ServedRequest put{"PUT", "/bucket/key", {{name, value}}};
    const auto head = put.head();
    return code_of([&] {
      const auto seal = authenticate(route(head, ""), head, {}, day()).seal;
      check_body(seal, head, "123456789");
    });
  };
  EXPECT_EQ(code("x-amz-checksum-crc64nvme", "rosUhgp5mIg="), "");
  EXPECT_EQ(code("x-amz-checksum-crc64nvme", "rosUhgp5mIk="), "BadDigest");
  EXPECT_EQ(code("x-amz-checksum-sha1", "rosUhgp5mIk="), "InvalidRequest");
  EXPECT_EQ(code("Content-MD5", "JfnnlDI7RTiF9RgfG2JNCw=="), "");
  EXPECT_EQ(code("Content-MD5", "JfnnlDI7RTiF9RgfG2JNCg=="), "BadDigest");
  EXPECT_EQ(code("Content-MD5", "JfnnlDI7"), "InvalidDigest");
  EXPECT_EQ(code("x-amz-content-sha256", sha256_hex("123456789")), "");
  EXPECT_EQ(code("x-amz-content-sha256", sha256_hex("")), "XAmzContentSHA256Mismatch");
  EXPECT_EQ(code("x-amz-content-sha256", "abc"), "InvalidArgument");
}

}  // namespace
}  // namespace doorbuster::wire
