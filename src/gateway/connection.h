// One client's connection: request after request until one side has enough.
//
// Connections of a worker live on its one thread, so nothing here is locked.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <set>
#include <string>

#include "gateway/server.h"

namespace doorbuster::gateway {

class Connection;

// What all connections of the server share; read only.
struct Shared {
  const ServerOptions& options;
  Handler& handler;
  const cloud::Clock& clock;
  boost::asio::ssl::context* tls = nullptr;  // null: plain text
};

// What the connections of one worker share.
struct Desk {
  explicit Desk(const Shared& all);

  const Shared& shared;
  std::set<Connection*> connections;
  std::atomic<std::size_t> count = 0;  // of these; any thread may look
  bool closing = false;

  // A name for a request that no other has.
  std::string next_request_id();
  // For the Date header, made once a second.
  const std::string& date();

 private:
  std::uint64_t id_seed_;
  std::uint64_t id_count_ = 0;
  std::int64_t date_second_ = -1;
  std::string date_;
};

class Connection {
 public:
  virtual ~Connection() = default;

  // Closes it if it has run out of time.
  virtual void check(std::chrono::steady_clock::time_point now) = 0;
  // Closes it as soon as no request is under way; a long poll is answered with what there is.
  virtual void finish() = 0;
};

// Serves the client until it goes. The desk outlives the connection.
void serve_connection(boost::asio::ip::tcp::socket socket, Desk& desk);

}  // namespace doorbuster::gateway
