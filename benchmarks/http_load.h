// A load of HTTP requests over connections that stay open, from one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace doorbuster::bench {

// What one connection asks, request after request.
class Visitor {
 public:
  virtual ~Visitor() = default;
  // The bytes of the next request; empty when this visitor has had enough. They stay valid until
  // the answer has come.
  virtual std::string_view next() = 0;
  virtual void answered(int /*status*/, std::string_view /*body*/) {}
};

struct Load {
  double per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double p999_ms = 0;
};

// Until every visitor has had enough. Throws std::runtime_error if a connection fails or an
// answer's status is 300 or more.
Load load(std::uint16_t port, std::vector<std::unique_ptr<Visitor>> visitors);

// The same request, `count` times by `connections` connections.
Load load(std::uint16_t port, const std::string& request, std::uint64_t count, int connections);

// The same at that rate: a request has its time, and its latency counts from then on, whenever a
// connection is free for it.
Load load_at(double per_second, std::uint16_t port, const std::string& request, std::uint64_t count,
             int connections);

// One request; returns the answer's body.
std::string ask(std::uint16_t port, const std::string& request);

}  // namespace doorbuster::bench
