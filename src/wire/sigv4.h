// AWS Signature Version 4, both ways: checking what came and signing what goes.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "cloud/caller.h"
#include "wire/http.h"
#include "wire/server.h"

namespace doorbuster::wire {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;
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

// How the body is protected, said by the head and kept by unwrap().
struct BodySeal {
  enum class Kind : unsigned char { none, sha256, chunks };

  Kind kind = Kind::none;
  std::string sha256;          // hex, of the whole body, if that kind
  bool signed_chunks = false;  // aws-chunked, each chunk with a signature
  bool trailer = false;        // aws-chunked, with headers after the last chunk
  std::string seed_signature;  // what the first chunk's signature continues
  std::array<unsigned char, 32> signing_key{};
  std::string scope;  // DATE/REGION/SERVICE/aws4_request
  std::string amz_date;
  std::uint64_t decoded_length = 0;
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

// The body without its wrapping: chunk framing removed, signatures, digests and checksum headers
// (x-amz-checksum-*, Content-MD5) checked while it is read; what is wrong throws from read().
// `checksums`, if not null, gets the checksum headers that came in the trailer when the end has
// been read.
struct Checksums;
std::shared_ptr<cloud::ByteStream> unwrap(std::shared_ptr<cloud::ByteStream> raw, BodySeal seal,
                                          const RequestHead& head,
                                          std::shared_ptr<Checksums> checksums = nullptr);

// The same for a body that is in memory already.
void check_body(const BodySeal& seal, const RequestHead& head, std::string_view body);

}  // namespace doorbuster::wire
