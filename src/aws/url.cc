#include "aws/url.h"

#include <algorithm>

namespace doorbuster::aws {
namespace {

constexpr std::size_t kPortDigitsMax = 5;

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= kPortDigitsMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// A byte that can't stand in a request's first line or in a Host header.
bool is_foul(char c) {
  return static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
}

const char* usual_port(bool tls) {
  return tls ? "443" : "80";
}

// "host", "host:port", "[::1]:port".
bool parse_authority(std::string_view text, Origin* origin) {
  std::size_t host_end = text.find(':');
  if (text.starts_with('[')) {
    const auto bracket = text.find(']');
    if (bracket == std::string_view::npos) return false;
    origin->host = text.substr(1, bracket - 1);
    host_end = bracket + 1;
  } else {
    origin->host = text.substr(0, host_end);
  }
  if (origin->host.empty() || text.find('@') != std::string_view::npos) return false;
  origin->port = usual_port(origin->tls);
  if (host_end >= text.size()) return true;
  const std::string_view port = text.substr(host_end + 1);
  if (text[host_end] != ':' || !is_port(port)) return false;
  origin->port = port;
  return true;
}

}  // namespace

std::string Origin::authority() const {
  std::string text = host.find(':') == std::string::npos ? host : '[' + host + ']';
  if (port != usual_port(tls)) text += ':' + port;
  return text;
}

std::string Origin::str() const {
  return (tls ? "https://" : "http://") + authority();
}

bool Origin::loopback() const {
  return host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") ||
         host == "::1";
}

std::optional<Url> Url::parse(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), is_foul)) return std::nullopt;
  Url url;
  if (text.starts_with("https://")) {
    url.origin.tls = true;
  } else if (!text.starts_with("http://")) {
    return std::nullopt;
  }
  text.remove_prefix(url.origin.tls ? 8 : 7);
  text = text.substr(0, text.find('#'));
  const std::size_t end = text.find_first_of("/?");
  if (!parse_authority(text.substr(0, end), &url.origin)) return std::nullopt;
  if (end != std::string_view::npos) url.target = text.substr(end);
  if (url.target.starts_with('?')) url.target.insert(0, 1, '/');
  return url;
}

}  // namespace doorbuster::aws
