#include "gateway/origin.h"

#include <gtest/gtest.h>

#include <vector>

namespace doorbuster::gateway {
namespace {

wire::RequestHead head(std::vector<wire::RequestHead::Header> headers) {
  wire::RequestHead head;
  head.headers = std::move(headers);
  return head;
}

TEST(HostOf, IsWithoutPortAndBrackets) {
  EXPECT_EQ(host_of(head({{"Host", "127.0.0.1:4566"}})), "127.0.0.1");
  EXPECT_EQ(host_of(head({{"host", "[::1]:4566"}})), "::1");
  EXPECT_EQ(host_of(head({{"Host", "localhost"}})), "localhost");
  EXPECT_EQ(host_of(head({})), "");
}

TEST(PrivateName, IsOneThatNoSiteCanHave) {
  for (const char* host : {"", "127.0.0.1", "192.168.1.7", "::1", "localhost", "LocalHost",
                           "b.s3.localhost", "doorbuster", "localhost.", "host.docker.internal"}) {
    EXPECT_TRUE(is_private_name(host)) << host;
  }
  for (const char* host : {"evil.example", "127.0.0.1.nip.io", "localhost.evil.example",
                           "evillocalhost.com", "evil.example.", "internal.example"}) {
    EXPECT_FALSE(is_private_name(host)) << host;
  }
}

TEST(FromElsewhere, IsWhatABrowserSaysSoOf) {
  EXPECT_FALSE(is_from_elsewhere(head({{"Host", "localhost:4566"}})));
  EXPECT_FALSE(is_from_elsewhere(head({{"Sec-Fetch-Site", "none"}})));
  EXPECT_FALSE(
      is_from_elsewhere(head({{"Host", "localhost:4566"}, {"Origin", "http://localhost:4566"}})));
  EXPECT_TRUE(
      is_from_elsewhere(head({{"Host", "localhost:4566"}, {"Origin", "http://localhost:5173"}})));
  EXPECT_TRUE(is_from_elsewhere(head({{"Host", "localhost:4566"}, {"Origin", "null"}})));
  EXPECT_TRUE(is_from_elsewhere(head({{"Sec-Fetch-Site", "same-site"}})));
  EXPECT_TRUE(is_from_elsewhere(head({{"Sec-Fetch-Site", "cross-site"}})));
}

}  // namespace
}  // namespace doorbuster::gateway
