// What is wrong with a request's credentials, in the words of the service that it is for.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "cloud/error.h"
#include "wire/encoding.h"
#include "wire/server.h"
#include "wire/timestamps.h"

namespace doorbuster::wire {

// How far the clocks of client and server may be apart.
inline constexpr std::chrono::minutes skew_max{15};

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

  // Of what is not presigned.
  void check_skew(cloud::Time signed_at, cloud::Time now) const {
    if (now - signed_at > skew_max || signed_at - now > skew_max) throw skewed(signed_at, now);
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

}  // namespace doorbuster::wire
