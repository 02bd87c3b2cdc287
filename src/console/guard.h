// Who may use the console.
//
// Where only this machine can reach it, whoever can is its user: nothing is asked. But any page
// that he visits could send requests here, and a name that its site has made to mean 127.0.0.1 (DNS
// rebinding) would make them requests of the same origin. So the Host must be this machine, what
// changes anything must carry a header that no form can send, and browsers say where it comes from.
//
// Elsewhere a token is asked for once, and then a cookie that other sites' pages are not sent with.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "cloud/async.h"
#include "wire/http.h"

namespace doorbuster::console {

// May be used from any thread.
class Guard {
 public:
  // An empty token: only this machine can reach the console. `random` gives bytes that nobody can
  // guess. The clock outlives it.
  Guard(std::string token, std::function<std::string(std::size_t)> random,
        const cloud::Clock& clock);

  // Each throws shop::Problem (401, 403) if the request may not do what it wants.
  void check_host(const wire::RequestHead& head) const;
  void check_origin(const wire::RequestHead& head) const;
  void check_session(const wire::RequestHead& head);
  void check_bearer(const wire::RequestHead& head);  // the token in the request, or a session

  // The value of a Set-Cookie; empty where there is no need of one. Throws shop::Problem (401).
  std::string sign_in(std::string_view token, bool secure);
  std::string sign_out(const wire::RequestHead& head, bool secure);

 private:
  struct Session {
    std::string digest;  // of what the cookie says
    cloud::Time since{};
  };
  bool is_signed_in(const wire::RequestHead& head);

  const std::string token_;
  const std::function<std::string(std::size_t)> random_;
  const cloud::Clock& clock_;
  std::mutex mutex_;              // guards what follows
  std::deque<Session> sessions_;  // the oldest first
};

// Whether it changes nothing, whatever it is sent to: AWS's query protocol has operations in the
// URL of a GET.
bool is_harmless(const wire::RequestHead& head);

}  // namespace doorbuster::console
