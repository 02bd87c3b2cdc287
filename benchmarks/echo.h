// A bare HTTP server on Beast: what the machine can do with a request that asks for nothing.
#pragma once

#include <cstdint>

namespace doorbuster::bench {

// Answers every request with its own body, on one thread of a child process, until it is destroyed.
class EchoServer {
 public:
  EchoServer();
  ~EchoServer();
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;
  int child_ = 0;
};

}  // namespace doorbuster::bench
