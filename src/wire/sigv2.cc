#include "wire/sigv2.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "wire/digest.h"
#include "wire/encoding.h"
#include "wire/signature.h"
#include "wire/timestamps.h"

namespace doorbuster::wire {
namespace {

// The parameters that say what a request is about; the others are not signed.
constexpr std::array<std::string_view, 35> signed_parameters = {"accelerate",
                                                                "acl",
                                                                "analytics",
                                                                "cors",
                                                                "defaultObjectAcl",
                                                                "delete",
                                                                "inventory",
                                                                "lifecycle",
                                                                "location",
                                                                "logging",
                                                                "metrics",
                                                                "notification",
                                                                "object-lock",
                                                                "partNumber",
                                                                "policy",
                                                                "replication",
                                                                "requestPayment",
                                                                "response-cache-control",
                                                                "response-content-disposition",
                                                                "response-content-encoding",
                                                                "response-content-language",
                                                                "response-content-type",
                                                                "response-expires",
                                                                "restore",
                                                                "select",
                                                                "select-type",
                                                                "storageClass",
                                                                "tagging",
                                                                "torrent",
                                                                "uploadId",
                                                                "uploads",
                                                                "versionId",
                                                                "versioning",
                                                                "versions",
                                                                "website"};

bool is_signed(std::string_view parameter) {
  return std::find(signed_parameters.begin(), signed_parameters.end(), parameter) !=
         signed_parameters.end();
}

cloud::Error denied(const std::string& what) {
  return {"AccessDenied", what, 403};
}

std::string value_of(const RequestHead& head, std::string_view name) {
  return std::string(trimmed(head.header(name).value_or("")));
}

// Each on a line, in order, those that come twice made one. A presigned URL's session token counts
// as the header that it stands for.
std::string canonical_headers(const RequestHead& head) {
  std::map<std::string, std::string> headers;
  const auto add = [&headers](std::string name, std::string_view value) {
    const auto [it, is_new] = headers.emplace(std::move(name), trimmed(value));
    if (!is_new) (it->second += ',') += trimmed(value);
  };
  for (const auto& header : head.headers) {
    std::string name = lower(header.name);
    if (name.starts_with("x-amz-")) add(std::move(name), header.value);
  }
  if (const auto token = parameter(head.query, "x-amz-security-token")) {
    add("x-amz-security-token", *token);
  }
  std::string out;
  for (const auto& [name, value] : headers) (((out += name) += ':') += value) += '\n';
  return out;
}

// With the bucket before the path also where it is in the host's name, and a slash behind it also
// where there is no key.
std::string canonical_resource(const Route& route, const RequestHead& head) {
  std::string out;
  const bool by_host = !route.bucket.empty() && unescaped(head.path, false) == '/' + route.key;
  if (by_host) (out += '/') += route.bucket;
  out += head.path;
  if (!route.bucket.empty() && route.key.empty() && !out.ends_with('/')) out += '/';
  std::vector<std::string> parameters;
  for (std::string_view rest = head.query; !rest.empty();) {
    const auto one = take_until(rest, '&');
    // Escaped or not: it is read by the same name.
    const std::string name = unescaped(one.substr(0, one.find('=')), true);
    if (is_signed(name)) parameters.push_back(unescaped(one, true));
  }
  std::sort(parameters.begin(), parameters.end());
  char mark = '?';
  for (const auto& one : parameters) (out += std::exchange(mark, '&')) += one;
  return out;
}

void check_expiry(const std::string& expires, cloud::Time now, const Refusal& refusal) {
  const auto seconds = to_integer(expires);
  if (!seconds) throw denied("Invalid date (should be seconds since epoch): " + expires);
  if (std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count() > *seconds) {
    throw refusal.expired();
  }
}

void check_date(const RequestHead& head, cloud::Time now, const Refusal& refusal) {
  auto date = value_of(head, "x-amz-date");
  if (date.empty()) date = value_of(head, "date");
  // RFC 5322's way to say GMT, which clients use here.
  if (date.ends_with(" +0000")) date.replace(date.size() - 5, 5, "GMT");
  const auto signed_at = from_http_date(date);
  if (!signed_at) throw denied("AWS authentication requires a valid Date or x-amz-date header");
  refusal.check_skew(*signed_at, now);
}

}  // namespace

std::optional<OldClaim> read_old_claim(const Route& route, const RequestHead& head) {
  if (route.protocol != Protocol::s3) return std::nullopt;
  if (auto value = head.header("authorization").value_or(""); !value.empty()) {
    if (take_until(value, ' ') != "AWS") return std::nullopt;
    OldClaim claim;
    claim.access_key_id = take_until(value, ':');
    claim.signature = value;
    return claim;
  }
  auto id = parameter(head.query, "AWSAccessKeyId");
  auto signature = parameter(head.query, "Signature");
  auto expires = parameter(head.query, "Expires");
  if (!id && !signature) return std::nullopt;
  if (!id || !signature || !expires) {
    throw denied(
        "Query-string authentication requires the Signature, Expires and AWSAccessKeyId "
        "parameters");
  }
  return OldClaim{std::move(*id), std::move(*signature), std::move(expires)};
}

std::string old_string_to_sign(const Route& route, const RequestHead& head, const OldClaim& claim) {
  // x-amz-date is signed among the other headers, in the place of Date.
  const bool dated = head.header("x-amz-date").has_value();
  std::string out(head.method);
  (out += '\n') += value_of(head, "content-md5");
  (out += '\n') += value_of(head, "content-type");
  (out += '\n') += claim.expires ? *claim.expires : dated ? "" : value_of(head, "date");
  (out += '\n') += canonical_headers(head);
  return out += canonical_resource(route, head);
}

void check_old_claim(const OldClaim& claim, const Route& route, const RequestHead& head,
                     std::string_view secret, cloud::Time now, const Refusal& refusal) {
  if (claim.expires) {
    check_expiry(*claim.expires, now, refusal);
  } else {
    check_date(head, now, refusal);
  }
  const std::string expected =
      base64(hmac(DigestKind::sha1, secret, old_string_to_sign(route, head, claim)));
  if (!equal_secretly(expected, claim.signature)) throw refusal.mismatch();
}

}  // namespace doorbuster::wire
