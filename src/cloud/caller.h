// Who makes a request.
#pragma once

#include <string>

#include "cloud/arn.h"

namespace doorbuster::cloud {

// What a service knows of whoever calls it: the account and the region that the request was signed
// for, and what policies can ask about (aws:PrincipalArn, aws:SourceIp, aws:SecureTransport).
// Nobody's account is ever empty: a request without credentials is `anonymous`.
struct Caller {
  Scope scope;
  std::string arn;        // of a user or role; empty: the account's root
  std::string source_ip;  // empty: from within this process
  bool secure_transport = false;
  bool anonymous = false;

  // The ARN, the root's spelled out.
  std::string principal() const;
};

}  // namespace doorbuster::cloud
