#include "console/guard.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <utility>

#include "gateway/origin.h"
#include "shop/answers.h"
#include "shop/requests.h"
#include "wire/digest.h"
#include "wire/encoding.h"
#include "wire/signature.h"

namespace doorbuster::console {
namespace {

constexpr std::string_view kCookie = "doorbuster_console";
constexpr std::size_t kSessionBytes = 32;
constexpr std::size_t kSessionsMax = 100;
constexpr std::chrono::hours kSessionLasts{12};

// A numeric address can't be another site's name.
bool is_this_machine(const std::string& host) {
  boost::system::error_code no_address;
  const auto address = boost::asio::ip::make_address(host, no_address);
  return no_address ? wire::equal_ignoring_case(host, "localhost") : address.is_loopback();
}

std::string cookie_in(const wire::RequestHead& head) {
  std::string_view all = head.header("Cookie").value_or("");
  while (!all.empty()) {
    std::string_view value = wire::take_until(all, ';');
    if (wire::trimmed(wire::take_until(value, '=')) == kCookie) {
      return std::string(wire::trimmed(value));
    }
  }
  return {};
}

std::string set_cookie(const std::string& value, bool secure) {
  std::string cookie(kCookie);
  cookie.append("=").append(value).append("; Path=/console; HttpOnly; SameSite=Strict");
  return secure ? cookie + "; Secure" : cookie;
}

}  // namespace

Guard::Guard(std::string token, std::function<std::string(std::size_t)> random,
             const cloud::Clock& clock)
    : token_(std::move(token)), random_(std::move(random)), clock_(clock) {}

void Guard::check_host(const wire::RequestHead& head) const {
  if (!token_.empty()) return;
  const std::string host(gateway::host_of(head));
  if (is_this_machine(host)) return;
  throw shop::problem(
      403, "The console answers to localhost, 127.0.0.1 and [::1], not to \"" + host + "\".");
}

void Guard::check_origin(const wire::RequestHead& head) const {
  if (gateway::is_from_elsewhere(head)) {
    throw shop::problem(403, "The console takes nothing from other sites' pages.");
  }
  if (!is_harmless(head) && head.header("X-Console") != "1") {
    throw shop::problem(403, "What changes anything must carry the header X-Console: 1.");
  }
}

void Guard::check_session(const wire::RequestHead& head) {
  if (token_.empty() || is_signed_in(head)) return;
  throw shop::problem(401, "Sign in with the token that doorbuster up has printed.");
}

void Guard::check_bearer(const wire::RequestHead& head) {
  constexpr std::string_view kScheme = "Bearer ";
  const auto sent = head.header("Authorization").value_or("");
  const bool right = sent.size() > kScheme.size() &&
                     wire::equal_ignoring_case(sent.substr(0, kScheme.size()), kScheme) &&
                     wire::equal_secretly(wire::trimmed(sent.substr(kScheme.size())), token_);
  if (!right) check_session(head);
}

bool Guard::is_signed_in(const wire::RequestHead& head) {
  const std::string cookie = cookie_in(head);
  if (cookie.empty()) return false;
  const std::string digest = wire::sha256_hex(cookie);
  const auto now = clock_.now();
  const std::lock_guard held(mutex_);
  return std::any_of(sessions_.begin(), sessions_.end(), [&](const Session& session) {
    return session.digest == digest && now - session.since < kSessionLasts;
  });
}

std::string Guard::sign_in(std::string_view token, bool secure) {
  if (token_.empty()) return {};
  if (!wire::equal_secretly(token, token_)) {
    throw shop::problem(401, "This is not the token that doorbuster up has printed.");
  }
  const std::string cookie = wire::hex(random_(kSessionBytes));
  const std::lock_guard held(mutex_);
  sessions_.push_back({wire::sha256_hex(cookie), clock_.now()});
  if (sessions_.size() > kSessionsMax) sessions_.pop_front();
  return set_cookie(cookie, secure);
}

std::string Guard::sign_out(const wire::RequestHead& head, bool secure) {
  const std::string digest = wire::sha256_hex(cookie_in(head));
  const std::lock_guard held(mutex_);
  std::erase_if(sessions_, [&](const Session& session) { return session.digest == digest; });
  return set_cookie("", secure) + "; Max-Age=0";
}

bool is_harmless(const wire::RequestHead& head) {
  return shop::is_method("GET", head.method) && !head.header("X-Amz-Target") &&
         !wire::parameter(head.query, "Action");
}

}  // namespace doorbuster::console
