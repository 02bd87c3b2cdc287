// What Signature Version 4 computes, on either side.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
#pragma once

#include <string>
#include <string_view>

#include "wire/digest.h"
#include "wire/http.h"

namespace doorbuster::wire {

inline constexpr std::string_view signing_algorithm = "AWS4-HMAC-SHA256";

// AKID/DATE/REGION/SERVICE/aws4_request.
struct CredentialScope {
  std::string access_key_id;
  std::string date;
  std::string region;
  std::string service;

  // Without the access key id.
  std::string str() const;
};

// The canonical request but for its last line, the payload's hash. `signed_headers` are names in
// lower case, separated by ";", in the order in which they are signed. The parameter
// X-Amz-Signature is left out. `escapes_once` is S3's way, which neither normalises a path nor
// escapes it a second time.
std::string canonical_head(const RequestHead& head, std::string_view signed_headers,
                           bool escapes_once);

// In hex. `text` is what follows the scope in the string to sign: hashes and signatures, by lines.
std::string signature_of(const Sha256& key, std::string_view algorithm, std::string_view amz_date,
                         std::string_view scope, std::string_view text);

// Derived from the secret; remembered for the next request of the same day, up to 1,000 of them.
// May be called from any thread.
Sha256 signing_key(std::string_view secret, const CredentialScope& scope);

// In a time that says nothing of where they differ.
bool equal_secretly(std::string_view a, std::string_view b);

}  // namespace doorbuster::wire
