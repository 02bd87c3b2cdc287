// Who answers the requests that a server reads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "cloud/byte_stream.h"
#include "cloud/error.h"
#include "wire/http.h"

namespace doorbuster::gateway {

// A request whose head has come, until its answer is given. It belongs to its connection's thread.
class Request {
 public:
  virtual ~Request() = default;

  virtual const wire::RequestHead& head() const = 0;
  virtual const std::string& id() const = 0;    // that no other request has
  virtual const std::string& peer() const = 0;  // the client's address
  virtual bool secure() const = 0;              // it came over TLS

  // What the head says of the body: how many bytes, or that it comes in chunks; neither if there is
  // none.
  virtual std::optional<std::uint64_t> content_length() const = 0;
  virtual bool chunked() const = 0;

  // The body, in pieces of at most wire::piece_max. A client that asked whether to send it is told
  // to.
  virtual cloud::Async<std::shared_ptr<cloud::ByteStream>> body() = 0;

  // Runs an operation that may wait for something to happen: it is cancelled when the server
  // stops or the client has gone; within a second, if that has sent something more.
  virtual cloud::Async<wire::Response> wait_for(cloud::Async<wire::Response> operation) = 0;
};

// Outlives the server. Called on any of its threads.
class Handler {
 public:
  virtual ~Handler() = default;

  // What is wrong with the request is in the answer; a boost::system::system_error ends the
  // connection. An answer whose body is a stream without a length ends the connection with it; its
  // read() is cancelled when the client has gone or the server stops.
  virtual cloud::Async<wire::Response> answer(Request& request) = 0;

  // The answer to what could not be read as a request.
  virtual wire::Response refuse(const cloud::Error& error, const std::string& request_id) = 0;
};

}  // namespace doorbuster::gateway
