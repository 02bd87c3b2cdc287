#include "engine/ip_range.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <string>

namespace doorbuster::engine {

namespace ip = boost::asio::ip;

std::optional<IpRange> IpRange::parse(std::string_view text) {
  std::string network(text);
  if (network.find('/') == std::string::npos) {
    network += network.find(':') == std::string::npos ? "/32" : "/128";
  }
  boost::system::error_code error;
  IpRange range;
  range.is_v4_ = network.find(':') == std::string::npos;
  if (range.is_v4_) {
    const auto v4 = ip::make_network_v4(network, error);
    if (error) return std::nullopt;
    range.prefix_bits_ = v4.prefix_length();
    std::ranges::copy(v4.address().to_bytes(), range.network_.begin());
  } else {
    const auto v6 = ip::make_network_v6(network, error);
    if (error) return std::nullopt;
    range.prefix_bits_ = v6.prefix_length();
    std::ranges::copy(v6.address().to_bytes(), range.network_.begin());
  }
  return range;
}

bool IpRange::contains(std::string_view text) const {
  boost::system::error_code error;
  ip::address address = ip::make_address(text, error);
  if (error) return false;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = ip::make_address_v4(ip::v4_mapped, address.to_v6());
  }
  if (address.is_v4() != is_v4_) return false;
  std::array<std::uint8_t, 16> bytes{};
  if (is_v4_) {
    std::ranges::copy(address.to_v4().to_bytes(), bytes.begin());
  } else {
    std::ranges::copy(address.to_v6().to_bytes(), bytes.begin());
  }
  const unsigned whole = prefix_bits_ / 8;
  if (!std::equal(bytes.begin(), bytes.begin() + whole, network_.begin())) return false;
  const unsigned bits = prefix_bits_ % 8;
  return bits == 0 || ((bytes[whole] ^ network_[whole]) >> (8 - bits)) == 0;
}

}  // namespace doorbuster::engine
