// Which addresses a policy speaks of.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace doorbuster::engine {

// A block of IPv4 or IPv6 addresses in CIDR notation.
class IpRange {
 public:
  // An address without a prefix length is a block of one. Nothing if `text` is neither.
  static std::optional<IpRange> parse(std::string_view text);

  // False for what is no address. An IPv4 address mapped into IPv6 counts as IPv4.
  bool contains(std::string_view address) const;

 private:
  std::array<std::uint8_t, 16> network_{};  // IPv4 in the first four bytes
  unsigned prefix_bits_ = 0;
  bool is_v4_ = true;
};

}  // namespace doorbuster::engine
