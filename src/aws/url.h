// Where an HTTP server is, and what is asked of it.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace doorbuster::aws {

// What connections are made to.
struct Origin {
  bool tls = false;
  std::string host;  // without the brackets of an IPv6 address
  std::string port;

  // As in a Host header: the port left out if it is the scheme's own.
  std::string authority() const;
  std::string str() const;  // "http://127.0.0.1:4566"
  // Whether only this machine can answer there.
  bool loopback() const;

  friend auto operator<=>(const Origin&, const Origin&) = default;
};

struct Url {
  Origin origin;
  std::string target = "/";  // path and query, as they stood

  // http and https only. Nothing if it is no such URL, or carries a user's name.
  static std::optional<Url> parse(std::string_view text);
};

}  // namespace doorbuster::aws
