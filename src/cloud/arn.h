// Amazon Resource Names.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace doorbuster::cloud {

// arn:partition:service:region:account-id:resource. The resource may itself contain colons.
struct Arn {
  std::string partition = "aws";
  std::string service;
  std::string region;
  std::string account;
  std::string resource;

  // Nothing unless `text` has all six parts and begins with "arn:".
  static std::optional<Arn> parse(std::string_view text);
  std::string str() const;

  friend bool operator==(const Arn&, const Arn&) = default;
};

// The account and region that a caller's requests are made in.
struct Scope {
  std::string account = "000000000000";
  std::string region = "us-east-1";

  std::string arn(std::string_view service, std::string_view resource) const;
};

}  // namespace doorbuster::cloud
