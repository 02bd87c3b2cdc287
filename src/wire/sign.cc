// Signing what goes out.
#include <algorithm>

#include "wire/encoding.h"
#include "wire/signature.h"
#include "wire/sigv4.h"
#include "wire/timestamps.h"

namespace doorbuster::wire {
namespace {

CredentialScope scope_of(const Signing& signing) {
  return {signing.credentials.access_key_id, amz_date(signing.time).substr(0, 8), signing.region,
          signing.service};
}

std::string header_names(const RequestHead& head) {
  std::vector<std::string> names;
  names.reserve(head.headers.size());
  for (const auto& header : head.headers) names.push_back(lower(header.name));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string out;
  for (const auto& name : names) {
    if (!out.empty()) out += ';';
    out += name;
  }
  return out;
}

std::string signature(const RequestHead& head, std::string_view names, std::string_view hash,
                      const Signing& signing) {
  const CredentialScope scope = scope_of(signing);
  std::string request = canonical_head(head, names, signing.service == "s3");
  request += hash;
  return signature_of(signing_key(signing.credentials.secret_access_key, scope), signing_algorithm,
                      amz_date(signing.time), scope.str(), sha256_hex(request));
}

}  // namespace

Headers sign(const RequestHead& head, std::string_view payload_hash, const Signing& signing) {
  Headers added = {{"X-Amz-Date", amz_date(signing.time)}};
  if (signing.service == "s3") added.emplace_back("x-amz-content-sha256", payload_hash);
  if (!signing.credentials.session_token.empty()) {
    added.emplace_back("X-Amz-Security-Token", signing.credentials.session_token);
  }
  RequestHead all = head;
  for (const auto& [name, value] : added) all.headers.push_back({name, value});
  const std::string names = header_names(all);
  std::string authorization(signing_algorithm);
  authorization += " Credential=" + signing.credentials.access_key_id + '/' +
                   scope_of(signing).str() + ", SignedHeaders=" + names +
                   ", Signature=" + signature(all, names, payload_hash, signing);
  added.emplace_back("Authorization", std::move(authorization));
  return added;
}

std::string presign(const RequestHead& head, std::chrono::seconds lifetime,
                    const Signing& signing) {
  const std::string names = header_names(head);
  std::string query(head.query);
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!query.empty()) query += '&';
    (query += name) += '=';
    append_escaped(query, value);
  };
  add("X-Amz-Algorithm", signing_algorithm);
  add("X-Amz-Credential", signing.credentials.access_key_id + '/' + scope_of(signing).str());
  add("X-Amz-Date", amz_date(signing.time));
  add("X-Amz-Expires", std::to_string(lifetime.count()));
  if (!signing.credentials.session_token.empty()) {
    add("X-Amz-Security-Token", signing.credentials.session_token);
  }
  add("X-Amz-SignedHeaders", names);
  RequestHead all = head;
  all.query = query;
  const std::string hash =
      signing.service == "s3" ? std::string("UNSIGNED-PAYLOAD") : sha256_hex("");
  const std::string its_signature = signature(all, names, hash, signing);
  add("X-Amz-Signature", its_signature);
  return query;
}

}  // namespace doorbuster::wire
