#include "shop/assets.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace doorbuster::shop {
namespace {

const std::string kPacked =
    "/index.html\ttext/html\tbr\t2\nBR"
    "/index.html\ttext/html\tgzip\t4\nGZIP"
    "/index.html\ttext/html\tidentity\t6\nplain\n"
    "/assets/a-1.woff2\tfont/woff2\tidentity\t4\nFONT";

wire::RequestHead head(std::vector<wire::RequestHead::Header> headers = {}) {
  wire::RequestHead result;
  result.headers = std::move(headers);
  return result;
}

std::string header(const wire::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "(none)";
}

TEST(Assets, SendsTheSmallestCodingThatTheClientTakes) {
  const Assets assets(kPacked);
  const auto best = assets.get("/index.html", head({{"accept-encoding", "gzip, deflate, br"}}));
  EXPECT_EQ(best.body.bytes, "BR");
  EXPECT_EQ(header(best, "Content-Encoding"), "br");
  EXPECT_EQ(header(best, "Content-Type"), "text/html");
  EXPECT_EQ(assets.get("/index.html", head({{"Accept-Encoding", "gzip, br;q=0"}})).body.bytes,
            "GZIP");
  const auto plain = assets.get("/index.html", head());
  EXPECT_EQ(plain.body.bytes, "plain\n");
  EXPECT_EQ(header(plain, "Content-Encoding"), "(none)");
}

TEST(Assets, SaysWhenTheClientHasItAlready) {
  const Assets assets(kPacked);
  const std::string etag = header(assets.get("/index.html", head()), "ETag");
  EXPECT_EQ(assets.get("/index.html", head({{"If-None-Match", etag}})).status, 304);
  EXPECT_EQ(assets.get("/index.html", head({{"If-None-Match", "\"x\", W/" + etag}})).status, 304);
  // Another coding is another representation.
  EXPECT_EQ(
      assets.get("/index.html", head({{"If-None-Match", etag}, {"Accept-Encoding", "br"}})).status,
      200);
}

TEST(Assets, AreKeptForEverWhereTheNameSaysWhatIsInIt) {
  const Assets assets(kPacked);
  EXPECT_NE(header(assets.get("/assets/a-1.woff2", head()), "Cache-Control").find("immutable"),
            std::string::npos);
  EXPECT_EQ(header(assets.get("/index.html", head()), "Cache-Control"), "no-cache");
}

TEST(Assets, HasNothingElse) {
  EXPECT_EQ(Assets(kPacked).get("/assets/", head()).status, 404);
  EXPECT_EQ(Assets("").get("/index.html", head()).status, 404);
}

TEST(Assets, RefusesAnotherForm) {
  EXPECT_THROW(Assets("/a\ttext/html\tbr\t10\nshort"), std::runtime_error);
  EXPECT_THROW(Assets("hello"), std::runtime_error);
}

TEST(Assets, OfTheShopFitIntoAFirstLoadOf150KB) {
  const auto taken = head({{"Accept-Encoding", "br"}});
  const auto page = shop_assets().get("/index.html", taken);
  ASSERT_EQ(page.status, 200);
  const std::string html = shop_assets().get("/index.html", head()).body.bytes;
  std::size_t total = page.body.bytes.size();
  std::size_t files = 0;
  for (auto begin = html.find("/assets/"); begin != std::string::npos;
       begin = html.find("/assets/", begin + 1)) {
    const auto file = shop_assets().get(html.substr(begin, html.find('"', begin) - begin), taken);
    EXPECT_EQ(file.status, 200);
    total += file.body.bytes.size();
    ++files;
  }
  EXPECT_GE(files, 3U);
  // The letters of an English and of a Thai page come on top.
  EXPECT_LT(total, 150'000U - 46'000U - 24'000U);
}

}  // namespace
}  // namespace doorbuster::shop
