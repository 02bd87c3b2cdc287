// Checking the signature of what came in.
#include "wire/sigv4.h"

#include <algorithm>
#include <optional>

#include "cloud/arn.h"
#include "wire/encoding.h"
#include "wire/refusal.h"
#include "wire/signature.h"
#include "wire/sigv2.h"
#include "wire/timestamps.h"

namespace doorbuster::wire {
namespace {

using std::chrono::seconds;

constexpr std::int64_t lifetime_seconds_max = 604'800;  // a week

// What the request says of its signature.
struct Claim {
  CredentialScope scope;
  std::string signed_headers;
  std::string signature;
  std::string amz_date;
  bool presigned = false;
  std::optional<std::int64_t> lifetime_seconds;
};

// It becomes a part of ARNs.
bool is_region(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

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
  if (!is_region(scope.region)) {
    throw refusal.malformed(
        "the region in the Credential can only include lower-case letters, digits and hyphens.",
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
    return refusal.check_skew(*signed_at, now);
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

// Where no keys are known: whose id is an account's is that account.
cloud::Caller open_caller(const std::string& access_key_id) {
  cloud::Caller caller;
  const bool is_account =
      access_key_id.size() == 12 && std::all_of(access_key_id.begin(), access_key_id.end(),
                                                [](char c) { return c >= '0' && c <= '9'; });
  if (is_account) caller.scope.account = access_key_id;
  return caller;
}

const Identity& identity_of(const KeyRing& keys, const std::string& access_key_id,
                            const Refusal& refusal) {
  const auto identity = keys.identities.find(access_key_id);
  if (identity == keys.identities.end()) throw refusal.unknown_key();
  return identity->second;
}

// Signature Version 2 names no region, so it is the default one.
cloud::Caller old_caller(const OldClaim& claim, const Route& route, const RequestHead& head,
                         const KeyRing& keys, cloud::Time now, const Refusal& refusal) {
  if (keys.open) return open_caller(claim.access_key_id);
  const Identity& identity = identity_of(keys, claim.access_key_id, refusal);
  check_old_claim(claim, route, head, identity.secret_access_key, now, refusal);
  return identity.caller;
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
  if (const auto claim = read_old_claim(route, head)) {
    result.seal.signed_chunks = false;
    result.caller = old_caller(*claim, route, head, keys, now, refusal);
    return result;
  }
  const auto claim = read_claim(head, refusal);
  if (keys.open) {
    result.seal.signed_chunks = false;
    if (!claim) return result;
    result.caller = open_caller(claim->scope.access_key_id);
    result.caller.scope.region = claim->scope.region;
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
  const Identity& identity = identity_of(keys, claim->scope.access_key_id, refusal);
  if (!route.service.empty() && claim->scope.service != route.service) {
    throw refusal.malformed(
        "Credential should be scoped to correct service: '" + route.service + "'.",
        claim->presigned);
  }
  check_time(*claim, now, refusal);
  check_signed_headers(*claim, head, refusal);
  verify(result, route, head, *claim, identity.secret_access_key);
  result.caller = identity.caller;
  result.caller.scope.region = claim->scope.region;
  return result;
}

}  // namespace doorbuster::wire
