#include "console/compression.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "shop/testing.h"

namespace doorbuster::console {
namespace {

using shop::header;

wire::RequestHead head(std::vector<wire::RequestHead::Header> headers) {
  wire::RequestHead result;
  result.headers = std::move(headers);
  return result;
}

wire::Response answer(std::string bytes) {
  wire::Response response;
  response.body.bytes = std::move(bytes);
  return response;
}

std::string unpacked(std::string bytes, std::size_t size) {
  std::string plain(size, '\0');
  z_stream stream{};
  inflateInit2(&stream, MAX_WBITS + 16);
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  inflateEnd(&stream);
  return plain;
}

TEST(CompressionTest, MakesLongAnswersShort) {
  const std::string text(100'000, 'x');
  auto response = answer(text);
  compress(response, head({{"accept-encoding", "br, gzip"}}));
  EXPECT_EQ(header(response, "Content-Encoding"), "gzip");
  EXPECT_EQ(header(response, "Vary"), "Accept-Encoding");
  EXPECT_LT(response.body.bytes.size(), 2'000U);
  EXPECT_EQ(unpacked(response.body.bytes, text.size()), text);
}

TEST(CompressionTest, LeavesWhatIsShortOrCodedOrNotWanted) {
  const std::string text(kPlainMax + 1, 'x');
  auto unwanted = answer(text);
  compress(unwanted, head({{"Accept-Encoding", "gzip;q=0"}}));
  EXPECT_EQ(unwanted.body.bytes, text);
  EXPECT_EQ(header(unwanted, "Vary"), "Accept-Encoding");

  const auto willing = head({{"Accept-Encoding", "gzip"}});
  auto small = answer(std::string(kPlainMax, 'x'));
  compress(small, willing);
  EXPECT_EQ(header(small, "Content-Encoding"), "(none)");

  auto coded = answer(text);
  coded.headers.emplace_back("Content-Encoding", "br");
  compress(coded, willing);
  EXPECT_EQ(coded.body.bytes, text);
}

}  // namespace
}  // namespace doorbuster::console
