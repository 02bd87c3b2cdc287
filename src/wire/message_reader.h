// Reads an HTTP/1.1 message: a request for a server, an answer for a client.
//
// It does no I/O. Whoever uses it reads from the connection into the buffer whenever more is
// wanted.
#pragma once

#include <algorithm>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstddef>
#include <cstdint>
#include <string>

namespace doorbuster::wire {

// Bytes of a body that are in memory at once.
inline constexpr std::size_t piece_max = std::size_t{1} << 20;

// Where the next bytes of a connection go; commit() to the buffer what has come.
inline auto room_in(boost::beast::flat_buffer& buffer) {
  constexpr std::size_t at_least = 8192;
  return buffer.prepare(std::max(at_least, std::min(piece_max, buffer.capacity() - buffer.size())));
}

template <bool is_request>
class MessageReader {
 public:
  using Parser = boost::beast::http::parser<is_request, boost::beast::http::buffer_body>;
  using ErrorCode = boost::beast::error_code;

  // The buffer outlives it and keeps what comes behind the message. Neither the head nor what
  // frames a body, a chunk's head and the trailer, may have more than `head_bytes_max`.
  MessageReader(boost::beast::flat_buffer& buffer, std::size_t head_bytes_max)
      : buffer_(buffer), head_bytes_max_(head_bytes_max) {
    parser_.header_limit(static_cast<std::uint32_t>(head_bytes_max));
    parser_.body_limit(boost::none);
  }

  const Parser& parser() const { return parser_; }
  // For an answer to HEAD: its head may speak of a body, but there is none.
  void skip_body() { parser_.skip(true); }

  // These two return false if more bytes are wanted. Otherwise it is done, or `ec` says why it
  // can't be: bad_transfer_encoding if the body comes in another way than whole or in chunks.
  bool read_head(ErrorCode& ec) {
    ec = {};
    while (!parser_.is_header_done()) {
      if (wants_more(ec)) return false;
      if (ec) return true;
    }
    if (!has_plain_body()) ec = boost::beast::http::error::bad_transfer_encoding;
    return true;
  }

  // Appends to `piece` until it has piece_max bytes or the body ends.
  bool read_piece(std::string& piece, ErrorCode& ec) {
    ec = {};
    auto& body = parser_.get().body();
    while (!parser_.is_done() && piece.size() < piece_max) {
      // What is set aside follows what has come, not what was announced.
      const std::size_t had = piece.size();
      piece.resize(had + std::min(piece_max - had, buffer_.size()));
      body.data = piece.data() + had;
      body.size = piece.size() - had;
      body.more = true;
      const bool more = wants_more(ec);
      piece.resize(piece.size() - body.size);
      if (ec == boost::beast::http::error::need_buffer) ec = {};
      if (ec) return true;
      if (more && !parser_.is_done()) return false;
    }
    return true;
  }

  // Nothing comes any more, which ends the body of an answer that doesn't say where it ends.
  void end(ErrorCode& ec) { parser_.put_eof(ec); }

 private:
  bool wants_more(ErrorCode& ec) {
    ec = {};
    if (buffer_.size() == 0) return true;
    buffer_.consume(parser_.put(buffer_.data(), ec));
    if (ec != boost::beast::http::error::need_more) return false;
    ec = {};
    if (buffer_.size() <= head_bytes_max_) return true;
    ec = boost::beast::http::error::header_limit;
    return false;
  }

  // Whoever doesn't know a coding can't tell where the body ends, and HTTP/1.0 has none (RFC 9112,
  // 6.1).
  bool has_plain_body() const {
    const auto& message = parser_.get();
    const auto [first, last] = message.equal_range(boost::beast::http::field::transfer_encoding);
    if (first == last) return true;
    return message.version() >= 11 && std::all_of(first, last, [](const auto& field) {
             return boost::beast::iequals(field.value(), "chunked");
           });
  }

  boost::beast::flat_buffer& buffer_;
  const std::size_t head_bytes_max_;
  Parser parser_;
};

}  // namespace doorbuster::wire
