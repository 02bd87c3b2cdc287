// The HTTP server that puts the protocols of AWS before an implementation of cloud/.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cloud/services.h"
#include "wire/http.h"
#include "wire/sigv4.h"

namespace doorbuster::gateway {

// What one peer may take of the server.
struct Limits {
  std::size_t connections = 10'000;  // at once; more are answered with 503
  std::size_t head_bytes = std::size_t{32} * 1024;
  std::chrono::seconds idle{75};   // between requests, and for a request's head to come
  std::chrono::seconds piece{60};  // for the next MiB of a body, in or out
  std::chrono::seconds grace{10};  // for requests under way when the server stops
};

struct Tls {
  std::filesystem::path certificate;  // PEM, the chain
  std::filesystem::path private_key;  // PEM
};

// Pages of the server's own, by path ("/_doorbuster/health"). Called on any of its threads; one
// that throws cloud::Error is answered with its status and message.
using Page = std::function<cloud::Async<wire::Response>()>;
using Pages = std::map<std::string, Page, std::less<>>;

// A place where the server can be reached, taken before anything is served there.
class Listener {
 public:
  // Throws std::runtime_error, with a message for the operator, if the address can't be had. Port 0
  // is any that is free.
  Listener(const std::string& address, std::uint16_t port);
  ~Listener();
  Listener(Listener&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  Listener& operator=(Listener&&) = delete;

  std::uint16_t port() const;
  // "127.0.0.1:4566", as in a URL.
  std::string authority() const;
  // Whether only this machine can reach it.
  bool loopback() const;

 private:
  friend class Server;
  int socket_ = -1;
};

struct ServerOptions {
  int threads = 1;
  std::string domain = "localhost";  // what a bucket's name stands before in a host's name
  std::optional<Tls> tls;
  Limits limits;
  wire::KeyRing keys;
  Pages pages;
  // Told of what went wrong on our side, from any thread.
  std::function<void(std::string_view)> log = [](std::string_view) {};
};

// Throws std::runtime_error, with a message for the operator, if other machines could reach a
// server that checks no keys.
void require_keys(const Listener& listener, const wire::KeyRing& keys);

// Serves from start() to stop(), on threads of its own. Its methods belong to one thread.
class Server {
 public:
  // Throws std::runtime_error, with a message for the operator, if a certificate is no good, and
  // what require_keys() throws. The services and the clock outlive the server.
  Server(Listener listener, ServerOptions options, cloud::Services& services,
         const cloud::Clock& clock);
  ~Server();

  void start();

  // Takes no more connections, lets the requests under way finish (long polls at once), and returns
  // when they have or when the grace is over.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace doorbuster::gateway
