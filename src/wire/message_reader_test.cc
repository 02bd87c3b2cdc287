#include "wire/message_reader.h"

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>

namespace doorbuster::wire {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t head_bytes_max = 1'000;

class Reading : public ::testing::Test {
 protected:
  void come(const std::string& bytes) {
    buffer_.commit(
        boost::asio::buffer_copy(buffer_.prepare(bytes.size()), boost::asio::buffer(bytes)));
  }
  bool read_head() { return reader_.read_head(ec_); }
  bool read_piece() { return reader_.read_piece(piece_, ec_); }

  boost::beast::flat_buffer buffer_;
  MessageReader<true> reader_{buffer_, head_bytes_max};
  boost::beast::error_code ec_;
  std::string piece_;
};

TEST_F(Reading, TakesABodyAsItComesAndLeavesWhatIsBehindIt) {
  come("PUT /k HTTP/1.1\r\nContent-");
  EXPECT_FALSE(read_head());
  come("Length: 5\r\n\r\nab");
  EXPECT_TRUE(read_head());
  EXPECT_FALSE(read_piece());
  come("cdeGET / HTTP/1.1");
  EXPECT_TRUE(read_piece());
  EXPECT_FALSE(ec_) << ec_.message();
  EXPECT_EQ(piece_, "abcde");
  EXPECT_TRUE(reader_.parser().is_done());
  EXPECT_EQ(buffer_.size(), 14);
}

TEST_F(Reading, EndsAPieceWhenItIsFull) {
  come("PUT /k HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  ASSERT_TRUE(read_head());
  come("100001\r\n" + std::string(piece_max + 1, 'x') + "\r\n");
  EXPECT_TRUE(read_piece());
  EXPECT_FALSE(ec_) << ec_.message();
  EXPECT_EQ(piece_.size(), piece_max);
  piece_.clear();
  EXPECT_FALSE(read_piece());
  come("0\r\n\r\n");
  EXPECT_TRUE(read_piece());
  EXPECT_EQ(piece_, "x");
}

TEST_F(Reading, SetsAsideNoMoreThanHasCome) {
  come("PUT /k HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n");
  ASSERT_TRUE(read_head());
  EXPECT_FALSE(read_piece());
  EXPECT_LT(piece_.capacity(), 100);
  come("begun");
  EXPECT_FALSE(read_piece());
  EXPECT_EQ(piece_, "begun");
  EXPECT_LT(piece_.capacity(), 100);
}

TEST_F(Reading, RefusesAChunksHeadAndATrailerWithoutEnd) {
  for (const std::string begun : {"5;", "2\r\n{}\r\n0\r\nX-Long: "}) {
    buffer_ = {};
    MessageReader<true> reader(buffer_, head_bytes_max);
    come("PUT /k HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + begun);
    ASSERT_TRUE(reader.read_head(ec_));
    EXPECT_FALSE(reader.read_piece(piece_, ec_));
    come(std::string(head_bytes_max, 'x'));
    EXPECT_TRUE(reader.read_piece(piece_, ec_));
    EXPECT_EQ(ec_, http::error::header_limit) << begun;
  }
}

TEST_F(Reading, KnowsNoTransferCodingButChunked) {
  for (const std::string head :
       {"PUT /k HTTP/1.1\r\nTransfer-Encoding: gzip",
        "PUT /k HTTP/1.1\r\nTransfer-Encoding: gzip, chunked",
        "PUT /k HTTP/1.1\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked",
        "PUT /k HTTP/1.0\r\nTransfer-Encoding: chunked"}) {
    buffer_ = {};
    MessageReader<true> reader(buffer_, head_bytes_max);
    come(head + "\r\n\r\n");
    EXPECT_TRUE(reader.read_head(ec_));
    EXPECT_EQ(ec_, http::error::bad_transfer_encoding) << head;
  }
}

}  // namespace
}  // namespace doorbuster::wire
