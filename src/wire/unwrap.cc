// Bodies checked while they are read.
#include <utility>

#include "cloud/error.h"
#include "wire/aws_chunked.h"
#include "wire/body_check.h"
#include "wire/signature.h"
#include "wire/sigv4.h"

namespace doorbuster::wire {
namespace {

class Checked final : public cloud::ByteStream {
 public:
  Checked(std::shared_ptr<cloud::ByteStream> body, BodyCheck check,
          std::shared_ptr<const cloud::Checksums> trailer)
      : body_(std::move(body)), check_(std::move(check)), trailer_(std::move(trailer)) {}

  cloud::Async<std::string> read() override {
    std::string piece = co_await body_->read();
    if (piece.empty()) {
      check_.finish(*trailer_);
    } else {
      check_.update(piece);
    }
    co_return piece;
  }

 private:
  const std::shared_ptr<cloud::ByteStream> body_;
  BodyCheck check_;
  const std::shared_ptr<const cloud::Checksums> trailer_;
};

}  // namespace

std::shared_ptr<cloud::ByteStream> unwrap(std::shared_ptr<cloud::ByteStream> raw, BodySeal seal,
                                          const RequestHead& head,
                                          std::shared_ptr<cloud::Checksums> trailer) {
  if (trailer == nullptr) trailer = std::make_shared<cloud::Checksums>();
  BodyCheck check(head, seal.sha256);
  if (seal.kind == BodySeal::Kind::chunks)
    raw = dechunked(std::move(raw), std::move(seal), trailer);
  return std::make_shared<Checked>(std::move(raw), std::move(check), std::move(trailer));
}

void check_body(const BodySeal& seal, const RequestHead& head, std::string_view body) {
  if (seal.kind == BodySeal::Kind::chunks) {
    throw cloud::Error("InvalidRequest", "Only the bodies of S3 may be in chunks.");
  }
  if (seal.kind == BodySeal::Kind::signature) {
    const std::string expected =
        signature_of(seal.signing_key, signing_algorithm, seal.amz_date, seal.scope,
                     sha256_hex(seal.canonical_head + sha256_hex(body)));
    if (!equal_secretly(expected, seal.signature)) {
      throw cloud::Error("SignatureDoesNotMatch",
                         "The request signature we calculated does not match the signature you "
                         "provided. Check your AWS Secret Access Key and signing method. Consult "
                         "the service documentation for details.",
                         403);
    }
  }
  BodyCheck check(head, seal.sha256);
  check.update(body);
  check.finish({});
}

}  // namespace doorbuster::wire
