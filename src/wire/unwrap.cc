// Bodies checked while they are read.
#include <optional>
#include <utility>

#include "cloud/error.h"
#include "wire/aws_chunked.h"
#include "wire/body_check.h"
#include "wire/encoding.h"
#include "wire/signature.h"
#include "wire/sigv4.h"

namespace doorbuster::wire {
namespace {

// A signature that the head has, but is over the body too.
class SignatureCheck {
 public:
  explicit SignatureCheck(BodySeal seal) : seal_(std::move(seal)) {
    if (seal_.kind == BodySeal::Kind::signature) hash_.emplace(DigestKind::sha256);
  }

  void update(std::string_view bytes) {
    if (hash_) hash_->update(bytes);
  }

  void finish() {
    if (!hash_) return;
    const std::string request = seal_.canonical_head + hex(hash_->finish());
    const std::string expected = signature_of(seal_.signing_key, signing_algorithm, seal_.amz_date,
                                              seal_.scope, sha256_hex(request));
    if (equal_secretly(expected, seal_.signature)) return;
    throw cloud::Error("SignatureDoesNotMatch",
                       "The request signature we calculated does not match the signature you "
                       "provided. Check your AWS Secret Access Key and signing method. Consult "
                       "the service documentation for details.",
                       403);
  }

 private:
  BodySeal seal_;
  std::optional<Digest> hash_;
};

class Checked final : public Unwrapped {
 public:
  Checked(std::shared_ptr<cloud::ByteStream> body, BodyCheck check, SignatureCheck signature,
          std::shared_ptr<const cloud::Checksums> trailer)
      : body_(std::move(body)),
        check_(std::move(check)),
        signature_(std::move(signature)),
        trailer_(std::move(trailer)) {}

  cloud::Async<std::string> read() override {
    std::string piece = co_await body_->read();
    if (piece.empty()) {
      signature_.finish();
      check_.finish(*trailer_);
    } else {
      signature_.update(piece);
      check_.update(piece);
    }
    co_return piece;
  }

  std::shared_ptr<const cloud::Checksums> trailer() const override { return trailer_; }

 private:
  const std::shared_ptr<cloud::ByteStream> body_;
  BodyCheck check_;
  SignatureCheck signature_;
  const std::shared_ptr<const cloud::Checksums> trailer_;
};

}  // namespace

std::shared_ptr<Unwrapped> unwrap(std::shared_ptr<cloud::ByteStream> raw, BodySeal seal,
                                  const RequestHead& head) {
  auto trailer = std::make_shared<cloud::Checksums>();
  BodyCheck check(head, seal.sha256);
  if (seal.kind == BodySeal::Kind::chunks) raw = dechunked(std::move(raw), seal, trailer);
  return std::make_shared<Checked>(std::move(raw), std::move(check),
                                   SignatureCheck(std::move(seal)), std::move(trailer));
}

void check_body(const BodySeal& seal, const RequestHead& head, std::string_view body) {
  if (seal.kind == BodySeal::Kind::chunks) {
    throw cloud::Error("InvalidRequest", "A body in chunks must be unwrapped.");
  }
  SignatureCheck signature(seal);
  signature.update(body);
  signature.finish();
  BodyCheck check(head, seal.sha256);
  check.update(body);
  check.finish({});
}

}  // namespace doorbuster::wire
