// An HTTP/1.1 server, with TLS if wanted.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cloud/async.h"
#include "gateway/handler.h"

namespace doorbuster::gateway {

// How many may come, and what each may take of the server. No time is counted against a client
// while its request is being answered.
struct Limits {
  std::size_t connections = 10'000;                 // at once; more are answered with 503
  std::size_t head_bytes = std::size_t{32} * 1024;  // of a request, and of a chunk in its body
  std::chrono::milliseconds idle{75'000};   // between requests, and for a request's head to come
  std::chrono::milliseconds piece{60'000};  // to send or take the next piece of a body
  std::chrono::milliseconds grace{10'000};  // for requests under way when the server stops
  std::chrono::milliseconds check_every{1'000};  // how late a time that is over may be noticed
};

struct Tls {
  std::filesystem::path certificate;  // PEM, the chain
  std::filesystem::path private_key;  // PEM
};

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
  std::optional<Tls> tls;
  Limits limits;
  // Told of what went wrong on our side, from any thread.
  std::function<void(std::string_view)> log = [](std::string_view) {};
};

// Serves from start() to stop(), on threads of its own. Its methods belong to one thread.
class Server {
 public:
  // Throws std::runtime_error, with a message for the operator, if a certificate is no good. The
  // handler and the clock outlive the server.
  Server(Listener listener, ServerOptions options, Handler& handler, const cloud::Clock& clock);
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
