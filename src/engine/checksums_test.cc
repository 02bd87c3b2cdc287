#include "engine/checksums.h"

#include <gtest/gtest.h>

#include "engine/text.h"

namespace doorbuster::engine {
namespace {

std::string sum_of(std::string_view algorithm, std::string_view bytes) {
  const auto sum = running_checksum(algorithm);
  sum->add(bytes);
  return base64(sum->finish());
}

// The check values of https://reveng.sourceforge.io/crc-catalogue/ and of FIPS 180.
TEST(RunningChecksum, HasTheCheckValues) {
  EXPECT_EQ(sum_of("CRC32", "123456789"), base64("\xcb\xf4\x39\x26"));
  EXPECT_EQ(sum_of("CRC32C", "123456789"), base64("\xe3\x06\x92\x83"));
  EXPECT_EQ(sum_of("CRC64NVME", "123456789"), base64("\xae\x8b\x14\x86\x0a\x79\x98\x88"));
  EXPECT_EQ(sum_of("SHA1", "abc"), "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=");
  EXPECT_EQ(sum_of("SHA256", "abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  EXPECT_EQ(running_checksum("MD5"), nullptr);
}

TEST(FullObjectChecksum, IsThatOfThePartsOneBehindAnother) {
  const std::vector<std::string> parts = {"1", "", "2345", std::string(100'003, 'x'), "6789"};
  std::string all;
  for (const auto& part : parts) all += part;
  for (const std::string algorithm : {"CRC32", "CRC32C", "CRC64NVME"}) {
    std::vector<SummedPart> sums;
    for (const auto& part : parts) sums.push_back({sum_of(algorithm, part), part.size()});
    EXPECT_EQ(full_object_checksum(algorithm, sums), sum_of(algorithm, all)) << algorithm;
    sums.back().size += 1;
    EXPECT_NE(full_object_checksum(algorithm, sums), sum_of(algorithm, all)) << algorithm;
    sums.back().checksum.clear();
    EXPECT_EQ(full_object_checksum(algorithm, sums), "") << algorithm;
  }
  EXPECT_EQ(full_object_checksum("SHA1", {{sum_of("SHA1", "a"), 1}}), "");
}

}  // namespace
}  // namespace doorbuster::engine
