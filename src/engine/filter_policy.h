// SNS subscription filter policies: which of a topic's messages a subscription receives.
// https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "cloud/sqs.h"

namespace doorbuster::engine {

// https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
inline constexpr std::size_t kFilterPolicyBytesMax = 256 * 1024;
inline constexpr std::size_t kFilterPolicyKeysMax = 5;
inline constexpr std::size_t kFilterPolicyCombinationsMax = 150;

// What a policy looks at: the subscription attribute FilterPolicyScope.
enum class FilterScope { kMessageAttributes, kMessageBody };

// A filter policy, compiled. Immutable and cheap to copy; all members may be called from any
// thread.
//
// Numbers compare with five digits after the decimal point, from -10^9 to 10^9; beyond that they
// are at most equal. equals-ignore-case ignores the case of ASCII letters.
class FilterPolicy {
 public:
  // Lets every message through, as does an empty object.
  FilterPolicy() = default;

  // An empty text is no policy. Throws cloud::Error InvalidParameter with AWS's message.
  static FilterPolicy parse(std::string_view json, FilterScope scope);

  bool empty() const { return root_ == nullptr; }
  FilterScope scope() const { return scope_; }

  // Whether the message passes, by its attributes or its body, as the policy's scope says.
  bool accepts(std::string_view message, const cloud::MessageAttributeMap& attributes) const {
    return scope_ == FilterScope::kMessageBody ? matches_body(message) : matches(attributes);
  }

  // Binary attributes count as absent. String.Array is a JSON array, of which one element has to
  // match; one that is not JSON has none.
  bool matches(const cloud::MessageAttributeMap& attributes) const;

  // A message that is not a JSON object matches only the empty policy. Arrays anywhere in it stand
  // for each of their elements, and each key of the policy is matched by itself: two keys may be
  // satisfied by different elements.
  bool matches_body(std::string_view message) const;

 private:
  struct Conjunction;

  std::shared_ptr<const Conjunction> root_;
  FilterScope scope_ = FilterScope::kMessageAttributes;
};

}  // namespace doorbuster::engine
