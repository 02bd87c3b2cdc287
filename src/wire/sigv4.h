// AWS Signature Version 4, both ways: checking what came and signing what goes.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cloud/caller.h"
#include "cloud/s3_object.h"
#include "wire/http.h"
#include "wire/server.h"

namespace doorbuster::wire {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  // empty: none
};

// Who may call, and with which secret.
struct Identity {
  std::string secret_access_key;
  cloud::Caller caller;  // without the region, which each request names
};

// The keys that a server knows. With none, on a loopback address, it takes any: the account is then
// the access key id if that is twelve digits, else the default one, and nothing is checked but what
// the request says of its own body.
struct KeyRing {
  std::map<std::string, Identity, std::less<>> identities;  // by access key id
  bool open = true;                                         // no keys: any credentials are accepted
};

// How the body is protected, said by the head and kept by unwrap() or check_body().
struct BodySeal {
  enum class Kind : unsigned char {
    none,
    sha256,     // the head announces the body's hash
    signature,  // the head's signature is over the body too, and is checked when that is there
    chunks,     // aws-chunked
  };

  Kind kind = Kind::none;
  std::string sha256;          // hex, of the whole body, if that kind
  bool signed_chunks = false;  // aws-chunked, each chunk with a signature
  bool trailer = false;        // aws-chunked, with headers after the last chunk
  std::string signature;       // to be checked, or what the first chunk's continues
  std::string canonical_head;  // if kind is signature
  std::array<unsigned char, 32> signing_key{};
  std::string scope;  // DATE/REGION/SERVICE/aws4_request
  std::string amz_date;
  std::uint64_t decoded_length = 0;  // of chunks, without their framing
};

struct Authentication {
  cloud::Caller caller;
  BodySeal seal;
};

// Checks the head's signature, from the header or a presigned URL. Throws cloud::Error with the
// code that the route's service answers (S3: SignatureDoesNotMatch, InvalidAccessKeyId,
// RequestTimeTooSkewed, AccessDenied "Request has expired"; others: InvalidClientTokenId,
// IncompleteSignature, SignatureDoesNotMatch, MissingAuthenticationToken).
Authentication authenticate(const Route& route, const RequestHead& head, const KeyRing& keys,
                            cloud::Time now);

// A body without its wrapping.
class Unwrapped : public cloud::ByteStream {
 public:
  // What came behind the body in checksums; filled in when its end has been read.
  virtual std::shared_ptr<const cloud::Checksums> trailer() const = 0;
};

// Removes the chunks' framing, and checks signatures, digests and checksum headers
// (x-amz-checksum-*, Content-MD5) while the body is read; what is wrong throws from read(). The
// head's bytes need not live longer than this call.
std::shared_ptr<Unwrapped> unwrap(std::shared_ptr<cloud::ByteStream> raw, BodySeal seal,
                                  const RequestHead& head);

// The same for a body that is in memory already and is not in chunks. One of the two is always to
// be called: a signature over the body is checked here.
void check_body(const BodySeal& seal, const RequestHead& head, std::string_view body);

// --- The client's side --------------------------------------------------------------------------

struct Signing {
  Credentials credentials;
  std::string region;
  std::string service;
  cloud::Time time{};
};

using Headers = std::vector<std::pair<std::string, std::string>>;

// The headers to add to a request, Authorization last. All that it has are signed: Host must be
// among them. `payload_hash` is the body's SHA-256 in hex, or one of S3's words for it
// ("UNSIGNED-PAYLOAD").
Headers sign(const RequestHead& head, std::string_view payload_hash, const Signing& signing);

// The query of a URL that needs no headers but the request's own (Host, and what else is to be
// signed), for that long after signing.time.
std::string presign(const RequestHead& head, std::chrono::seconds lifetime, const Signing& signing);

}  // namespace doorbuster::wire
