// Resource policies: who may do what to a queue, a topic or a bucket.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace doorbuster::engine {

// The longest policy that parse() takes unless it is told otherwise.
inline constexpr std::size_t kPolicyBytesMax = 20 * 1024;

// A policy that AWS would not take; what() says which statement and why. Callers turn it into the
// error of their service (SQS: InvalidAttributeValue, SNS: InvalidParameter, S3: MalformedPolicy).
class PolicyError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

// Who makes a request.
struct Principal {
  enum class Kind { kAnonymous, kAws, kService, kFederated, kCanonicalUser };

  Kind kind = Kind::kAnonymous;
  // kAws: an ARN (user, role, role session, account root) or a 12-digit account id, which means the
  // account's root. kService: "s3.amazonaws.com". Empty if anonymous.
  std::string_view id;

  static Principal anonymous() { return {}; }
  static Principal aws(std::string_view arn_or_account) { return {Kind::kAws, arn_or_account}; }
  static Principal service(std::string_view name) { return {Kind::kService, name}; }
};

// A value of a condition key ("aws:SourceArn"); a key with several values is given several times.
// Keys compare without case. The values of binary keys are base64.
struct ContextValue {
  std::string_view key;
  std::string_view value;
};

// What is asked of a policy. It owns nothing and must not outlive what it views.
struct Request {
  Principal principal;
  std::string_view action;  // "sqs:SendMessage"
  std::string_view resource;
  std::span<const ContextValue> context;
};

enum class Decision {
  kNotMentioned,  // no statement applies: it is up to the caller, who knows the resource's owner
  kAllowed,
  kDenied,  // explicitly, which beats every allow
};

// A policy, compiled. Immutable and cheap to copy; all members may be called from any thread.
//
// Policy variables ("${aws:username}", Version 2012-10-17) are not supported: parse() refuses a
// policy that uses one, rather than take it for a literal.
class Policy {
 public:
  // No policy: mentions nothing.
  Policy() = default;

  // An empty text is no policy. Throws PolicyError.
  static Policy parse(std::string_view json, std::size_t bytes_max = kPolicyBytesMax);

  bool empty() const { return compiled_ == nullptr; }

  // Allocates nothing unless a condition compares addresses longer than IPv4's.
  Decision evaluate(const Request& request) const;

  // Why evaluate() decides so, as a sentence for logs and error messages.
  std::string explain(const Request& request) const;

 private:
  struct Compiled;

  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace doorbuster::engine
