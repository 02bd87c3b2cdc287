#include "wire/signature.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "wire/encoding.h"

namespace doorbuster::wire {
namespace {

// Without "." and "..", and without empty segments.
std::string normalized(std::string_view path) {
  std::vector<std::string_view> segments;
  const bool ends_open = path.ends_with('/');
  while (!path.empty()) {
    const auto segment = take_until(path, '/');
    if (segment == "..") {
      if (!segments.empty()) segments.pop_back();
    } else if (!segment.empty() && segment != ".") {
      segments.push_back(segment);
    }
  }
  std::string out;
  for (const auto segment : segments) (out += '/') += segment;
  if (out.empty() || ends_open) out += '/';
  return out;
}

void append_query(std::string& out, std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    auto value = take_until(query, '&');
    if (value.empty()) continue;
    const auto name = take_until(value, '=');
    if (name == "X-Amz-Signature") continue;
    parameters.emplace_back(escaped(unescaped(name, true)), escaped(unescaped(value, true)));
  }
  std::sort(parameters.begin(), parameters.end());
  bool first = true;
  for (const auto& [name, value] : parameters) {
    if (!std::exchange(first, false)) out += '&';
    ((out += name) += '=') += value;
  }
}

// Trimmed, and runs of spaces made one.
void append_header_value(std::string& out, std::string_view value) {
  value = trimmed(value);
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool repeated = value[i] == ' ' && i > 0 && value[i - 1] == ' ';
    if (!repeated) out += value[i];
  }
}

void append_headers(std::string& out, const RequestHead& head, std::string_view names) {
  while (!names.empty()) {
    const auto name = take_until(names, ';');
    (out += name) += ':';
    bool first = true;
    for (const auto& header : head.headers) {
      if (!equal_ignoring_case(header.name, name)) continue;
      if (!std::exchange(first, false)) out += ',';
      append_header_value(out, header.value);
    }
    out += '\n';
  }
}

}  // namespace

std::string CredentialScope::str() const {
  return date + '/' + region + '/' + service + "/aws4_request";
}

std::string canonical_head(const RequestHead& head, std::string_view signed_headers,
                           bool escapes_once) {
  std::string out;
  out.reserve(1024);
  (out += head.method) += '\n';
  const std::string_view path = head.path.empty() ? "/" : head.path;
  append_escaped(out, escapes_once ? unescaped(path, false) : normalized(path), true);
  out += '\n';
  append_query(out, head.query);
  out += '\n';
  append_headers(out, head, signed_headers);
  ((out += '\n') += signed_headers) += '\n';
  return out;
}

std::string signature_of(const Sha256& key, std::string_view algorithm, std::string_view amz_date,
                         std::string_view scope, std::string_view text) {
  std::string to_sign;
  to_sign.reserve(256);
  (to_sign += algorithm) += '\n';
  (to_sign += amz_date) += '\n';
  (to_sign += scope) += '\n';
  to_sign += text;
  return hex(bytes_of(hmac_sha256(bytes_of(key), to_sign)));
}

Sha256 signing_key(std::string_view secret, const CredentialScope& scope) {
  static std::mutex mutex;
  static std::unordered_map<std::string, Sha256> known;
  constexpr std::size_t known_max = 1000;
  std::string name(secret);
  (name += '\n') += scope.str();
  {
    const std::lock_guard held(mutex);
    if (const auto found = known.find(name); found != known.end()) return found->second;
  }
  Sha256 key = hmac_sha256("AWS4" + std::string(secret), scope.date);
  key = hmac_sha256(bytes_of(key), scope.region);
  key = hmac_sha256(bytes_of(key), scope.service);
  key = hmac_sha256(bytes_of(key), "aws4_request");
  const std::lock_guard held(mutex);
  if (known.size() >= known_max) known.clear();
  known.emplace(std::move(name), key);
  return key;
}

bool equal_secretly(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace doorbuster::wire
