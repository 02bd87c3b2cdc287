// AWS Signature Version 2, as S3 still takes it in the regions that there were before 2014: boto3
// presigns URLs with it unless it is told otherwise.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wire/refusal.h"
#include "wire/server.h"

namespace doorbuster::wire {

// What a request says of such a signature.
struct OldClaim {
  std::string access_key_id;
  std::string signature;               // base64
  std::optional<std::string> expires;  // of a presigned URL: seconds since 1970, as it has them
};

// Nothing if the request has none, or is not for S3. Throws AccessDenied for one that is not whole.
std::optional<OldClaim> read_old_claim(const Route& route, const RequestHead& head);

// What the signature is over.
std::string old_string_to_sign(const Route& route, const RequestHead& head, const OldClaim& claim);

// Throws AccessDenied "Request has expired", RequestTimeTooSkewed or SignatureDoesNotMatch.
void check_old_claim(const OldClaim& claim, const Route& route, const RequestHead& head,
                     std::string_view secret, cloud::Time now, const Refusal& refusal);

}  // namespace doorbuster::wire
