// Checking the signature of what came in.
#include "wire/sigv4.h"

#include <algorithm>
#include <optional>

#include "cloud/arn.h"
#include "wire/encoding.h"
#include "wire/signature.h"
#include "wire/timestamps.h"

namespace doorbuster::wire {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr minutes skew_max{15};
constexpr std::int64_t lifetime_seconds_max = 604'800;  // a week

// How the services word what is wrong.
class Refusal {
 public:
  explicit Refusal(const Route& route) : is_s3_(route.protocol == Protocol::s3) {}

  cloud::Error unknown_key() const {
    if (is_s3_) {
      return {"InvalidAccessKeyId",
              "The AWS Access Key Id you provided does not exist in our records.", 403};
    }
    return {"InvalidClientTokenId", "The security token included in the request is invalid.", 403};
  }

  cloud::Error mismatch() const {
    if (is_s3_) {
      return {"SignatureDoesNotMatch",
              "The request signature we calculated does not match the signature you provided. "
              "Check your key and signing method.",
              403};
    }
    return {"SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check "
            "your AWS Secret Access Key and signing method. Consult the service documentation for "
            "details.",
            403};
  }

  cloud::Error malformed(const std::string& what, bool presigned) const {
    if (!is_s3_) return {"IncompleteSignature", what};
    if (presigned) return {"AuthorizationQueryParametersError", what};
    return {"AuthorizationHeaderMalformed", "The authorization header is malformed; " + what};
  }

  cloud::Error skewed(cloud::Time signed_at, cloud::Time now) const {
    if (is_s3_) {
      return {"RequestTimeTooSkewed",
              "The difference between the request time and the current time is too large.", 403};
    }
    if (signed_at < now) {
      return {"SignatureDoesNotMatch",
              "Signature expired: " + amz_date(signed_at) + " is now earlier than " +
                  amz_date(now - skew_max) + " (" + amz_date(now) + " - 15 min.)",
              403};
    }
    return {"SignatureDoesNotMatch",
            "Signature not yet current: " + amz_date(signed_at) + " is still later than " +
                amz_date(now + skew_max) + " (" + amz_date(now) + " + 15 min.)",
            403};
  }

  cloud::Error expired() const {
    return {is_s3_ ? "AccessDenied" : "SignatureDoesNotMatch", "Request has expired", 403};
  }

  cloud::Error unsigned_header(std::string_view name) const {
    return {"AccessDenied",
            "There were headers present in the request which were not signed: " + lower(name), 403};
  }

  cloud::Error no_credentials() const {
    return {"MissingAuthenticationToken", "Request is missing Authentication Token", 403};
  }

 private:
  bool is_s3_;
};

// What the request says of its signature.
struct Claim {
  CredentialScope scope;
  std::string signed_headers;
  std::string signature;
  std::string amz_date;
  bool presigned = false;
  std::optional<std::int64_t> lifetime_seconds;
};

CredentialScope read_scope(std::string_view credential, const Refusal& refusal, bool presigned) {
  CredentialScope scope;
  scope.access_key_id = take_until(credential, '/');
  scope.date = take_until(credential, '/');
  scope.region = take_until(credential, '/');
  scope.service = take_until(credential, '/');
  if (scope.access_key_id.empty() || scope.date.size() != 8 || scope.region.empty() ||
      scope.service.empty() || credential != "aws4_request") {
    throw refusal.malformed(
        "the Credential is mal-formed; expecting "
        "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",
        presigned);
  }
  return scope;
}

std::string date_of(const RequestHead& head) {
  if (const auto date = head.header("x-amz-date")) return std::string(*date);
  if (const auto date = head.header("date")) {
    if (const auto time = from_http_date(*date)) return amz_date(*time);
    if (from_amz_date(*date)) return std::string(*date);
  }
  return {};
}

Claim read_header(const RequestHead& head, std::string_view value, const Refusal& refusal) {
  if (!value.starts_with(signing_algorithm)) {
    throw refusal.malformed("Unsupported Authorization Type; use AWS4-HMAC-SHA256.", false);
  }
  value.remove_prefix(signing_algorithm.size());
  Claim claim;
  std::string_view credential;
  while (!value.empty()) {
    auto part = trimmed(take_until(value, ','));
    const auto name = take_until(part, '=');
    if (name == "Credential") credential = part;
    if (name == "SignedHeaders") claim.signed_headers = part;
    if (name == "Signature") claim.signature = part;
  }
  if (credential.empty() || claim.signed_headers.empty() || claim.signature.empty()) {
    throw refusal.malformed(
        "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.",
        false);
  }
  claim.scope = read_scope(credential, refusal, false);
  claim.amz_date = date_of(head);
  return claim;
}

Claim read_presigned(const RequestHead& head, const Refusal& refusal) {
  const auto of = [&](std::string_view name) {
    const auto value = parameter(head.query, name);
    if (!value) {
      throw refusal.malformed(
          "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
          "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
          true);
    }
    return *value;
  };
  if (of("X-Amz-Algorithm") != signing_algorithm) {
    throw refusal.malformed("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"", true);
  }
  Claim claim;
  claim.presigned = true;
  claim.scope = read_scope(of("X-Amz-Credential"), refusal, true);
  claim.signature = of("X-Amz-Signature");
  claim.signed_headers = of("X-Amz-SignedHeaders");
  claim.amz_date = of("X-Amz-Date");
  claim.lifetime_seconds = to_integer(of("X-Amz-Expires"));
  return claim;
}

// Nothing if the request carries no credentials.
std::optional<Claim> read_claim(const RequestHead& head, const Refusal& refusal) {
  if (const auto header = head.header("authorization")) return read_header(head, *header, refusal);
  if (parameter(head.query, "X-Amz-Credential") || parameter(head.query, "X-Amz-Signature")) {
    return read_presigned(head, refusal);
  }
  return std::nullopt;
}

void check_time(const Claim& claim, cloud::Time now, const Refusal& refusal) {
  const auto signed_at = from_amz_date(claim.amz_date);
  if (!signed_at || claim.amz_date.substr(0, 8) != claim.scope.date) {
    throw refusal.malformed("the date in the Credential is not that of the request's X-Amz-Date.",
                            claim.presigned);
  }
  if (!claim.presigned) {
    if (now - *signed_at > skew_max || *signed_at - now > skew_max) {
      throw refusal.skewed(*signed_at, now);
    }
    return;
  }
  const std::int64_t lifetime = claim.lifetime_seconds.value_or(0);
  if (lifetime < 1 || lifetime > lifetime_seconds_max) {
    throw refusal.malformed("X-Amz-Expires must be between 1 and 604800 seconds", true);
  }
  if (*signed_at - now > skew_max) throw refusal.skewed(*signed_at, now);
  if (now > *signed_at + seconds(lifetime)) throw refusal.expired();
}

bool names_header(std::string_view signed_headers, std::string_view name) {
  while (!signed_headers.empty()) {
    if (equal_ignoring_case(take_until(signed_headers, ';'), name)) return true;
  }
  return false;
}

// Whoever could add a header in between could otherwise change what the request means.
void check_signed_headers(const Claim& claim, const RequestHead& head, const Refusal& refusal) {
  if (!names_header(claim.signed_headers, "host")) throw refusal.unsigned_header("host");
  for (const auto& header : head.headers) {
    constexpr std::string_view prefix = "x-amz-";
    const bool is_amz = equal_ignoring_case(header.name.substr(0, prefix.size()), prefix);
    // What the body's hash is, is part of what is signed anyway.
    if (!is_amz || equal_ignoring_case(header.name, "x-amz-content-sha256")) continue;
    if (!names_header(claim.signed_headers, header.name)) {
      throw refusal.unsigned_header(header.name);
    }
  }
}

bool is_hex_sha256(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// From x-amz-content-sha256.
BodySeal read_seal(const RequestHead& head, std::string_view content_sha256) {
  BodySeal seal;
  if (is_hex_sha256(content_sha256)) {
    seal.kind = BodySeal::Kind::sha256;
    seal.sha256 = content_sha256;
    return seal;
  }
  if (!content_sha256.starts_with("STREAMING-")) {
    if (content_sha256.empty() || content_sha256 == "UNSIGNED-PAYLOAD") return seal;
    throw cloud::Error("InvalidArgument",
                       "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, "
                       "STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, "
                       "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.");
  }
  seal.kind = BodySeal::Kind::chunks;
  seal.signed_chunks = content_sha256.starts_with("STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
  seal.trailer = content_sha256.ends_with("-TRAILER");
  if (!seal.signed_chunks && content_sha256 != "STREAMING-UNSIGNED-PAYLOAD-TRAILER") {
    throw cloud::Error("NotImplemented", std::string(content_sha256) + " is not implemented.", 501);
  }
  const auto length = to_integer(head.header("x-amz-decoded-content-length").value_or(""));
  if (!length || *length < 0) {
    throw cloud::Error("MissingContentLength",
                       "You must provide the Content-Length HTTP header, and "
                       "x-amz-decoded-content-length for a body in chunks.",
                       411);
  }
  seal.decoded_length = static_cast<std::uint64_t>(*length);
  return seal;
}

cloud::Caller open_caller(const std::optional<Claim>& claim) {
  cloud::Caller caller;
  if (!claim) return caller;
  caller.scope.region = claim->scope.region;
  const std::string& key = claim->scope.access_key_id;
  const bool is_account = key.size() == 12 && std::all_of(key.begin(), key.end(), [](char c) {
                            return c >= '0' && c <= '9';
                          });
  if (is_account) caller.scope.account = key;
  return caller;
}

// The hash that the signature is over; nothing if that is the body's own, which is to be seen yet.
std::optional<std::string> signed_hash(const Route& route, const Claim& claim,
                                       std::optional<std::string_view> content_sha256) {
  if (content_sha256) return std::string(*content_sha256);
  if (route.protocol != Protocol::s3) return std::nullopt;
  if (claim.presigned) return "UNSIGNED-PAYLOAD";
  throw cloud::Error("InvalidRequest",
                     "Missing required header for this request: x-amz-content-sha256");
}

void verify(Authentication& result, const Route& route, const RequestHead& head, const Claim& claim,
            const std::string& secret) {
  BodySeal& seal = result.seal;
  seal.signing_key = signing_key(secret, claim.scope);
  seal.scope = claim.scope.str();
  seal.amz_date = claim.amz_date;
  seal.signature = claim.signature;
  std::string request = canonical_head(head, claim.signed_headers, route.protocol == Protocol::s3);
  const auto hash = signed_hash(route, claim, head.header("x-amz-content-sha256"));
  if (!hash) {
    seal.kind = BodySeal::Kind::signature;
    seal.canonical_head = std::move(request);
    return;
  }
  request += *hash;
  const std::string expected = signature_of(seal.signing_key, signing_algorithm, seal.amz_date,
                                            seal.scope, sha256_hex(request));
  if (!equal_secretly(expected, claim.signature)) throw Refusal(route).mismatch();
}

// Links that SNS puts into its messages: whoever got them may follow them, in the region of what
// they name. They are judged by their tokens, and by the subscription.
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
std::optional<std::string> region_of_link(const Route& route, const RequestHead& head) {
  if (route.protocol != Protocol::query) return std::nullopt;
  const auto action = parameter(head.query, "Action");
  const bool confirms = action == "ConfirmSubscription";
  if (!confirms && action != "Unsubscribe") return std::nullopt;
  const auto name = parameter(head.query, confirms ? "TopicArn" : "SubscriptionArn");
  const auto arn = cloud::Arn::parse(name.value_or(""));
  if (!arn || arn->service != "sns") return std::nullopt;
  return arn->region;
}

}  // namespace

Authentication authenticate(const Route& route, const RequestHead& head, const KeyRing& keys,
                            cloud::Time now) {
  const Refusal refusal(route);
  Authentication result;
  result.seal = read_seal(head, head.header("x-amz-content-sha256").value_or(""));
  const auto claim = read_claim(head, refusal);
  if (keys.open) {
    result.seal.signed_chunks = false;
    result.caller = open_caller(claim);
    return result;
  }
  if (!claim) {
    const auto region = region_of_link(route, head);
    if (route.protocol != Protocol::s3 && !region) throw refusal.no_credentials();
    result.seal.signed_chunks = false;
    result.caller.anonymous = true;
    if (region) result.caller.scope.region = *region;
    return result;
  }
  const auto identity = keys.identities.find(claim->scope.access_key_id);
  if (identity == keys.identities.end()) throw refusal.unknown_key();
  if (!route.service.empty() && claim->scope.service != route.service) {
    throw refusal.malformed(
        "Credential should be scoped to correct service: '" + route.service + "'.",
        claim->presigned);
  }
  check_time(*claim, now, refusal);
  check_signed_headers(*claim, head, refusal);
  verify(result, route, head, *claim, identity->second.secret_access_key);
  result.caller = identity->second.caller;
  result.caller.scope.region = claim->scope.region;
  return result;
}

}  // namespace doorbuster::wire
