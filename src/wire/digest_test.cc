#include "wire/digest.h"

#include <gtest/gtest.h>

#include "wire/encoding.h"

namespace doorbuster::wire {
namespace {

constexpr std::string_view check = "123456789";

TEST(Digest, HasTheCheckValuesOfItsAlgorithms) {
  EXPECT_EQ(hex(digest(DigestKind::crc32, check)), "cbf43926");
  EXPECT_EQ(hex(digest(DigestKind::crc32c, check)), "e3069283");
  EXPECT_EQ(hex(digest(DigestKind::crc64nvme, check)), "ae8b14860a799888");
  EXPECT_EQ(hex(digest(DigestKind::md5, check)), "25f9e794323b453885f5181f1b624d0b");
  EXPECT_EQ(hex(digest(DigestKind::sha1, check)), "f7c3bc1d808e04732adf679965ccc34ca7ae3441");
  EXPECT_EQ(hex(digest(DigestKind::sha256, check)),
            "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225");
}

TEST(Digest, IsTheSameInPieces) {
  std::string bytes;
  for (int i = 0; i < 1000; ++i) bytes += static_cast<char>(i * 7);
  for (const auto kind : {DigestKind::crc32, DigestKind::crc32c, DigestKind::crc64nvme,
                          DigestKind::sha1, DigestKind::sha256, DigestKind::md5}) {
    Digest pieces(kind);
    std::size_t at = 0;
    for (std::size_t size = 1; at < bytes.size(); at += size++) {
      pieces.update(std::string_view(bytes).substr(at, size));
    }
    EXPECT_EQ(hex(pieces.finish()), hex(digest(kind, bytes)));
  }
}

// RFC 4231, test cases 2 and 6.
TEST(Hmac, IsThatOfTheRfc) {
  EXPECT_EQ(hex(bytes_of(hmac_sha256("Jefe", "what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(bytes_of(hmac_sha256(std::string(131, '\xaa'),
                                     "Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Base64, IsStrict) {
  EXPECT_EQ(from_base64(base64("any carnal pleas")), "any carnal pleas");
  EXPECT_EQ(from_base64("YQ=="), "a");
  EXPECT_EQ(from_base64("YQ="), std::nullopt);
  EXPECT_EQ(from_base64("Y=Q="), std::nullopt);
  EXPECT_EQ(from_base64("===="), std::nullopt);
  EXPECT_EQ(from_base64("YW!h"), std::nullopt);
}

}  // namespace
}  // namespace doorbuster::wire
