#include "console/compression.h"

#include <zlib.h>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <string>

#include "shop/assets.h"

namespace doorbuster::console {
namespace {

constexpr int kGzip = 16;  // to zlib's number of bits: with gzip's head and tail
constexpr int kUsualMemory = 8;

// RFC 1952. As fast as can be: what it is for is read once.
std::string gzip(const std::string& bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + kGzip, kUsualMemory,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string packed(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  // zlib reads what it doesn't promise to leave alone.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int result = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::logic_error("zlib's bound was none");
  return packed;
}

bool has_coding(const wire::Response& response) {
  return std::any_of(response.headers.begin(), response.headers.end(),
                     [](const auto& header) { return header.first == "Content-Encoding"; });
}

}  // namespace

void compress(wire::Response& response, const wire::RequestHead& head) {
  if (response.body.rest || response.body.bytes.size() <= kPlainMax || has_coding(response)) return;
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (!shop::accepts(head.header("Accept-Encoding").value_or(""), "gzip")) return;
  response.body.bytes = gzip(response.body.bytes);
  response.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace doorbuster::console
