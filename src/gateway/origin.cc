#include "gateway/origin.h"

#include <boost/asio/ip/address.hpp>
#include <string>

#include "wire/encoding.h"

namespace doorbuster::gateway {

std::string_view host_of(const wire::RequestHead& head) {
  std::string_view host = head.header("Host").value_or("");
  if (!host.starts_with('[')) return wire::take_until(host, ':');
  host.remove_prefix(1);
  return wire::take_until(host, ']');
}

bool is_from_elsewhere(const wire::RequestHead& head) {
  const auto site = head.header("Sec-Fetch-Site");
  if (site && *site != "same-origin" && *site != "none") return true;
  const auto origin = head.header("Origin");
  if (!origin) return false;
  const auto host = origin->find("://");
  return host == std::string_view::npos ||
         !wire::equal_ignoring_case(origin->substr(host + 3), head.header("Host").value_or(""));
}

bool is_private_name(std::string_view host) {
  boost::system::error_code no_address;
  boost::asio::ip::make_address(std::string(host), no_address);
  if (!no_address) return true;
  if (host.ends_with('.')) host.remove_suffix(1);
  const auto dot = host.rfind('.');
  if (dot == std::string_view::npos) return true;
  const auto last = host.substr(dot + 1);
  return wire::equal_ignoring_case(last, "localhost") ||
         wire::equal_ignoring_case(last, "internal");
}

}  // namespace doorbuster::gateway
