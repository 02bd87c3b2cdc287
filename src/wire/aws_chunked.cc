#include "wire/aws_chunked.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "cloud/error.h"
#include "wire/body_check.h"
#include "wire/encoding.h"
#include "wire/signature.h"

namespace doorbuster::wire {
namespace {

constexpr std::size_t line_max = 4096;                       // of a chunk's head
constexpr std::size_t trailer_max = std::size_t{16} * 1024;  // of all of it

cloud::Error incomplete() {
  return {"IncompleteBody",
          "You did not provide the number of bytes specified by the Content-Length HTTP header"};
}

cloud::Error malformed_trailer() {
  return {"MalformedTrailerError",
          "The request contained trailing data that was not well-formed or did not conform to our "
          "published schema."};
}

cloud::Error mismatch() {
  return {"SignatureDoesNotMatch",
          "The request signature we calculated does not match the signature you provided. Check "
          "your key and signing method.",
          403};
}

class Dechunked final : public cloud::ByteStream {
 public:
  Dechunked(std::shared_ptr<cloud::ByteStream> raw, BodySeal seal,
            std::shared_ptr<cloud::Checksums> trailer)
      : raw_(std::move(raw)), seal_(std::move(seal)), trailer_(std::move(trailer)) {}

  cloud::Async<std::string> read() override {
    while (!ended_) {
      if (in_chunk_ == 0) {
        const std::string head = co_await line();
        begin_chunk(head);
        if (in_chunk_ == 0) {
          co_await read_end();
          ended_ = true;
          break;
        }
      }
      if (buffered().empty()) co_await more_or_throw();
      std::string piece = take(in_chunk_);
      in_chunk_ -= piece.size();
      decoded_ += piece.size();
      if (seal_.signed_chunks) hash_->update(piece);
      if (in_chunk_ == 0) co_await end_chunk();
      co_return piece;
    }
    co_return std::string();
  }

 private:
  std::string_view buffered() const { return std::string_view(buffer_).substr(begin_); }

  std::string take(std::uint64_t size_max) {
    const std::size_t size =
        static_cast<std::size_t>(std::min<std::uint64_t>(size_max, buffered().size()));
    std::string piece(buffered().substr(0, size));
    begin_ += size;
    return piece;
  }

  // Another piece of the raw body behind what is buffered; false at its end.
  cloud::Async<bool> more() {
    std::string piece = co_await raw_->read();
    if (piece.empty()) co_return false;
    buffer_.erase(0, begin_);
    begin_ = 0;
    buffer_ += piece;
    co_return true;
  }

  cloud::Async<void> more_or_throw() {
    const bool found = co_await more();
    if (!found) throw incomplete();
  }

  // The next line, without its end.
  cloud::Async<std::string> line() {
    auto end = buffered().find("\r\n");
    while (end == std::string_view::npos) {
      if (buffered().size() > line_max) throw bad_size();
      co_await more_or_throw();
      end = buffered().find("\r\n");
    }
    std::string text = take(end);
    take(2);
    co_return text;
  }

  cloud::Error bad_size() const {
    return {"InvalidChunkSizeError", "The chunk size is not valid."};
  }

  void begin_chunk(std::string_view head) {
    std::string_view extension = head;
    const auto size = take_until(extension, ';');
    const auto [end, error] =
        std::from_chars(size.data(), size.data() + size.size(), in_chunk_, 16);
    if (error != std::errc() || end != size.data() + size.size()) throw bad_size();
    if (in_chunk_ > seal_.decoded_length - decoded_) throw incomplete();
    if (!seal_.signed_chunks) return;
    constexpr std::string_view name = "chunk-signature=";
    if (!extension.starts_with(name)) throw mismatch();
    signature_ = extension.substr(name.size());
    hash_.emplace(DigestKind::sha256);
  }

  cloud::Async<void> end_chunk() {
    check_chunk();
    const std::string rest = co_await line();
    if (!rest.empty()) throw bad_size();
  }

  void check_chunk() {
    if (!seal_.signed_chunks) return;
    static const std::string empty_hash = sha256_hex("");
    const std::string expected =
        signature_of(seal_.signing_key, "AWS4-HMAC-SHA256-PAYLOAD", seal_.amz_date, seal_.scope,
                     seal_.signature + '\n' + empty_hash + '\n' + hex(hash_->finish()));
    if (!equal_secretly(expected, signature_)) throw mismatch();
    seal_.signature = expected;
  }

  // All that follows the last chunk's head.
  cloud::Async<void> read_end() {
    check_chunk();
    if (decoded_ != seal_.decoded_length) throw incomplete();
    bool found = true;
    while (found) {
      found = co_await more();
      if (buffered().size() > trailer_max) throw malformed_trailer();
    }
    read_trailer(buffered());
  }

  void read_trailer(std::string_view rest) {
    std::string canonical;
    std::string signature;
    while (!rest.empty()) {
      auto value = take_until(rest, '\n');
      if (value.ends_with('\r')) value.remove_suffix(1);
      if (value.empty()) continue;
      const std::string name = lower(trimmed(take_until(value, ':')));
      value = trimmed(value);
      if (name == "x-amz-trailer-signature") {
        signature = value;
        continue;
      }
      const auto* checksum = find_checksum(name);
      if (!seal_.trailer || checksum == nullptr) throw malformed_trailer();
      (*trailer_).*checksum->member = value;
      ((canonical += name) += ':') += value;
      canonical += '\n';
    }
    if (!seal_.signed_chunks || !seal_.trailer) return;
    const std::string expected =
        signature_of(seal_.signing_key, "AWS4-HMAC-SHA256-TRAILER", seal_.amz_date, seal_.scope,
                     seal_.signature + '\n' + sha256_hex(canonical));
    if (!equal_secretly(expected, signature)) throw mismatch();
  }

  const std::shared_ptr<cloud::ByteStream> raw_;
  BodySeal seal_;  // its signature is the last chunk's
  const std::shared_ptr<cloud::Checksums> trailer_;
  std::string buffer_;
  std::size_t begin_ = 0;       // of what is not used up in the buffer
  std::uint64_t in_chunk_ = 0;  // bytes that the chunk still has
  std::uint64_t decoded_ = 0;   // bytes given out
  std::string signature_;       // the chunk's
  std::optional<Digest> hash_;  // of the chunk
  bool ended_ = false;
};

}  // namespace

std::shared_ptr<cloud::ByteStream> dechunked(std::shared_ptr<cloud::ByteStream> raw, BodySeal seal,
                                             std::shared_ptr<cloud::Checksums> trailer) {
  return std::make_shared<Dechunked>(std::move(raw), std::move(seal), std::move(trailer));
}

}  // namespace doorbuster::wire
